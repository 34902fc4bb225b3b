"""What is built for those who install: the recordings in the wheel, all that the tests read in the
source, links that lead somewhere from any page."""

from __future__ import annotations

import email
import re
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from pathlib import Path

import pytest

from scripts.record import DEMOS
from tests.cli.calling import MAIN, environment
from tooltrace import __version__

ROOT = Path(__file__).parent.parent
RECORDINGS = sorted(f"demo-{name}.jsonl" for name in DEMOS)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel and the source, built from what is here."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def unpacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the wheel lays down."""
    folder = tmp_path_factory.mktemp("site")
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def metadata(unpacked: Path) -> Message:
    (about,) = unpacked.glob("*.dist-info")
    return email.message_from_bytes((about / "METADATA").read_bytes())


def test_the_name_is_not_that_of_another_project(metadata: Message) -> None:
    assert (metadata["Name"], metadata["Version"]) == ("tooltrace-debugger", __version__)


def test_the_recordings_are_in_the_package_and_no_session_of_a_person(unpacked: Path) -> None:
    there = sorted(path.name for path in (unpacked / "tooltrace" / "recordings").iterdir())
    assert there == RECORDINGS
    assert not (unpacked / "sessions").exists()


def test_every_link_of_the_readme_is_whole(metadata: Message) -> None:
    source = next(
        each.split(", ")[1]
        for each in metadata.get_all("Project-URL", [])
        if each.startswith("Source")
    )
    # JSON that stands in it is cut off by nobody: it is UTF-8.
    text = metadata.get_payload(decode=True)
    assert isinstance(text, bytes)
    links = re.findall(r"\]\(([^)]+)\)", text.decode())
    assert len(links) > 3
    for link in links:
        assert link.startswith("https://"), link
        inside, at, path = link.partition("/main/")
        if at:
            assert (ROOT / path.partition("#")[0]).exists(), link
            plain = inside.replace("raw.githubusercontent.com", "github.com")
            assert plain.removesuffix("/blob") == source


def test_what_is_installed_lists_its_recordings(unpacked: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {str(unpacked)!r}); {MAIN}",
            "list",
        ],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"recordings that come along, in {unpacked / 'tooltrace' / 'recordings'}" in done.stdout
    for name in RECORDINGS:
        assert name in done.stdout


def test_the_source_has_all_that_its_tests_read(built: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for wanted in (
        "screenshots/*.svg",
        "sessions/demo-*.jsonl",
        "tests/**/*.py",
        "scripts/**/*.py",
        "docs/*.md",
    ):
        paths = [str(path.relative_to(ROOT)) for path in ROOT.glob(wanted)]
        assert paths
        assert [path for path in paths if path not in names] == []
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", "pyproject.toml"} <= names
