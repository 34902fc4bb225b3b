"""What each step of a branch did that is worth a mark on the timeline; kept as the branch grows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence, Set
from typing import Literal

from tooltrace.core.fold.steps import Steps
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.conversation.reply_entries import tool_of
from tooltrace.tui.rows.lines import Span

__all__ = ["STEP_SIGNS", "StepKind", "StepMarks"]

StepKind = Literal["error", "injected", "edited", "forced", "writes", "moved", ""]
"""What tells most of a step, the first before the later ones."""

STEP_SIGNS: dict[StepKind, Span] = {
    "error": (labels.BAD, "error"),
    "injected": (labels.INJECTED, "injected"),
    "edited": (labels.CHANGED, "edited"),
    "forced": (labels.FORCED, "forced"),
    "writes": ("■", "writes"),
    "moved": ("→", "state.done"),
    "": ("●", "text"),
}
_KINDS = tuple(STEP_SIGNS)
_RANK = {kind: place for place, kind in enumerate(_KINDS)}


class StepMarks:
    """The mark of each step of a path; what is asked of many steps at once is asked of bytes."""

    def __init__(self) -> None:
        self._tree: Tree | None = None
        self._last: list[int] = []
        self._ranks = bytearray()
        self._tools: dict[str, list[int]] = {}
        self._states: dict[str, list[int]] = {}

    def update(self, tree: Tree, steps: Steps) -> None:
        """Follow a path; costs what is new on it."""
        path, ends = steps.path, [*steps.ends]
        if ends and ends[-1] < len(path) - 1:
            ends.append(len(path) - 1)
        if tree is not self._tree:
            self._tree = tree
            self._last.clear()
        same = min(len(self._last), len(ends))
        while same and self._last[same - 1] != path[ends[same - 1]]:
            same -= 1
        self._forget(same)
        for step in range(same, len(ends)):
            first = ends[step - 1] + 1 if step else 0
            records = [tree[path[place]] for place in range(first, ends[step] + 1)]
            self._last.append(path[ends[step]])
            self._ranks.append(self._note(tree, steps, records, step, ends[step]))

    def kind(self, inside: range) -> StepKind:
        """Of these steps the kind that tells most."""
        return _KINDS[min(self._ranks[inside.start : inside.stop], default=_RANK[""])]

    def stops(self, inside: range, tools: Set[str], states: Set[str]) -> bool:
        """Whether one of these steps returned one of the tools, or came to one of the states."""
        named = (*((self._tools, tool) for tool in tools), *((self._states, to) for to in states))
        return any(_has_one(at.get(name, ()), inside) for at, name in named)

    def _forget(self, first: int) -> None:
        if first == len(self._last):
            return
        del self._last[first:], self._ranks[first:]
        for steps in (*self._tools.values(), *self._states.values()):
            del steps[bisect_left(steps, first) :]

    def _note(
        self, tree: Tree, steps: Steps, records: list[e.Record], step: int, place: int
    ) -> int:
        kinds: list[StepKind] = [""]
        for record in records:
            if record.source in ("injected", "edited", "forced"):
                kinds.append(record.source)
            match record.event:
                case e.ToolReturned(call=ref, is_error=wrong):
                    tool = tool_of(tree, ref)
                    self._tools.setdefault(tool, []).append(step)
                    if wrong:
                        kinds.append("error")
                    elif steps.at(place).workflow.effect(tool) == "writes":
                        kinds.append("writes")
                case e.ModelFailed() | e.Diverged() | e.RunFinished(outcome="failed" | "error"):
                    kinds.append("error")
                case e.Transitioned(to=to):
                    self._states.setdefault(to, []).append(step)
                    kinds.append("moved")
                case _:
                    pass
        return min(_RANK[kind] for kind in kinds)


def _has_one(steps: Sequence[int], inside: range) -> bool:
    at = bisect_left(steps, inside.start)
    return at < len(steps) and steps[at] < inside.stop
