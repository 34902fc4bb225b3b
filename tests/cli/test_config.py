from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import call, spawn
from tooltrace.cli.config.chosen import Chosen
from tooltrace.cli.config.file import CHOICES, read_config, template
from tooltrace.tui.keys.keymap import ACTIONS
from tooltrace.tui.keys.rebound import rebound


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "folder" / "mine.toml"
    monkeypatch.setenv("TOOLTRACE_CONFIG", str(path))
    return path


def test_the_file_is_written_once_and_nothing_in_it_changes_anything(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = call(capsys, "config")
    assert (said.code, said.out) == (0, f"{file} is written\n")
    found = read_config(file)
    assert (found.values, found.keys, found.problems) == ({}, {}, ())
    file.write_text("mouse = false\n")
    said = call(capsys, "config")
    assert said.out == f"{file} is there already, and stays as it is\n"
    assert file.read_text() == "mouse = false\n"


def test_every_line_of_the_file_says_what_holds_without_it(file: Path) -> None:
    lines = [line.removeprefix("# ") for line in template().splitlines()]
    plain = [line for line in lines if " = " in line or line == "[keys]"]
    table: dict[str, Any] = tomllib.loads("\n".join(plain))
    keys = table.pop("keys")
    assert keys == {entry.id: list(entry.keys) for entry in ACTIONS}
    assert set(table) == set(CHOICES)
    found = Chosen(file.parent.parent)
    assert found.values == table


WRONG = """\
theme = "nrod"
mous = true
ascii = 1

[keys]
step = "c"
resume = ["n"]
nope = "x"
fork = "q"
undo = "ctrl+m"
say = "no key"
"""


def test_what_is_wrong_is_said_with_its_line_and_the_rest_holds(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.parent.mkdir()
    file.write_text(WRONG)
    said = call(capsys, "config", "--check")
    assert said.code == 1
    told = dict(line.removeprefix(f"{file}:").split(": ", 1) for line in said.err.splitlines())
    assert told["1"] == "unknown theme 'nrod', did you mean 'nord'?"
    assert told["2"] == "unknown key 'mous', did you mean 'mouse'?"
    assert told["3"] == "ascii is '1': write true or false"
    assert told["8"].startswith("unknown action 'nope'")
    assert told["9"] == "keys.fork: q is quit (save and leave): give that one another key as well"
    assert told["10"].startswith("keys.undo: ctrl+m is lost")
    assert told["11"].startswith("keys.say: 'no key' is no key")
    assert len(told) == 7
    assert read_config(file).keys == {"step": ("c",), "resume": ("n",)}


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"theme = ", 1), (b'a = 1\nb = "\xff"', 2), (b"x = [1\n\n", 3), (b"[" * 5000, 1)],
)
def test_a_file_that_cannot_be_read_is_one_line(file: Path, content: bytes, line: int) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    found = read_config(file)
    assert found.values == {} and len(found.problems) == 1
    assert found.problems[0].startswith(f"{file}:{line}: not read: ")
    assert "\n" not in found.problems[0]


def test_a_folder_in_its_place_and_a_name_that_leads_nowhere(file: Path, tmp_path: Path) -> None:
    assert "TOOLTRACE_CONFIG names it" in read_config(file).problems[0]
    assert read_config(tmp_path).problems[0].startswith(f"{tmp_path}: not read: ")


def test_who_comes_before_whom(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    project.mkdir()
    file.parent.mkdir()
    assert Chosen(project).values["theme"] == "auto"
    file.write_text('theme = "nord"\nmouse = false\n')
    assert Chosen(project).values == {
        "theme": "nord",
        "ascii": False,
        "mouse": False,
        "bell": False,
        "markdown": True,
    }
    (project / "pyproject.toml").write_text('[tool.tooltrace]\ntheme = "dracula"\nmouse = 3\n')
    found = Chosen(project)
    assert found.values["theme"] == "dracula" and found.values["mouse"] is False
    assert found.problems == [f"{project / 'pyproject.toml'}:3: mouse is '3': write true or false"]
    monkeypatch.setenv("TOOLTRACE_THEME", "gruvbox")
    monkeypatch.setenv("TOOLTRACE_ASCII", "1")
    found = Chosen(project)
    assert (found.values["theme"], found.values["ascii"]) == ("gruvbox", True)
    assert found.origins["theme"] == "TOOLTRACE_THEME"


def test_a_theme_on_the_command_line_must_exist(tmp_path: Path) -> None:
    for arguments in (("--theme", "nrod"), ("demo", "--theme=nrod")):
        said = spawn(*arguments, cwd=tmp_path)
        assert said.code == 2 and said.out == ""
        assert "unknown theme 'nrod', did you mean 'nord'?" in said.err
        assert said.err.count("\n") == 1


def test_keys_may_be_swapped_and_not_doubled() -> None:
    good, wrong = rebound({"step": "c", "resume": "n"})
    assert good == {"step": ("c",), "resume": ("n",)} and not wrong
    good, wrong = rebound({"step": "c"})
    assert good == {} and wrong[0][0] == "step" and "resume" in wrong[0][1]
    good, wrong = rebound({"step": "cursor_up", "pause": "up"})
    assert good == {} and len(wrong) == 2
    assert rebound({"rename": "q"})[0] == {"rename": ("q",)}  # Another place, where q does nothing.


def test_no_key_of_ours_is_one_that_tmux_or_screen_takes() -> None:
    assert {"ctrl+a", "ctrl+b"}.isdisjoint(key for entry in ACTIONS for key in entry.keys)
