from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest
from rich.cells import cell_len
from textual.binding import Binding

from scripts.docs.keys import key_table
from tooltrace.tui.keys import keymap
from tooltrace.tui.keys.key_bar import footer, laid_out
from tooltrace.tui.keys.keymap import ACTIONS, Action, Scope
from tooltrace.tui.keys.menu import NOT_NOW, menu_entries

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
    assert {groups.pop(key) for key in "BOWPK"} == {"Look"}
    assert "Look" not in groups.values()


@pytest.mark.parametrize("scope", SCOPES)
def test_textual_gets_exactly_the_registry(scope: Scope) -> None:
    bindings = list(Binding.make_bindings(keymap.textual_bindings(scope)))
    expected = sum(len(entry.keys) for entry in keymap.in_scope(scope))
    assert len(bindings) == len({binding.key for binding in bindings}) == expected
    assert {binding.action for binding in bindings} == {e.id for e in keymap.in_scope(scope)}


def of(scope: Scope) -> set[str]:
    return {entry.id for entry in keymap.in_scope(scope)}


def offered(pane: str | None = None) -> dict[str, str]:
    entries = menu_entries(("app",), pane, in_rows=True, why_not=lambda _: None)
    return {entry.action.id: entry.action.help for entry in entries}


def test_key_bar_help_menu_and_readme_say_the_same() -> None:
    shown = [cell for row in footer(1_000, ALL) for cell in row]
    assert {cell.id for cell in shown} == {e.id for e in keymap.in_scope("app") if e.show}
    helped = {entry.id: entry for _, group in keymap.help_for() for entry in group}
    assert helped.keys() == of("app") | of("pane") | of("anywhere")
    assert offered().keys() == helped.keys() - {"menu", "command_palette"}
    table = key_table(list(helped)).splitlines()[2:]
    assert len(table) == len(helped)
    for entry, line in zip(helped.values(), table, strict=True):
        assert line.startswith(f"| `{entry.keys[0]}` |")
        assert entry.help in line
        assert all(f"`{key}`" in line for key in entry.keys)
        assert offered().get(entry.id, entry.help) == entry.help
    for cell in shown:
        assert cell.key == keymap.key_label(helped[cell.id].keys[0])
        assert cell.label == helped[cell.id].label


PANES = [None, *keymap.PANE_KEYS]


@pytest.mark.parametrize("pane", PANES)
@pytest.mark.parametrize("width", [80, 78, 60, 40, 118, 158, 198])
def test_the_key_bar_fits_and_never_drops_the_way_out(width: int, pane: str | None) -> None:
    rows = footer(width, ALL, pane=pane)
    assert 1 <= len(rows) <= 2
    lines, _ = laid_out(rows, width)
    assert all(cell_len("".join(text for text, _ in line)) <= width for line in lines)
    assert {"help", "command_palette", "quit"} <= {cell.id for row in rows for cell in row}


@pytest.mark.parametrize("pane", keymap.PANE_KEYS)
def test_the_key_bar_has_this_pane_first_and_then_everywhere(pane: str) -> None:
    here, everywhere = footer(118, ALL, pane=pane)
    assert [cell.id for cell in here] == list(keymap.PANE_KEYS[pane])[: len(here)]
    of_any = {ident for idents in keymap.PANE_KEYS.values() for ident in idents}
    of_all = {entry.id for entry in keymap.in_scope("app") if entry.show} - of_any
    assert {cell.id for cell in everywhere} == of_all
    (first, _), _ = laid_out([here, everywhere], 198)
    assert first[0][0].strip() == ("tool calls" if pane == "calls" else pane)
    narrow = [cell for row in footer(78, ALL, pane=pane) for cell in row]
    assert {cell.id for cell in narrow} >= of_all | set(keymap.PANE_KEYS[pane][:3])
    groups = [cell.group for cell in narrow]
    assert groups == sorted(groups, key=lambda group: group == "everywhere")


@pytest.mark.parametrize("width", [58, 78, 98])
def test_hidden_panes_are_in_the_key_bar(width: int) -> None:
    shown = footer(width, ALL, pane="conversation", hidden=["workflow", "inspector"])
    cells = [cell for row in shown for cell in row]
    assert len(shown) == 2
    assert {"pane_2", "pane_4", "help", "command_palette", "quit"} <= {cell.id for cell in cells}
    assert "pane_1" not in {cell.id for cell in cells}
    assert width < 78 or {"choose", "edit", "breakpoint"} <= {cell.id for cell in cells}


def test_a_cell_of_the_key_bar_is_known_by_where_it_stands() -> None:
    for width in (60, 78, 118, 198):
        lines, places = laid_out(footer(width, ALL, pane="calls"), width)
        texts = ["".join(text for text, _ in line) for line in lines]
        assert places
        for place in places:
            entry = keymap.action(place.id)
            shown = texts[place.row][place.first : place.last]
            assert shown == f"{keymap.key_label(entry.keys[0])} {entry.label}"


def test_what_is_not_possible_stays_and_is_not_enabled() -> None:
    cells = {c.id: c for row in footer(80, {"step"}) for c in row}
    assert cells["step"].enabled
    assert not cells["undo"].enabled
    line = laid_out(footer(80, {"step"}), 80)[0][0]
    looks = {text.strip(): look for text, look in line}
    assert (looks["n"], looks["step"], looks["t"], looks["turn"]) == ("key", "text", "dim", "dim")


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("pane", PANES)
def test_the_menu_has_every_action_once(scope: Scope, pane: str | None) -> None:
    def why(entry: Action) -> str | None:
        return "so it is" if entry.id in ("edit", "step", "close") else None

    entries = menu_entries((scope,), pane, in_rows=True, why_not=why)
    idents = [entry.action.id for entry in entries]
    assert len(idents) == len(set(idents))
    assert set(idents) == (of(scope) | of("pane") | of("anywhere")) - {"menu", "command_palette"}
    not_now = [entry for entry in entries if entry.group == NOT_NOW]
    assert entries[len(entries) - len(not_now) :] == not_now
    assert {entry.action.id for entry in not_now} == of(scope) & {"edit", "step", "close"}
    assert all(entry.why for entry in not_now)


def test_no_key_of_a_pane_hides_a_key_of_a_screen_that_has_panes() -> None:
    for scope in SCOPES:
        # Text takes letters itself; the others are where a pane of rows can have the focus.
        taken = {key for entry in keymap.in_scope(scope) for key in entry.keys if len(key) == 1}
        pane = {key for entry in keymap.in_scope("pane") for key in entry.keys if len(key) == 1}
        assert scope == "pane" or taken.isdisjoint(pane), scope


def test_no_key_acts_otherwise_somewhere_than_anywhere() -> None:
    anywhere = {key for entry in keymap.in_scope("anywhere") for key in entry.keys}
    for scope in SCOPES:
        taken = {key for entry in keymap.in_scope(scope) for key in entry.keys}
        if scope in ("editor", "say"):
            taken -= {"ctrl+z"}  # It undoes where text is edited, and stops the app elsewhere.
        assert scope == "anywhere" or taken.isdisjoint(anywhere), scope


PARTS = {"pane", "anywhere", "block"}
"""Scopes whose keys act on a screen that has keys of its own."""


@pytest.mark.parametrize("scope", [scope for scope in SCOPES if scope not in PARTS])
def test_every_screen_says_its_keys_and_its_way_out(scope: Scope) -> None:
    said = {cell.id for row in footer(78, ALL, scope) for cell in row}
    leave = {e.id for e in keymap.in_scope(scope) if {"escape", "q"} & set(e.keys)}
    assert len(said) > (scope == "app") * 8
    assert said & leave


def test_escape_leaves_every_screen() -> None:
    without = {"anywhere", "pane", "block"}  # Parts of others, which have it.
    for scope in set(SCOPES) - without:
        assert any("escape" in entry.keys for entry in keymap.in_scope(scope)), scope


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
