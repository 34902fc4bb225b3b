"""The tables of keys, from the registry."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tooltrace.tui.keys.keymap import ACTIONS, Action, in_scope

__all__ = ["FIRST", "key_table", "keys", "keys_at_home"]

FIRST = (
    "step",
    "resume",
    "pause",
    "step_back",
    "edit",
    "undo",
    "fork",
    "force",
    "replay",
    "inject",
    "breakpoint",
    "branches",
    "help",
    "quit",
)
"""The keys one starts with."""

_HEAD = "| key | also | action |\n| --- | --- | --- |\n"


def key_table(only: Collection[str]) -> str:
    """One row for each of these actions, in the order in which they are named."""
    by_id = {entry.id: entry for entry in ACTIONS}
    return _HEAD + "".join(_row(by_id[ident]) for ident in only)


def keys() -> str:
    """Every action of the registry, one table for each group."""
    groups: dict[str, list[Action]] = {}
    for entry in ACTIONS:
        groups.setdefault(entry.group, []).append(entry)
    return "\n".join(
        f"### {group}\n\n{_HEAD}{''.join(map(_row, entries))}" for group, entries in groups.items()
    )


def keys_at_home() -> str:
    """The keys of the home screen, which has no session to act on."""
    return key_table([entry.id for entry in in_scope("home") if entry.id != "stay"])


def _row(entry: Action) -> str:
    return _line(entry.keys, entry.help)


def _line(keys: Iterable[str], help_: str) -> str:
    first, *others = (f"`{key}`" for key in keys)
    return f"| {first} | {' '.join(others)} | {help_} |\n"
