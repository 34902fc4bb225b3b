"""How ``tooltrace grep`` says what it found, safely: as a line for people, as JSON for programs."""

from __future__ import annotations

from pathlib import Path

import click

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import one_line
from tooltrace.store.search import Hit

__all__ = ["hit_json", "hit_line"]

_BEFORE, _MATCH, _AFTER = 40, 120, 80
"""Characters that are shown of a text."""

_PLACE = ("magenta", "green")


def hit_line(file: Path, hit: Hit, colour: bool) -> str:
    """Where it is, what it is, and the match among what stands around it."""
    before, match, after = _around(hit)
    marked = one_line(match)
    if colour:
        marked = click.style(marked, fg="red", bold=True)
    what = " ".join([hit.event, *hit.tools])
    state = f" in {hit.state}" if hit.state else ""
    names = [one_line(str(file)), str(hit.record)]
    if colour:
        names = [click.style(name, fg=fg) for name, fg in zip(names, _PLACE, strict=True)]
    where = f"{':'.join(names)}: {one_line(f'{what}{state}: {hit.field}: ')}"
    shown = len(before) + len(match) + len(after)
    size = "" if shown == len(hit.text) else f" ({len(hit.text):,} characters)"
    return (
        f"{where}{'…' if hit.begin > len(before) else ''}{one_line(before)}{marked}"
        f"{one_line(after)}{'…' if _cut(hit, match, after) else ''}{size}"
    )


def hit_json(file: Path, hit: Hit) -> dict[str, JsonValue]:
    """The same; ``begin`` is where the match is in the whole text, of ``size`` characters."""
    before, match, after = _around(hit)
    return {
        "type": "match",
        "session": str(file),
        "record": hit.record,
        "event": hit.event,
        "source": hit.source,
        "tools": list(hit.tools),
        "state": hit.state,
        "field": hit.field,
        "before": before,
        "match": match,
        "after": after,
        "begin": hit.begin,
        "size": len(hit.text),
    }


def _around(hit: Hit) -> tuple[str, str, str]:
    text, begin, end = hit.text, hit.begin, hit.end
    before = text[max(0, begin - _BEFORE) : begin]
    if end - begin > _MATCH:
        return before, text[begin : begin + _MATCH], ""
    return before, text[begin:end], text[end : end + _AFTER]


def _cut(hit: Hit, match: str, after: str) -> bool:
    return hit.begin + len(match) + len(after) < len(hit.text)
