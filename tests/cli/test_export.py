"""``export``: a branch for others, on stdout or in a new file; the session stays as it is."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from tests.cli.calling import assert_refused, call, environment, spawn
from tests.plugins.installed import install
from tooltrace.core.model.errors import BadExport
from tooltrace.formats.output_file import write_file

TOY = """
from tooltrace.formats import Exporter

def write(branch):
    yield b"\\xff" + branch.name.encode()

EXPORTER = Exporter("toy", ".toy", write)
"""


def test_on_stdout(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = session.read_bytes()
    said = call(capsys, "export", session, "--to", "messages", "--model", "claude-opus-4-8")
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out)["model"] == "claude-opus-4-8"
    said = call(capsys, "export", session, "--to", "chat")
    assert "no API has: give --model ID" in said.err
    assert json.loads(said.out)["messages"][-1]["role"] == "assistant"
    said = call(capsys, "export", f"{session}@#5", "--to", "markdown")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("# `refund`")
    assert session.read_bytes() == before
    assert [path.name for path in session.parent.iterdir()] == [session.name]


def test_a_new_file_is_whole_and_its_owners(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = session.parent / "page.md"
    said = call(capsys, "export", session, "--to", "markdown", "-o", out)
    assert (said.code, said.err) == (0, "")
    longest = session.parent / ("\U0001f9ff" * 63)
    assert call(capsys, "export", session, "--to", "markdown", "-o", longest).code == 0
    assert longest.read_bytes() == out.read_bytes()
    longest.unlink()
    assert said.out.startswith(f"{out}: main as markdown, ")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "End: `completed`\n\nRecord 26. The run completed in state " in out.read_text()
    assert out.read_text().endswith("Nothing follows: the run is over.\n")
    assert sorted(path.name for path in session.parent.iterdir()) == ["page.md", session.name]


def test_nothing_that_is_there_is_written_over_unless_asked(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = session.parent / "page.md"
    out.write_text("mine")
    export = ("export", session, "--to", "markdown", "-o", out)
    assert_refused(call(capsys, *export), "page.md is there already", "--force")
    assert out.read_text() == "mine"
    assert call(capsys, *export, "--force").code == 0
    assert out.read_text().startswith("# `refund`")


def test_the_session_itself_is_never_written_over(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = session.read_bytes()
    for name in ("link.md", "hard.md"):
        out = session.parent / name
        out.symlink_to(session) if name == "link.md" else os.link(session, out)
        for path in (out, session):
            said = call(capsys, "export", session, "--to", "markdown", "-o", path, "--force")
            assert_refused(said, "is the session itself")
    assert session.read_bytes() == before


@pytest.mark.parametrize("kind", ["folder", "fifo", "link", "broken link"])
def test_what_is_no_plain_file_is_left(
    session: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out, other = session.parent / "out", session.parent / "other"
    match kind:
        case "folder":
            out.mkdir()
        case "fifo":
            os.mkfifo(out)
        case "link":
            other.write_text("theirs")
            out.symlink_to(other)
        case _:
            out.symlink_to(session.parent / "none")
    export = ("export", session, "--to", "markdown", "-o", out)
    assert_refused(call(capsys, *export), "is there already")
    assert_refused(call(capsys, *export, "--force"), "is no plain file")
    if kind == "link":
        assert other.read_text() == "theirs"
    assert not [path for path in session.parent.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["x.jsonl"], ["--to"]),
        (["none.jsonl", "--to", "chat"], ["none.jsonl does not exist"]),
        ([".", "--to", "chat"], ["is a folder"]),
        (
            ["refund.jsonl", "--to", "yaml"],
            ["no format 'yaml'", "cast, chat, html, markdown, messages, otlp, pytest, svg"],
        ),
        (["refund.jsonl@99", "--to", "chat"], ["no record or branch '99'"]),
        (["refund.jsonl", "--to", "chat", "--force"], ["--force goes with -o"]),
        (["refund.jsonl", "--to", "chat", "-o", "no/x.json"], ["no/x.json cannot be written"]),
        (["refund.jsonl", "--to", "chat", "-o", "."], [". is there already"]),
        (["refund.jsonl", "--to", "chat", "-o", ".", "--force"], [". is no plain file"]),
        (["refund.jsonl", "--to", "chat", "-o", "", "--force"], ["is no plain file"]),
        (["refund.jsonl", "--to", "chat", "-o", "n" * 300], ["File name too long"]),
    ],
)
def test_bad_input_is_one_line(
    session: Path,
    arguments: list[str],
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(session.parent)
    assert_refused(call(capsys, "export", *arguments), *words)
    assert sorted(path.name for path in session.parent.iterdir()) == [session.name]


def test_a_format_that_a_package_adds(session: Path, tmp_path: Path) -> None:
    site = install(tmp_path / "site", "toyexport", TOY, formats="toy = toyexport:EXPORTER")
    env = environment(tmp_path, PYTHONPATH=str(site))
    out = tmp_path / "out"
    export = ("export", session, "--to")
    said = spawn(*export, "toy", "-o", out, cwd=tmp_path, env=env, fresh=True)
    assert said.code == 0, said
    assert out.read_bytes() == b"\xffmain"
    said = spawn(*export, "yaml", cwd=tmp_path, env=env, fresh=True)
    assert_refused(said, "there are: cast, chat, html, markdown, messages, otlp, pytest, svg, toy")


def test_help_names_what_packages_add_and_imports_none(tmp_path: Path) -> None:
    broken = "raise SystemExit('imported')"
    formats = "toy = toyhelp:EXPORTER\nchat = toyhelp:OTHER\nred\x1b[31m = toyhelp:RED"
    site = install(tmp_path / "site", "toyhelp", broken, formats=formats)
    for env in ({}, {"PYTHONPATH": str(site)}):
        home = environment(tmp_path, **env)
        said = spawn("export", "--help", cwd=tmp_path, env=home, fresh=True)
        assert (said.code, said.err) == (0, "")
        told = " ".join(said.out.split())
        assert (
            "cast, chat, html, markdown, messages, otlp, pytest, svg" in told and "\x1b" not in told
        )
        assert ("svg; installed: red\\u{1b}[31m, toy." in told) == bool(env)


def test_what_fails_midway_leaves_no_file(tmp_path: Path) -> None:
    def pieces() -> object:
        yield b"a"
        raise BadExport("no more")

    out = tmp_path / "out"
    with pytest.raises(BadExport, match="no more"):
        write_file(out, pieces())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    out.write_text("old")
    with pytest.raises(BadExport, match="no more"):
        write_file(out, pieces(), over=True)  # type: ignore[arg-type]
    assert out.read_text() == "old"


def test_of_two_at_once_one_has_the_name(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def pieces() -> object:
        yield b"first"
        write_file(out, [b"second"])

    with pytest.raises(BadExport, match="is there already"):
        write_file(out, pieces())  # type: ignore[arg-type]
    assert out.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [out]


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    out = tmp_path / "out"
    assert write_file(out, [b"a", b"b"]) == 2
    assert out.read_bytes() == b"ab"
    with pytest.raises(BadExport, match="is there already"):
        write_file(out, [b"c"])
