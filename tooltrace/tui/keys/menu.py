"""What can be done where one is, as a list: each action of the registry once, with its key. Pure.

The menu of the right mouse button and the palette are made of it, so that the mouse and a name
reach whatever a key does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from tooltrace.tui.keys.action import Action, Scope
from tooltrace.tui.keys.keymap import PANE_KEYS, action, in_scope, key_label

__all__ = ["NOT_NOW", "MenuEntry", "menu_entries"]

NOT_NOW = "not possible now"

_HIDDEN = frozenset({"menu", "command_palette"})
"""What one is in already."""


class MenuEntry(Struct, frozen=True):
    """An action, the title it stands under, and in one sentence why it is not possible, if so."""

    action: Action
    group: str
    why: str | None = None

    @property
    def key(self) -> str:
        """Its first key as people write it."""
        return key_label(self.action.keys[0])


def menu_entries(
    scopes: Sequence[Scope],
    pane: str | None,
    in_rows: bool,
    why_not: Callable[[Action], str | None],
) -> list[MenuEntry]:
    """The actions of these scopes: first those of the pane, then the others, then what cannot be.

    ``in_rows`` adds what moves in a pane of rows, ``why_not`` says why an action is not possible.
    """
    here = [action(ident) for ident in PANE_KEYS.get(pane or "", ()) if "app" in scopes]
    wanted = [*here]
    for scope in (*scopes, *(("pane",) if in_rows else ()), "anywhere"):
        wanted += in_scope(scope)
    entries = [
        MenuEntry(entry, "here" if entry in here else entry.group, why_not(entry))
        for entry in dict.fromkeys(wanted)
        if entry.id not in _HIDDEN
    ]
    possible = [entry for entry in entries if entry.why is None]
    rest = [MenuEntry(e.action, NOT_NOW, e.why) for e in entries if e.why is not None]
    return [*possible, *rest]
