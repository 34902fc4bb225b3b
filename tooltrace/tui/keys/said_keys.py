"""Sentences name keys as the registry has them; where a person chose others, those are said. Pure.

A sentence is written once, with the key that is next to the hand: ``pause first (p)``, ``n asks
again``.
"""

from __future__ import annotations

import re

from tooltrace.tui.keys.action import Scope
from tooltrace.tui.keys.keymap import ACTIONS, action, chosen_keys, key_label

__all__ = ["key_said", "with_keys"]

_TOGETHER: tuple[Scope, ...] = ("app", "pane", "anywhere")
_VERBS = (
    r"adds|again|asks|begins|brings|clears|copies|edits|forks|goes|leaves|lists|makes|now|opens"
    r"|pauses|replays|sets|shows|starts|steps|stops|takes|to|types|undoes"
)
_FOLLOWS = rf"(?=\)| (?:{_VERBS})\b| or \S+ to\b)"
_WITH = r"(?<=\bwith )"


def key_said(key: str, scope: Scope = "app") -> str:
    """A key by its name as it stands in sentences, or the one that a person has in its place."""
    return _instead(scope).get(key, key)


def with_keys(text: str, scope: Scope = "app") -> str:
    """The same sentence with the keys that a person has where it is said."""
    instead = _instead(scope)
    if not instead:
        return text
    names = "|".join(sorted(map(re.escape, instead), key=len, reverse=True))
    said = re.compile(rf"(?<![\w'\"^])(?:{names}){_FOLLOWS}|{_WITH}(?:{names})\b(?!['\"])")
    return said.sub(lambda found: instead[found[0]], text)


def _instead(scope: Scope) -> dict[str, str]:
    """The first of each key that was chosen anew, by the first that it stands for."""
    chosen = chosen_keys()
    if not chosen:
        return {}
    places = _TOGETHER if scope in _TOGETHER else (scope, "anywhere")
    return {
        key_label(entry.keys[0]): key_label(action(entry.id).keys[0])
        for entry in ACTIONS
        if entry.id in chosen and entry.scope in places
    }
