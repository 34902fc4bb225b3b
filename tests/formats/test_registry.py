"""Exporters are found by being there, or by what an installed package says it adds."""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path

import pytest

from tests.formats.branches import ROOT, made, turn
from tests.plugins.installed import installed
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadExport, BadPlugin
from tooltrace.formats import exporters
from tooltrace.formats.registry import export, exporter, exporter_names

TOY = """
from tooltrace.formats import Exporter

def write(branch):
    for step in branch.steps:
        yield f"{step.kind} {step.name}\\n"

EXPORTER = Exporter("toy", ".toy", write)
"""


def test_a_file_in_the_folder_is_all_that_an_exporter_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "toy.py").write_text(TOY, encoding="utf-8")
    monkeypatch.setattr(exporters, "__path__", [*exporters.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    own = ["cast", "chat", "html", "markdown", "messages", "otlp", "pytest", "svg"]
    assert exporter_names() == [*own, "toy"]
    found = b"".join(export(made(e.UserSaid("Go.")), exporter("toy")))
    sys.modules.pop("tooltrace.formats.exporters.toy")
    assert found == b"start \nuser \n"


def test_the_example_in_contributing_is_an_exporter(tmp_path: Path) -> None:
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code = re.search(r"## An exporter\n.*?```python\n(.*?)```", told, re.DOTALL)
    assert code is not None
    with installed(tmp_path / "site", "toyread", code[1], formats="outcome = toyread:EXPORTER"):
        branch = made(e.UserSaid("Go."), *turn(3, "one"), e.RunFinished("completed"))
        found = b"".join(export(branch, exporter("outcome"))).decode()
    assert found == "look returned\ncompleted in None, 0 tokens\n"


@pytest.mark.parametrize("name", exporter_names())
def test_our_own_are_called_as_their_file_and_say_what_they_are(name: str) -> None:
    found = exporter(name)
    assert found.name == name
    assert found.suffix.startswith(".")
    assert found.about


def test_an_installed_package_adds_one(tmp_path: Path) -> None:
    with installed(tmp_path / "site", "toyformat", TOY, formats="toy = toyformat:EXPORTER"):
        assert b"user" in b"".join(export(made(e.UserSaid("Go.")), exporter("toy")))


def test_ours_are_never_another_packages(tmp_path: Path) -> None:
    with installed(tmp_path / "site", "toychat", TOY, formats="chat = toychat:EXPORTER"):
        assert exporter("chat").suffix == ".json"
        assert "toychat" not in sys.modules


def test_an_unknown_name_lists_all_there_are(tmp_path: Path) -> None:
    with (
        installed(tmp_path / "site", "toyother", TOY, formats="toy = toyother:EXPORTER"),
        pytest.raises(
            BadExport,
            match="no format 'yaml'; there are: "
            "cast, chat, html, markdown, messages, otlp, pytest, svg, toy",
        ),
    ):
        exporter("yaml")


@pytest.mark.parametrize(
    "name", ["", "../chat", "chat.py", "__init__", "registry", "os", "x\x1b[2J"]
)
def test_only_a_whole_name_of_the_folder_counts(name: str) -> None:
    with pytest.raises(BadExport, match="there is no format") as caught:
        exporter(name)
    assert str(caught.value).isprintable()


def test_what_is_no_exporter_is_refused(tmp_path: Path) -> None:
    with (
        installed(tmp_path / "site", "toywrong", "x = 1", formats="toy = toywrong:x"),
        pytest.raises(BadPlugin, match=r"toy of tooltrace\.formats is int"),
    ):
        exporter("toy")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("yield 'a'; raise KeyError('b')", "toyfails.py:4: KeyError: 'b'"),
        ("yield 1", "yielded int"),
        ("yield '\\ud800'", "UnicodeEncodeError"),
        ("return 5", "TypeError"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("raise type('Mute', (Exception,), {'__str__': lambda self: 1 / 0})", "Mute"),
    ],
)
def test_an_exporter_that_fails_is_one_line(tmp_path: Path, body: str, words: str) -> None:
    source = (
        f"from tooltrace.formats import Exporter\n\ndef write(branch):\n    {body}\n\n"
        "EXPORTER = Exporter('toy', '.x', write)\n"
    )
    with (
        installed(tmp_path / "site", "toyfails", source, formats="toy = toyfails:EXPORTER"),
        pytest.raises(BadExport) as caught,
    ):
        list(export(made(e.UserSaid("Go.")), exporter("toy")))
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


def test_what_a_branch_is_made_of_is_all_there(tmp_path: Path) -> None:
    called = e.ModelCalled("d")
    branch = made(e.UserSaid("Go."), called)
    assert (branch.file, branch.name, len(branch.records)) == ("made.jsonl", "main", 3)
    assert branch.request_of(branch.records[-1]) == branch.request
    assert json.dumps(branch.request)
    with pytest.raises(AttributeError):
        branch.name = "other"  # type: ignore[misc]
