"""Sentences that name a key, where a person chose another for what it does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tooltrace.tui.keys import keymap
from tooltrace.tui.keys.action import Scope
from tooltrace.tui.keys.key_bar import footer
from tooltrace.tui.keys.keymap import ACTIONS, key_label, rebind
from tooltrace.tui.keys.said_keys import key_said, with_keys

TUI = Path(keymap.__file__).parents[1]
NAMES = {key_label(entry.keys[0]) for entry in ACTIONS if len(key_label(entry.keys[0])) < 3}
IN_BRACKETS = re.compile(r"\((\S{1,3})\)")


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """``step`` and ``step_back`` have each other's keys, ``stub`` is F9, ``pause`` ctrl+o."""
    monkeypatch.setattr(keymap, "_BY_ID", dict(keymap._BY_ID))
    rebind({"step": ("N",), "step_back": ("n",), "stub": ("f9", "S"), "pause": ("ctrl+o",)})


@pytest.mark.usefixtures("chosen")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("running: pause first (p)", "running: pause first (^o)"),
        ("step to one (n), or go back (N)", "step to one (N), or go back (n)"),
        ("n asks again · N goes back", "N asks again · n goes back"),
        ("N goes back, e edits it · n asks", "n goes back, e edits it · N asks"),
        ("not asked next here: n or N to before one", "not asked next here: N or n to before one"),
        ("no tool was called yet: n steps", "no tool was called yet: N steps"),
        ("answer it first (S)", "answer it first (F9)"),
        *[(same, same) for same in ('the tool n1 asks for "n": n = 3', "tonn goes", "'n asks'")],
    ],
)
def test_the_keys_of_a_person_are_said(text: str, said: str) -> None:
    assert with_keys(text) == said


@pytest.mark.usefixtures("chosen")
def test_another_place_has_its_own_keys_and_the_bar_those_of_a_person() -> None:
    assert with_keys("n steps", "breakpoints") == "n steps"
    assert (key_said("n"), key_said("S"), key_said("q")) == ("N", "F9", "q")
    cells = {cell.id: cell.key for row in footer(200, (), rows=9) for cell in row}
    assert (cells["step"], cells["step_back"]) == ("N", "n")


def test_nothing_changes_where_nothing_was_chosen() -> None:
    assert with_keys("n asks again (p)") == "n asks again (p)"


def _sentences() -> Iterator[tuple[str, str, str]]:
    """Each text of the conditions with a key in brackets, and that key."""
    for path in (TUI / "keys" / "conditions.py", TUI.parent / "debugger" / "python_words.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for found in IN_BRACKETS.finditer(node.value):
                    if found[1] in NAMES:
                        yield path.name, node.value, found[1]


def test_every_key_in_brackets_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = list(_sentences())
    assert len(sentences) > 8
    monkeypatch.setattr(keymap, "_BY_ID", dict(keymap._BY_ID))
    here: tuple[Scope, ...] = ("app", "pane", "anywhere")
    rebind({entry.id: ("f24",) for entry in ACTIONS if entry.scope in here})
    assert [each for each in sentences if f"({each[2]})" in with_keys(each[1])] == []
