"""Which parts of the top line are keys: the step, the branch, the keys that it names. Pure."""

from __future__ import annotations

from rich.cells import cell_len

from tooltrace.tui.keys.key_bar import KeyPlace
from tooltrace.tui.keys.keymap import in_scope, key_label
from tooltrace.tui.rows.lines import Line

__all__ = ["status_keys"]

_BY_STYLE = {"title": "command_palette", "strong": "pane_2", "branch": "branches"}
"""The name of the app, of the workflow, and of the branch."""


def status_keys(line: Line) -> list[KeyPlace]:
    """The actions that its parts stand for, each with its place."""
    places = []
    at = 0
    for text, style in line:
        cells = cell_len(text)
        ident = _named(text) if style == "key" else _BY_STYLE.get(style)
        if style == "text" and text.startswith("step "):
            ident = "jump"
        if ident is not None and text.strip():
            before = cell_len(text) - cell_len(text.lstrip(" ·"))
            places.append(KeyPlace(ident, 0, at + before, at + cell_len(text.rstrip(" ·"))))
        at += cells
    return places


def _named(text: str) -> str | None:
    """The action of a key as the top line names it: `` · n asks again``."""
    key = text.strip(" ·").partition(" ")[0]
    entries = in_scope("app")
    return next((e.id for e in entries if key in map(key_label, e.keys)), None)
