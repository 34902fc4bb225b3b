"""What is made of the registry of keys: bindings and the help.

Pure: textual is imported only where its own bindings are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, get_args

from msgspec.structs import replace

from tooltrace.debugger.view import View
from tooltrace.tui.keys.action import Action, Scope
from tooltrace.tui.keys.key_table import ACTIONS

if TYPE_CHECKING:
    from textual.binding import BindingType

__all__ = [
    "ACTIONS",
    "FORBIDDEN",
    "PANES",
    "PANE_KEYS",
    "Action",
    "Scope",
    "action",
    "available",
    "chosen_keys",
    "help_for",
    "in_scope",
    "key_label",
    "rebind",
    "textual_bindings",
]

PANES = {"conversation": 1, "workflow": 2, "calls": 3, "inspector": 4}
"""The panes by name, with the number that focuses them."""

FORBIDDEN = frozenset(
    {
        *("ctrl+enter", "shift+enter", "ctrl+m", "ctrl+i", "ctrl+h", "alt+enter"),
        *("ctrl+a", "ctrl+b"),
    }
)
"""Keys that are lost or changed on the way, or that screen and tmux keep for themselves."""


PANE_KEYS: dict[str, tuple[str, ...]] = {
    "conversation": ("choose", "edit", "breakpoint", "find", "copy", "run_to_cursor", "bookmark"),
    "workflow": ("edit", "force", "breakpoint", "find", "copy", "zoom"),
    "calls": (
        "edit",
        "retry",
        "breakpoint",
        "find",
        "filter_calls",
        "time_view",
        "choose",
        "copy",
        "run_to_cursor",
        "stub",
    ),
    "inspector": ("choose", "copy", "edit", "find", "retry", "breakpoint", "zoom"),
}
"""What acts on what is selected in a pane, as the key bar has it, the most used first."""


_SCOPES: dict[str, Scope] = {scope: scope for scope in get_args(Scope)}
_BY_ID = {entry.id: entry for entry in ACTIONS}
_LABELS = {
    "escape": "esc",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def action(ident: str) -> Action:
    """The action of that id. Raises KeyError for one that is not in the registry."""
    return _BY_ID[ident]


def in_scope(scope: Scope = "app") -> tuple[Action, ...]:
    """The actions whose keys act there, in the registry's order."""
    return tuple(_BY_ID[entry.id] for entry in ACTIONS if entry.scope == scope)


def rebind(keys: Mapping[str, tuple[str, ...]]) -> None:
    """Give actions other keys, for the whole process: before any screen is imported.

    ``keys`` are as ``rebound`` gives them. Bindings, key bar, help and palette all follow.
    """
    for ident, chosen in keys.items():
        _BY_ID[ident] = replace(_BY_ID[ident], keys=chosen)


def chosen_keys() -> frozenset[str]:
    """The ids of the actions that have other keys than the registry says."""
    return frozenset(entry.id for entry in ACTIONS if _BY_ID[entry.id].keys != entry.keys)


def available(view: View, *selected: int | None) -> frozenset[str]:
    """The ids of the actions of a session and its panes that are possible now.

    With the record that is ``selected``, None where none is, those that are not possible on that
    are none of them.
    """
    entries = (*in_scope("app"), *in_scope("pane"))
    fit = (each for each in entries if all(each.on(view, one) is None for one in selected))
    return frozenset(entry.id for entry in fit if entry.when(view) is None)


def key_label(key: str) -> str:
    """A key as people write it: ``^p``, ``F10``, ``esc``."""
    if key in _LABELS:
        return _LABELS[key]
    if key.startswith("ctrl+"):
        return "^" + key.removeprefix("ctrl+")
    if key.startswith("shift+"):
        return "shift+" + key_label(key.removeprefix("shift+"))
    if key[0] == "f" and key[1:].isdigit():
        return key.upper()
    return key


def textual_bindings(scope: Scope = "app", of: str = "") -> list[BindingType]:
    """The bindings for a Textual ``BINDINGS`` list; ``of`` says whose actions they are."""
    from textual.binding import Binding

    return [
        Binding(
            ",".join(entry.keys),
            of + entry.id,
            entry.label,
            show=entry.show,
            key_display=key_label(entry.keys[0]),
            id=f"{scope}.{entry.id}",
            priority=entry.first,
        )
        for entry in in_scope(scope)
    ]


def help_for(pane: str | None = None) -> list[tuple[str, list[Action]]]:
    """The groups of actions to explain in a pane: those that act there, its own keys included.

    What acts on what is selected in the pane comes first. The name of a scope counts as a pane
    whose keys are all its own, as a request's.
    """
    here = [_BY_ID[ident] for ident in PANE_KEYS.get(pane or "", ())]
    groups: dict[str, list[Action]] = {"In this pane": here} if here else {}
    own = _SCOPES.get(pane or "", "app")
    for entry in (*in_scope(own), *in_scope("pane"), *in_scope("anywhere")):
        fits = not entry.panes or pane is None or pane in entry.panes
        if fits and entry not in here:
            groups.setdefault(entry.group, []).append(entry)
    return list(groups.items())
