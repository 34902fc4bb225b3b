"""A row of the registry of keys: what it says of a key. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from tooltrace.debugger.view import View
from tooltrace.tui.keys.conditions import always, on_anything

__all__ = ["Action", "Condition", "Scope", "Section", "Selection"]

Condition = Callable[[View], str | None]
"""Why an action is not possible now, in one sentence; None when it is."""

Selection = Callable[[View, int | None], str | None]
"""Why not on the record that is selected, or where none is."""

Scope = Literal[
    "anywhere",
    "home",
    "app",
    "pane",
    "editor",
    "dialog",
    "block",
    "say",
    "files",
    "find",
    "help",
    "compare",
    "request",
    "branches",
    "effects",
    "samples",
    "breakpoints",
    "pager",
]
"""Where a key acts: anywhere, on the session's screen, in a pane of rows, a dialog or a screen."""


class Section(Struct, frozen=True):
    """Actions that are explained together, under a title, and act in one place."""

    title: str
    scope: Scope = "app"


class Action(Struct, frozen=True):
    """Something a key does. ``keys`` are the key and its aliases; ``label`` stands in the key bar.

    ``id`` is the name of its method: of a group in ``tui/actions`` where the scope is ``app``, else
    ``action_<id>`` of the app, pane, dialog or screen that the scope is. ``panes`` names where it
    acts on what is selected; empty means that it does not matter. ``when`` says why it is not
    possible, ``on`` why it is not on the record that is selected. ``first`` has the key act before
    what has the focus looks at it.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    section: Section
    show: bool = False
    panes: tuple[str, ...] = ()
    when: Condition = always
    on: Selection = on_anything
    first: bool = False

    @property
    def group(self) -> str:
        """The title it stands under."""
        return self.section.title

    @property
    def scope(self) -> Scope:
        """Where its keys act."""
        return self.section.scope
