"""Say of a name that does not exist which one was meant, or which there are."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from tooltrace.core.text.sanitize import clip, one_line

__all__ = ["among", "quoted", "unknown"]

_MOST_SHOWN = 60


def quoted(name: str) -> str:
    """A name from outside, safe to show and not too long."""
    return f"'{clip(one_line(name), _MOST_SHOWN)}'"


def among(name: str, known: Sequence[str]) -> str:
    """What was meant instead, or what there is."""
    close = get_close_matches(name, known, 1)
    if close:
        return f", did you mean {quoted(close[0])}?"
    shown = ", ".join(one_line(other) for other in known) or "none"
    return f"; there are: {clip(shown, 4 * _MOST_SHOWN)}"


def unknown(kind: str, name: str, known: Sequence[str]) -> str:
    """That there is no such thing of a kind, in one line."""
    return f"unknown {kind} {quoted(name)}{among(name, known)}"
