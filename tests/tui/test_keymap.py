from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest
from rich.cells import cell_len
from textual.binding import Binding

from scripts.docs.keys import key_table
from tooltrace.tui.keys import keymap
from tooltrace.tui.keys.keymap import ACTIONS, Action, Scope

SCOPES = get_args(Scope)
ALL = {entry.id for entry in ACTIONS}


@pytest.mark.parametrize("scope", SCOPES)
def test_no_key_does_two_things_in_one_place(scope: Scope) -> None:
    keys = [key for entry in keymap.in_scope(scope) for key in entry.keys]
    assert keys
    assert len(keys) == len(set(keys))


def test_no_key_of_a_pane_hides_a_key_of_the_app() -> None:
    app = {key for entry in keymap.in_scope("app") for key in entry.keys}
    assert app.isdisjoint(key for entry in keymap.in_scope("pane") for key in entry.keys)


def test_no_key_that_terminals_lose() -> None:
    assert keymap.FORBIDDEN.isdisjoint(key for entry in ACTIONS for key in entry.keys)


def test_ids_are_unique_and_name_methods() -> None:
    assert len(ALL) == len(ACTIONS)
    assert all(ident.isidentifier() and ident == ident.lower() for ident in ALL)


def test_capitals_go_back_or_change_and_small_letters_have_them_as_counterparts() -> None:
    groups = {e.keys[0]: e.group for e in keymap.in_scope("app") if e.keys[0].isupper()}
    assert {
        "N": "Go back",
        "C": "Go back",
        "T": "Change",
        "F": "Change",
        "U": "Change",
    }.items() <= groups.items()
    assert set(groups.values()) <= {"Go back", "Change", "Look"}
    assert groups.pop("B") == groups.pop("O") == "Look"
    assert "Look" not in groups.values()


@pytest.mark.parametrize("scope", SCOPES)
def test_textual_gets_exactly_the_registry(scope: Scope) -> None:
    bindings = list(Binding.make_bindings(keymap.textual_bindings(scope)))
    expected = sum(len(entry.keys) for entry in keymap.in_scope(scope))
    assert len(bindings) == len({binding.key for binding in bindings}) == expected
    assert {binding.action for binding in bindings} == {e.id for e in keymap.in_scope(scope)}


def test_key_bar_help_palette_and_readme_say_the_same() -> None:
    shown = [cell for row in keymap.footer(1_000, ALL) for cell in row]
    assert {cell.id for cell in shown} == {e.id for e in keymap.in_scope("app") if e.show}
    helped = {entry.id: entry for _, group in keymap.help_for() for entry in group}
    app = {entry.id for entry in keymap.in_scope("app")}
    assert helped.keys() == app | {entry.id for entry in keymap.in_scope("pane")}
    offered = {ident: text for _, text, ident in keymap.palette()}
    assert offered.keys() == app - {"command_palette"}
    table = key_table(list(helped)).splitlines()[2:]
    assert len(table) == len(helped)
    for entry, line in zip(helped.values(), table, strict=True):
        assert line.startswith(f"| `{entry.keys[0]}` |")
        assert entry.help in line
        assert all(f"`{key}`" in line for key in entry.keys)
        assert offered.get(entry.id, entry.help) == entry.help
    for cell in shown:
        assert cell.key == keymap.key_label(helped[cell.id].keys[0])
        assert cell.label == helped[cell.id].label


@pytest.mark.parametrize("width", [80, 78, 60, 40, 120])
def test_the_key_bar_fits_and_never_drops_the_way_out(width: int) -> None:
    rows = keymap.footer(width, ALL)
    assert 1 <= len(rows) <= 2
    for row in rows:
        assert cell_len("  ".join(f"{cell.key} {cell.label}" for cell in row)) <= width
    assert {"help", "command_palette", "quit"} <= {cell.id for row in rows for cell in row}


def test_eighty_columns_show_every_action_of_the_key_bar() -> None:
    shown = {cell.id for row in keymap.footer(78, ALL) for cell in row}
    assert shown == {entry.id for entry in keymap.in_scope("app") if entry.show}


def test_what_is_not_possible_stays_and_is_not_enabled() -> None:
    cells = {c.id: c for row in keymap.footer(80, {"step"}) for c in row}
    assert cells["step"].enabled
    assert not cells["undo"].enabled


def test_help_for_a_pane_leaves_out_what_acts_elsewhere() -> None:
    def ids(pane: str) -> set[str]:
        return {entry.id for _, group in keymap.help_for(pane) for entry in group}

    assert "stub" in ids("calls")
    assert "stub" not in ids("workflow")
    assert {name for entry in ACTIONS for name in entry.panes} <= keymap.PANES.keys()


@pytest.mark.parametrize(
    ("key", "label"),
    [("ctrl+p", "^p"), ("f10", "F10"), ("n", "n"), ("f", "f"), ("escape", "esc"), ("?", "?")],
)
def test_keys_as_people_write_them(key: str, label: str) -> None:
    assert keymap.key_label(key) == label


def test_looking_up_an_action() -> None:
    assert isinstance(keymap.action("step"), Action)
    with pytest.raises(KeyError):
        keymap.action("no_such_action")


def test_the_registry_needs_no_textual() -> None:
    modules = ", ".join(
        f"tooltrace.tui.{name}"
        for name in ("keys.keymap", "rows.lines", "panes.layout", "panes.cursor")
    )
    code = f"import sys, {modules}, tooltrace.tui.theme; print('textual' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
