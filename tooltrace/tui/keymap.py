"""Every key of the app, once: the bindings, the key bar, the help and the README's table read this.

Lower case moves, capitals reverse or change history. Pure data: textual is imported only where its
own bindings are made. An action's ``id`` is the name of the app's ``action_…`` method.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from rich.cells import cell_len

if TYPE_CHECKING:
    from textual.binding import BindingType

__all__ = [
    "ACTIONS",
    "FORBIDDEN",
    "PANES",
    "Action",
    "Cell",
    "Scope",
    "action",
    "footer",
    "help_for",
    "in_scope",
    "key_label",
    "markdown_table",
    "palette",
    "textual_bindings",
]

Scope = Literal["app", "pane", "editor", "dialog", "help", "compare"]
"""Where a key acts: anywhere, in a pane of rows, the value editor, a dialog, or a screen."""

PANES = {"conversation": 1, "workflow": 2, "calls": 3}
"""The panes by name, with the number that focuses them."""

FORBIDDEN = frozenset({"ctrl+enter", "shift+enter", "ctrl+m", "ctrl+i", "ctrl+h", "alt+enter"})
"""Keys that are lost or changed on the way, inside tmux or by the terminal."""


class Action(Struct, frozen=True):
    """Something a key does. ``keys`` are the key and its aliases; ``label`` stands in the key bar.

    ``panes`` names where it acts on what is selected; empty means that it does not matter.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str
    show: bool = False
    panes: tuple[str, ...] = ()
    scope: Scope = "app"


class Cell(Struct, frozen=True):
    """One cell of the key bar: a key, what it does, and whether that is possible now."""

    id: str
    key: str
    label: str
    enabled: bool

    @property
    def cells(self) -> int:
        """Its width with a space between key and label."""
        return cell_len(self.key) + 1 + cell_len(self.label)


_GO, _BACK, _CHANGE, _LOOK, _APP = "Go on", "Go back", "Change", "Look", "The app"
_PANE, _EDITOR, _DIALOG = "In a pane", "In the editor", "In a dialog"
_COMPARE = "Side by side"
_CALLS = ("conversation", "calls")

ACTIONS: tuple[Action, ...] = (
    Action("step", ("n", "f10"), "step", "to the next tool call or event", _GO, True),
    Action("next_reply", ("t",), "turn", "to the next model reply", _GO, True),
    Action("resume", ("c", "f5"), "continue", "go on until something stops the run", _GO, True),
    Action("pause", ("p", "f6"), "pause", "stop at the next safe point", _GO, True),
    Action("step_in", ("s",), "step in", "step into a nested agent", _GO),
    Action("run_to_cursor", ("g",), "go here", "run to the cursor", _GO),
    Action("step_back", ("N",), "back", "one step back; nothing runs", _BACK, True),
    Action("resume_back", ("C",), "back to break", "continue backwards; nothing runs", _BACK),
    Action("edit", ("e",), "edit", "edit the selected value", _CHANGE, True),
    Action("edit_external", ("E",), "$EDITOR", "edit the selected value in $EDITOR", _CHANGE),
    Action("force", ("T",), "force", "force a transition", _CHANGE, True),
    Action("fork", ("F",), "fork", "begin a branch here", _CHANGE, True),
    Action("replay", ("r",), "replay", "replay from here", _CHANGE, True),
    Action("stub", ("S",), "stub", "type the result of a pending call", _CHANGE, panes=_CALLS),
    Action("retry", ("R",), "retry", "make a call again", _CHANGE, panes=_CALLS),
    Action("say", ("i",), "say", "say something to the model", _CHANGE),
    Action("go_past", ("G",), "go past", "go on past a limit or a stuck verdict", _CHANGE),
    Action("undo", ("u",), "undo", "undo an edit", _CHANGE, True),
    Action("redo", ("U",), "redo", "redo an edit", _CHANGE),
    Action("breakpoint", ("b", "f9"), "break", "set or clear a breakpoint", _LOOK, True),
    Action("breakpoint_when", ("B",), "break if", "a breakpoint with a condition", _LOOK),
    Action("branches", ("v",), "branches", "list, switch, rename branches", _LOOK, True),
    Action("compare", ("d",), "compare", "compare this branch with another one", _LOOK),
    Action(
        "context", ("D",), "context", "what changed in the context since the last request", _LOOK
    ),
    Action("copy", ("y",), "copy", "copy the selected value", _LOOK),
    Action("find", ("/", "f3"), "find", "find text in the pane", _LOOK, True),
    Action("find_next", ("]",), "next match", "the next match", _LOOK),
    Action("find_previous", ("[",), "previous match", "the previous match", _LOOK),
    Action("pane_1", ("1",), "conversation", "go to the conversation", _LOOK),
    Action("pane_2", ("2",), "workflow", "go to the workflow", _LOOK),
    Action("pane_3", ("3",), "tool calls", "go to the tool calls", _LOOK),
    Action("next_pane", ("tab",), "next pane", "go to the next pane", _LOOK),
    Action("zoom", ("z",), "zoom", "one pane over the whole screen, and back", _LOOK),
    Action("jump", ("ctrl+o",), "jump", "jump to a record by its number", _LOOK),
    Action("leave", ("escape",), "up", "one level up: close, leave, let go", _APP),
    Action("help", ("?", "f1"), "help", "the keys and words, for this pane", _APP, True),
    Action("command_palette", ("ctrl+p",), "palette", "every action by name", _APP, True),
    Action("quit", ("q",), "quit", "save and leave", _APP, True),
    Action("cursor_up", ("up",), "up", "up", _PANE, scope="pane"),
    Action("cursor_down", ("down",), "down", "down", _PANE, scope="pane"),
    Action("page_up", ("pageup",), "page up", "a page up", _PANE, scope="pane"),
    Action("page_down", ("pagedown",), "page down", "a page down", _PANE, scope="pane"),
    Action("cursor_first", ("home",), "first", "to the first", _PANE, scope="pane"),
    Action("cursor_last", ("end",), "last", "to the last, and follow", _PANE, scope="pane"),
    Action("choose", ("enter",), "open", "open or close what is selected", _PANE, scope="pane"),
    Action("accept", ("ctrl+s", "f2"), "accept", "take the value", _EDITOR, True, scope="editor"),
    Action("as_text", ("ctrl+t",), "text", "JSON or plain text", _EDITOR, True, scope="editor"),
    Action("external", ("f4",), "$EDITOR", "go on in $EDITOR", _EDITOR, True, scope="editor"),
    Action(
        "cancel", ("escape",), "cancel", "leave; twice if changed", _EDITOR, True, scope="editor"
    ),
    Action("pick", ("enter",), "pick", "take what is marked", _DIALOG, True, scope="dialog"),
    Action("close", ("escape",), "cancel", "leave, nothing happens", _DIALOG, True, scope="dialog"),
    Action(
        "next_difference",
        ("n", "]"),
        "next",
        "to the next difference",
        _COMPARE,
        True,
        scope="compare",
    ),
    Action(
        "previous_difference",
        ("p", "["),
        "previous",
        "to the one before",
        _COMPARE,
        True,
        scope="compare",
    ),
    Action(
        "go_there", ("enter",), "go there", "stand on the record", _COMPARE, True, scope="compare"
    ),
    Action(
        "other_side",
        ("tab", "left", "right"),
        "side",
        "go to the other side's record",
        _COMPARE,
        True,
        scope="compare",
    ),
    Action(
        "show_same",
        ("a",),
        "all",
        "show what is the same, or fold it",
        _COMPARE,
        True,
        scope="compare",
    ),
    Action("leave_compare", ("escape", "q"), "back", "back", _COMPARE, True, scope="compare"),
    Action("leave_help", ("escape", "?", "q", "f1"), "close", "back", _DIALOG, True, scope="help"),
)

_BY_ID = {entry.id: entry for entry in ACTIONS}
_ALWAYS = ("help", "command_palette", "quit")
_LABELS = {
    "escape": "esc",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "up": "↑",
    "down": "↓",
}
_GAP = 2


def action(ident: str) -> Action:
    """The action of that id. Raises KeyError for one that is not in the registry."""
    return _BY_ID[ident]


def in_scope(scope: Scope = "app") -> tuple[Action, ...]:
    """The actions whose keys act there, in the registry's order."""
    return tuple(entry for entry in ACTIONS if entry.scope == scope)


def key_label(key: str) -> str:
    """A key as people write it: ``^p``, ``F10``, ``esc``."""
    if key in _LABELS:
        return _LABELS[key]
    if key.startswith("ctrl+"):
        return "^" + key.removeprefix("ctrl+")
    if key[0] == "f" and key[1:].isdigit():
        return key.upper()
    return key


def textual_bindings(scope: Scope = "app") -> list[BindingType]:
    """The bindings for a Textual ``BINDINGS`` list."""
    from textual.binding import Binding

    return [
        Binding(
            ",".join(entry.keys),
            entry.id,
            entry.label,
            show=entry.show,
            key_display=key_label(entry.keys[0]),
            id=f"{scope}.{entry.id}",
        )
        for entry in in_scope(scope)
    ]


def footer(
    width: int, available: Collection[str], scope: Scope = "app", rows: int = 2
) -> list[list[Cell]]:
    """The key bar: at most ``rows`` rows of cells, two cells apart, that fit ``width`` cells.

    ``available`` holds the ids of what is possible now; the rest is there, but not enabled. Help,
    palette and quit always stay; what has no room is left to the help.
    """
    shown = [_cell(entry, available) for entry in in_scope(scope) if entry.show]
    last = [cell for cell in shown if cell.id in _ALWAYS]
    wanted = [cell for cell in shown if cell.id not in _ALWAYS]
    for count in range(len(wanted), -1, -1):
        packed = _pack([*wanted[:count], *last], width)
        if len(packed) <= rows:
            return packed
    return _pack(last, width)[:rows]


def _cell(entry: Action, available: Collection[str]) -> Cell:
    return Cell(entry.id, key_label(entry.keys[0]), entry.label, entry.id in available)


def _pack(cells: Iterable[Cell], width: int) -> list[list[Cell]]:
    packed: list[list[Cell]] = []
    used = 0
    for cell in cells:
        if packed and used + _GAP + cell.cells <= width:
            packed[-1].append(cell)
            used += _GAP + cell.cells
        else:
            packed.append([cell])
            used = cell.cells
    return packed


def help_for(pane: str | None = None) -> list[tuple[str, list[Action]]]:
    """The groups of actions to explain in a pane: those that act there, its own keys included."""
    groups: dict[str, list[Action]] = {}
    for entry in ACTIONS:
        fits = not entry.panes or pane is None or pane in entry.panes
        if fits and entry.scope in ("app", "pane"):
            groups.setdefault(entry.group, []).append(entry)
    return list(groups.items())


def palette() -> list[tuple[str, str, str]]:
    """Title, help and id of every action that can be called by name."""
    return [
        (entry.label.capitalize(), entry.help, entry.id)
        for entry in in_scope("app")
        if entry.id != "command_palette"
    ]


def markdown_table() -> str:
    """The table of keys for the README, one row per action, groups in order."""
    lines = ["| key | also | action | |", "| --- | --- | --- | --- |"]
    for group, entries in help_for(None):
        for index, entry in enumerate(entries):
            first, *others = entry.keys
            also = " ".join(f"`{key}`" for key in others)
            lines.append(f"| `{first}` | {also} | {entry.help} | {'' if index else group} |")
    return "\n".join(lines) + "\n"
