"""What is made of the registry of keys: bindings, the key bar, the help and the palette.

Pure: textual is imported only where its own bindings are made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from msgspec import Struct
from rich.cells import cell_len

from tooltrace.debugger.view import View
from tooltrace.tui.keys.action import Action, Scope
from tooltrace.tui.keys.key_table import ACTIONS

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
    "available",
    "footer",
    "help_for",
    "in_scope",
    "key_label",
    "palette",
    "textual_bindings",
]

PANES = {"conversation": 1, "workflow": 2, "calls": 3}
"""The panes by name, with the number that focuses them."""

FORBIDDEN = frozenset({"ctrl+enter", "shift+enter", "ctrl+m", "ctrl+i", "ctrl+h", "alt+enter"})
"""Keys that are lost or changed on the way, inside tmux or by the terminal."""


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


_BY_ID = {entry.id: entry for entry in ACTIONS}
_ALWAYS = ("help", "command_palette", "quit")
_LABELS = {
    "escape": "esc",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}
_GAP = 2


def action(ident: str) -> Action:
    """The action of that id. Raises KeyError for one that is not in the registry."""
    return _BY_ID[ident]


def in_scope(scope: Scope = "app") -> tuple[Action, ...]:
    """The actions whose keys act there, in the registry's order."""
    return tuple(entry for entry in ACTIONS if entry.scope == scope)


def available(view: View) -> frozenset[str]:
    """The ids of the app's actions that are possible now."""
    return frozenset(entry.id for entry in in_scope("app") if entry.when(view) is None)


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
    """The groups of actions to explain in a pane: those that act there, its own keys included.

    The lists of branches and of breakpoints, and a request, count as panes whose keys are all their
    own.
    """
    groups: dict[str, list[Action]] = {}
    own = pane if pane in ("branches", "breakpoints", "request") else "app"
    scopes = (own, "pane")
    for entry in ACTIONS:
        fits = not entry.panes or pane is None or pane in entry.panes
        if fits and entry.scope in scopes:
            groups.setdefault(entry.group, []).append(entry)
    return list(groups.items())


def palette() -> list[tuple[str, str, str]]:
    """Title, help and id of every action that can be called by name."""
    return [
        (entry.label.capitalize(), entry.help, entry.id)
        for entry in in_scope("app")
        if entry.id != "command_palette"
    ]
