"""Compare two requests part by part, and say how far a prompt cache could follow.

A cache holds a request from its front, in the API's order: tools, system prompt, messages. The
first part that differs ends what can be read from it. Some settings end it as well, though they
stand nowhere in that order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from tooltrace.core.compare.lcs import align
from tooltrace.core.compare.request_parts import SECTIONS, RequestPart, Section
from tooltrace.core.text.exact_json import canonical

__all__ = ["ENDS_CACHE", "PartChange", "Prefix", "Verdict", "part_changes", "stable_prefix"]

Verdict = Literal["same", "changed", "new", "gone"]

ENDS_CACHE: dict[str, Section] = {
    "model": "tools",
    "speed": "tools",
    "output_config": "system",
    "thinking": "messages",
    "tool_choice": "messages",
}
"""Settings that end what can be read from the cache, and the section before which they do: "What
invalidates the cache" on the page about prompt caching of the Claude documentation."""


class PartChange(Struct, frozen=True, gc=False):
    """A part of a request beside that of another: ``part`` is this one's, ``before`` the other's.

    One of the two is None where only one request has it.
    """

    verdict: Verdict
    part: RequestPart | None
    before: RequestPart | None

    @property
    def either(self) -> RequestPart:
        """The part, or what was in its place."""
        found = self.before if self.part is None else self.part
        assert found is not None
        return found


class Prefix(Struct, frozen=True):
    """The front of a request that is equal in another: its parts, settings left out.

    ``end`` is the change that ends it; None where the other request is wholly the front of this.
    """

    parts: int
    end: PartChange | None


def part_changes(
    old: Sequence[RequestPart], new: Sequence[RequestPart], shared: int = 0
) -> list[PartChange]:
    """Every part of both requests once, in order.

    The first ``shared`` parts of the messages are known to be equal, and left out of ``old``.
    """
    changes: list[PartChange] = []
    for section in SECTIONS:
        ours = [part for part in new if part.section == section]
        theirs = [part for part in old if part.section == section]
        if section == "messages":
            changes += [PartChange("same", part, part) for part in ours[:shared]]
            ours = ours[shared:]
        changes += _aligned(theirs, ours)
    return changes


def _aligned(old: Sequence[RequestPart], new: Sequence[RequestPart]) -> Iterable[PartChange]:
    was, now = [_keys(part) for part in old], [_keys(part) for part in new]
    for a, b in align(was, now):
        if a is None or b is None:
            part = None if b is None else new[b]
            before = None if a is None else old[a]
            yield PartChange("gone" if part is None else "new", part, before)
        else:
            yield PartChange("same" if was[a] == now[b] else "changed", new[b], old[a])


def _keys(part: RequestPart) -> tuple[str, ...]:
    name = f"{part.role} {part.name}"
    return f"{name} {canonical(part.said)}", name


def stable_prefix(changes: Sequence[PartChange]) -> Prefix:
    """How much of a request a cache that holds the other one can give, and where that ends."""
    ordered = [change for change in changes if change.either.section != "settings"]
    ends = [
        (ENDS_CACHE[change.either.name], change)
        for change in changes
        if change.either.section == "settings"
        and change.verdict != "same"
        and change.either.name in ENDS_CACHE
    ]
    for index, change in enumerate(ordered):
        at = SECTIONS.index(change.either.section)
        for section, setting in ends:
            if SECTIONS.index(section) <= at:
                return Prefix(index, setting)
        if change.verdict != "same":
            grew = all(each.verdict == "new" for each in ordered[index:])
            return Prefix(index, None if grew else change)
    return Prefix(len(ordered), ends[0][1] if ends else None)
