"""Keys that a person chose for actions: which can be, and why others cannot."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from tooltrace.core.text.suggest import quoted, unknown
from tooltrace.tui.keys.action import Action
from tooltrace.tui.keys.keymap import ACTIONS, FORBIDDEN

__all__ = ["rebound"]

_NAMES = (
    "escape enter space tab backspace delete insert home end pageup pagedown up down left right"
)
_KEY = re.compile(r"(?:(?:ctrl|shift|alt)\+)*(?:[!-+\--~]|[a-z_]{2,24}|f[1-9]\d?|[^\W_])")
_TOGETHER = ("app", "pane", "anywhere")
"""Scopes whose keys act in one place."""


def rebound(
    chosen: Mapping[str, object],
) -> tuple[dict[str, tuple[str, ...]], list[tuple[str, str]]]:
    """The keys by action that can be, and of each other name why not, in one line.

    A key that another action has in the same place is refused, unless that one gets others.
    """
    by_id = {entry.id: entry for entry in ACTIONS}
    good: dict[str, tuple[str, ...]] = {}
    wrong: list[tuple[str, str]] = []
    for name, value in chosen.items():
        keys = (value,) if isinstance(value, str) else value
        if name not in by_id:
            wrong.append((name, unknown("action", name, tuple(by_id))))
        elif not isinstance(keys, list | tuple) or not keys:
            wrong.append((name, f"keys.{name} is no key and no list of keys"))
        elif problem := next(filter(None, map(_wrong_key, keys)), None):
            wrong.append((name, f"keys.{name}: {problem}"))
        else:
            good[name] = tuple(dict.fromkeys(keys))
    while clash := _clash(good, by_id):
        name, problem = clash
        wrong.append((name, problem))
        del good[name]
    return good, wrong


def _wrong_key(key: object) -> str | None:
    if not isinstance(key, str):
        return f"{quoted(str(key)[:40])} is no key: write it as a text"
    if key in FORBIDDEN:
        return f"{key} is lost or changed on the way, in tmux or by the terminal"
    last = key.rsplit("+", 1)[-1] if len(key) > 1 else key
    named = len(last) == 1 or last in _NAMES.split() or re.fullmatch(r"f[1-9]\d?", last)
    if not named or not _KEY.fullmatch(key):
        return f"{quoted(key)} is no key: such as n, ctrl+o, f5, {_NAMES.split()[0]}"
    return None


def _clash(
    good: Mapping[str, tuple[str, ...]], by_id: Mapping[str, Action]
) -> tuple[str, str] | None:
    """The first chosen key that another action has where this one acts."""
    taken: dict[tuple[str, str], list[Action]] = defaultdict(list)
    for entry in by_id.values():
        place = _TOGETHER[0] if entry.scope in _TOGETHER else entry.scope
        for key in good.get(entry.id, entry.keys):
            taken[place, key].append(entry)
    for (_, key), entries in taken.items():
        ours = [entry for entry in entries if entry.id in good and key not in entry.keys]
        if len(entries) > 1 and ours:
            mine = ours[-1]
            other = next(entry for entry in entries if entry is not mine)
            told = f"{key} is {other.id} ({other.help})"
            return mine.id, f"keys.{mine.id}: {told}: give that one another key as well"
    return None
