"""Compare two paths through sessions: what both did, what differs, what only one did.

Along one tree what both paths share is the same by being one; from the fork on, and between two
sessions, steps belong together by what they say. What differs each time (ids, times, digests, keys,
costs, where a result came from) does not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Literal

from msgspec import Struct

from tooltrace.core.compare.json_diff import (
    MISSING,
    Difference,
    Pairs,
    differences,
    same,
    unnumbered,
)
from tooltrace.core.compare.lcs import align
from tooltrace.core.compare.transcript import TranscriptStep, done_on
from tooltrace.core.fold.steps import Steps, common
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import Outcome
from tooltrace.core.model.snapshot import Usage
from tooltrace.core.text.exact_json import JsonValue, canonical

__all__ = ["ComparedStep", "Comparison", "Is", "Totals", "compare"]

Is = Literal["same", "changed", "left", "right"]

MOST_FIELDS = 40
"""As many differing fields of one step as are named."""


class ComparedStep(Struct, frozen=True, gc=False):
    """A step of the left side, of the right side, or of both.

    ``fields`` are the places where they differ: path, left value, right value; ``MISSING`` stands
    for what one side does not have. ``more`` says that there are others.
    """

    left: TranscriptStep | None
    right: TranscriptStep | None
    fields: tuple[Difference, ...] = ()
    more: bool = False

    @property
    def verdict(self) -> Is:
        """``same``, ``changed``, or on which side alone it is."""
        if self.right is None:
            return "left"
        if self.left is None:
            return "right"
        return "changed" if self.fields else "same"

    @property
    def either(self) -> TranscriptStep:
        """The left one, or the right one where there is no left."""
        done = self.left or self.right
        assert done is not None
        return done


class Totals(Struct, frozen=True):
    """One side as a whole: how it ended, which states it went through, what was called how often.

    ``steps`` is the number that the app shows; ``usage`` is summed over the path.
    """

    outcome: Outcome | None
    why: str
    state: str | None
    states: tuple[str, ...]
    steps: int
    turns: int
    calls: dict[str, int]
    usage: Usage

    def as_json(self) -> dict[str, JsonValue]:
        """For ``--json``."""
        return {
            "outcome": self.outcome,
            "why": self.why,
            "state": self.state,
            "states": list(self.states),
            "steps": self.steps,
            "turns": self.turns,
            "calls": self.calls,
            "usage": self.usage.as_json(),
        }


class Comparison(Struct, frozen=True):
    """The rows in order, and both sides as a whole."""

    rows: tuple[ComparedStep, ...]
    left: Totals
    right: Totals

    @property
    def counts(self) -> dict[Is, int]:
        """How many rows of each kind."""
        found = Counter(row.verdict for row in self.rows)
        return {"same": found["same"], "changed": found["changed"], **_sides(found)}

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        first = next((row for row in self.rows if row.verdict != "same"), None)
        where = "" if first is None else f"; first at #{first.either.record}"
        return f"<Comparison: {counts}{where}>"

    @property
    def equal(self) -> bool:
        """Whether no step differs."""
        return all(row.verdict == "same" for row in self.rows)


def _sides(found: Counter[Is]) -> dict[Is, int]:
    return {"left": found["left"], "right": found["right"]}


def compare(left: Tree, left_tip: int, right: Tree, right_tip: int) -> Comparison:
    """The path to one tip beside the path to another; of one tree or of two.

    Raises KeyError when a tip is not in its tree.
    """
    ours, theirs = Steps.to(left, left_tip), Steps.to(right, right_tip)
    a, b = done_on(left, ours), done_on(right, theirs)
    shared = 0
    if left is right:
        together = set(ours.path[: common(ours.path, theirs.path)])
        shared = _shared(a, b, together)
    rows = [ComparedStep(x, y) for x, y in zip(a[:shared], b[:shared], strict=True)]
    keys = [[_keys(done) for done in side[shared:]] for side in (a, b)]
    for i, j in align(*keys):
        x = None if i is None else a[shared + i]
        y = None if j is None else b[shared + j]
        one = i is not None and j is not None and keys[0][i][0] == keys[1][j][0]
        if one or x is None or y is None:
            rows.append(ComparedStep(x, y))
        else:
            rows.append(_changed(x, y, None if left is right else Pairs()))
    # That both began alike goes without saying, and is no step.
    rows = [row for row in rows if row.verdict != "same" or row.either.kind != "start"]
    return Comparison(
        tuple(rows), _totals(left, left_tip, ours, a), _totals(right, right_tip, theirs, b)
    )


def _shared(a: Sequence[TranscriptStep], b: Sequence[TranscriptStep], together: set[int]) -> int:
    """How many steps at the front are the very same records."""
    count = 0
    for x, y in zip(a, b, strict=False):
        # A call that is still open here may have come back there.
        if x.record != y.record or x.record not in together or not same(x.content, y.content):
            break
        count += 1
    return count


def _keys(done: TranscriptStep) -> tuple[str, str, str]:
    """The step itself; a step of the same name; for what a turn is made of, one of its kind."""
    named = f"{done.kind} {done.name}"
    return (
        unnumbered(canonical([done.kind, done.name, done.content])),
        named,
        done.kind if done.pairs else named,
    )


def _changed(x: TranscriptStep, y: TranscriptStep, pairs: Pairs | None) -> ComparedStep:
    found: list[Difference] = []
    for field in [*x.content, *(name for name in y.content if name not in x.content)]:
        old, new = x.content.get(field, MISSING), y.content.get(field, MISSING)
        room = MOST_FIELDS + 1 - len(found)
        try:
            inside = list(islice(differences(old, new, field, pairs), room))
        except RecursionError:
            inside = [(field, old, new)]
        found += inside
    return ComparedStep(x, y, tuple(found[:MOST_FIELDS]), len(found) > MOST_FIELDS)


def _totals(tree: Tree, tip: int, steps: Steps, done: Sequence[TranscriptStep]) -> Totals:
    s = tree.snapshot_at(tip)
    calls = Counter(each.name for each in done if each.kind == "call" and each.made)
    return Totals(
        s.outcome,
        s.why,
        s.state,
        tuple(visit.state for visit in s.visits),
        steps.total,
        s.turn,
        dict(sorted(calls.items())),
        s.usage,
    )
