"""Tell apart the calls of one turn that are of one tool, by what differs.

Pure and short: it stands beside a tool's name, in rows and questions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from tooltrace.core.model.events import CallRef
from tooltrace.core.text.exact_json import JsonValue, plain, readable
from tooltrace.core.text.sanitize import clip, one_line

__all__ = ["LabelledCall", "apart", "name_among"]

_MOST, _LEAD = 24, 6
"""Characters of one value, and of what it has in common with the others before they part."""
_LONG = 2_000


class LabelledCall(Protocol):
    """A call as it was asked for."""

    @property
    def ref(self) -> CallRef:
        """Which call it is."""
        ...

    @property
    def tool(self) -> str:
        """The tool it is of."""
        ...

    @property
    def arguments(self) -> JsonValue:
        """What the tool is to be given."""
        ...


def name_among(call: LabelledCall, calls: Iterable[LabelledCall]) -> str:
    """The tool of a call, and what tells the call from the others of that tool."""
    return " ".join(filter(None, (call.tool, apart(calls).get(call.ref))))


def apart(calls: Iterable[LabelledCall], *, names: bool = True) -> dict[CallRef, str]:
    """What is different about each call of a tool that is called more than once.

    Calls with the same arguments are numbered. Without ``names`` only values are told.
    """
    groups: dict[str, list[LabelledCall]] = {}
    for call in calls:
        groups.setdefault(call.tool, []).append(call)
    found: dict[CallRef, str] = {}
    for group in groups.values():
        if len(group) > 1:
            refs = [call.ref for call in group]
            found.update(zip(refs, _told([c.arguments for c in group], names), strict=True))
    return found


def _told(arguments: Sequence[JsonValue], named: bool) -> list[str]:
    """For each in a few words how it differs; no two the same."""
    objects = [value for value in arguments if isinstance(value, dict)]
    keyed = len(objects) == len(arguments)
    names = [""]
    if keyed:
        names = list(dict.fromkeys(name for value in objects for name in value))
    parts: list[tuple[str, ...]] = [() for _ in arguments]
    shown: list[list[str]] = [[] for _ in arguments]
    for name in names:
        if len(set(parts)) == len(parts):
            break
        if keyed:
            column = [_text(value[name]) if name in value else "–" for value in objects]
        else:
            column = list(map(_text, arguments))
        finer = [(*part, text) for part, text in zip(parts, column, strict=True)]
        if len(set(finer)) == len(set(parts)):
            continue
        parts = finer
        for words, text in zip(shown, _parting(column), strict=True):
            words.append(f"{one_line(name)} {text}" if name and named else text)
    return _numbered([", ".join(words) for words in shown])


def _text(value: JsonValue) -> str:
    """Text that is the same for the same value only; what is long is not made readable for it."""
    if isinstance(value, str) and len(value) > _LONG:
        return f'"{value}"'
    text = plain(value)
    return text if len(text) > _LONG else readable(value)


def _parting(texts: Sequence[str]) -> list[str]:
    """Each text from shortly before the place where they part, if that is far from the start."""
    same = _common(min(texts), max(texts))
    begin = same - _LEAD if same > _MOST // 2 else 0
    shown = (text[begin : begin + _MOST + 1] for text in texts)
    return [clip(f"{'…' if begin else ''}{one_line(text)}", _MOST) for text in shown]


def _common(one: str, two: str) -> int:
    """How many characters both begin with."""
    low, high = 0, min(len(one), len(two))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == two[:middle] else (low, middle - 1)
    return low


def _numbered(texts: Sequence[str]) -> list[str]:
    """The same with a number where several are alike."""
    counts, seen = Counter(texts), Counter[str]()
    numbered = []
    for text in texts:
        seen[text] += 1
        which = f"({seen[text]} of {counts[text]})" if counts[text] > 1 else ""
        numbered.append(" ".join(filter(None, (text, which))))
    return numbered
