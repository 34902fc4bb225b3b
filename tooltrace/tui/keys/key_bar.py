"""The key bar: what can be done in this pane, then what can be done everywhere. Pure.

A cell knows where it stands, so that a click on it is the key, and resting on it says what it does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace
from rich.cells import cell_len

from tooltrace.tui.keys.action import Action, Scope
from tooltrace.tui.keys.keymap import PANE_KEYS, PANES, action, in_scope, key_label

__all__ = ["Cell", "KeyPlace", "footer", "laid_out"]

Line = tuple[tuple[str, str], ...]
"""Texts, each with the name of its style."""

_ALWAYS = ("help", "command_palette", "quit")
_LEAST = 4
"""Keys of the pane that are worth more than the names of panes out of sight."""

_GAP, _BETWEEN = "  ", " │ "
"""What stands between two cells, and between the two groups where they share a row."""

_NAMES = {
    "conversation": "conversation",
    "workflow": "workflow",
    "calls": "tool calls",
    "inspector": "inspector",
}
_EVERYWHERE, _PANES = "everywhere", "panes"


class Cell(Struct, frozen=True):
    """One cell of the key bar: a key, what it does, whether that is possible now, and its group."""

    id: str
    key: str
    label: str
    enabled: bool
    group: str = ""

    @property
    def cells(self) -> int:
        """Its width with a space between key and label."""
        return cell_len(self.key) + (1 + cell_len(self.label) if self.label else 0)


class KeyPlace(Struct, frozen=True):
    """Where a cell stands: its row, and the columns from the first up to but without the last."""

    id: str
    row: int
    first: int
    last: int


def footer(
    width: int,
    available: Collection[str],
    *scopes: Scope,
    rows: int = 2,
    pane: str | None = None,
    labels: Mapping[str, str] | None = None,
    without: Collection[str] = (),
    hidden: Sequence[str] = (),
) -> list[list[Cell]]:
    """The key bar of these scopes, or the session's: at most ``rows`` rows, ``width`` cells wide.

    ``available`` holds the ids of what is possible now; the rest is there, but not enabled. With a
    ``pane``, what acts on what is selected there comes first, in a row of its own where there is
    room. Help, palette and quit always stay; what has no room is left to the help. ``labels`` are
    what actions are called here, ``without`` those that mean nothing here. Panes that are
    ``hidden`` for want of room can be gone to from it.
    """
    called = labels or {}
    own = [] if pane is None else [action(ident) for ident in PANE_KEYS.get(pane, ())]
    of_any_pane = {ident for idents in PANE_KEYS.values() for ident in idents} if own else set()
    here = [_cell(entry, available, called, pane or "") for entry in own]
    tabs = [action(f"pane_{number}") for name, number in PANES.items() if name in hidden]
    there = [_cell(entry, available, called, _PANES) for entry in tabs]
    shown = [
        _cell(entry, available, called, _EVERYWHERE if own else "")
        for scope in scopes or ("app",)
        for entry in in_scope(scope)
        if entry.show and entry.id not in of_any_pane and entry.id not in without
    ]
    if here and rows > 1 and _width(shown) <= width:
        while here and _width([*here, *there]) > width:
            here.pop()
        return [[*here, *there], shown]
    last = [cell for cell in shown if cell.id in _ALWAYS]
    wanted = [cell for cell in shown if cell.id not in _ALWAYS]
    short = [replace(cell, label="") for cell in there]  # The panes' borders say what they are.
    fewer = [
        *([*here[:count], *there, *wanted, *last] for count in range(len(here), _LEAST - 1, -1)),
        *([*here[:count], *short, *wanted, *last] for count in range(len(here), 0, -1)),
        *([*short, *wanted[:count], *last] for count in range(len(wanted), -1, -1)),
    ]
    packed = (_pack(cells, width) for cells in fewer)
    return next((each for each in packed if len(each) <= rows), _pack(last, width)[:rows])


def _cell(entry: Action, available: Collection[str], called: Mapping[str, str], group: str) -> Cell:
    label = called.get(entry.id, entry.label)
    return Cell(entry.id, key_label(entry.keys[0]), label, entry.id in available, group)


def _between(left: Cell, right: Cell) -> str:
    return _GAP if left.group == right.group else _BETWEEN


def _width(row: Sequence[Cell]) -> int:
    gaps = sum(len(_between(a, b)) for a, b in pairwise(row))
    return gaps + sum(cell.cells for cell in row)


def _pack(cells: Sequence[Cell], width: int) -> list[list[Cell]]:
    packed: list[list[Cell]] = []
    for cell in cells:
        if packed and _width([*packed[-1], cell]) <= width:
            packed[-1].append(cell)
        else:
            packed.append([cell])
    return packed


def laid_out(rows: Sequence[Sequence[Cell]], width: int) -> tuple[list[Line], list[KeyPlace]]:
    """The rows as lines, and where each cell stands in them.

    Where every group has a row of its own and there is room, it begins with the group's name.
    """
    names = [_NAMES.get(row[0].group, row[0].group) if row else "" for row in rows]
    column = max(map(cell_len, names), default=0) + len(_GAP)
    groups = [group for row in rows for group in {cell.group for cell in row}]
    apart = all(names) and len(groups) == len(set(groups))
    named = apart and max(map(_width, rows), default=0) + column <= width
    lines: list[Line] = []
    places: list[KeyPlace] = []
    for number, (name, row) in enumerate(zip(names, rows, strict=True)):
        spans: list[tuple[str, str]] = [(name.ljust(column), "dim")] if named else []
        at = column if named else 0
        for index, cell in enumerate(row):
            gap = _between(row[index - 1], cell) if index else ""
            spans.append((gap, "dim"))
            at += len(gap)
            places.append(KeyPlace(cell.id, number, at, at + cell.cells))
            at += cell.cells
            spans.append((cell.key, "key" if cell.enabled else "dim"))
            label = f" {cell.label}" if cell.label else ""
            spans.append((label, "text" if cell.enabled else "dim"))
        lines.append(tuple(span for span in spans if span[0]))
    return lines, places
