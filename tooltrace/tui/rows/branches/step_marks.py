"""What each step of a branch did that is worth a mark on the timeline; kept as the branch grows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from tooltrace.core.fold.steps import Steps
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.conversation.reply_entries import tool_of
from tooltrace.tui.rows.lines import Span

__all__ = ["STEP_SIGNS", "StepKind", "StepMark", "StepMarks", "most_telling"]

StepKind = Literal["error", "injected", "edited", "forced", "writes", "moved", ""]
"""What tells most of a step, the first before the later ones."""

STEP_SIGNS: dict[StepKind, Span] = {
    "error": (labels.BAD, "error"),
    "injected": (labels.INJECTED, "injected"),
    "edited": (labels.CHANGED, "edited"),
    "forced": (labels.CHANGED, "forced"),
    "writes": ("■", "writes"),
    "moved": ("→", "state.done"),
    "": ("●", "text"),
}
_RANK = {kind: place for place, kind in enumerate(STEP_SIGNS)}


class StepMark(Struct, frozen=True, gc=False):
    """What a step did: its kind, and the tools and states that a breakpoint may name."""

    kind: StepKind = ""
    tools: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


def most_telling(kinds: Iterable[StepKind]) -> StepKind:
    """Of several steps the kind that tells most."""
    return min(kinds, key=_RANK.__getitem__, default="")


class StepMarks:
    """The mark of each step of a path."""

    def __init__(self) -> None:
        self._tree: Tree | None = None
        self._last: list[int] = []
        self._marks: list[StepMark] = []

    def update(self, tree: Tree, steps: Steps) -> list[StepMark]:
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
        del self._last[same:], self._marks[same:]
        for step in range(same, len(ends)):
            first = ends[step - 1] + 1 if step else 0
            records = [tree[path[place]] for place in range(first, ends[step] + 1)]
            self._last.append(path[ends[step]])
            self._marks.append(_mark(tree, steps, records, ends[step]))
        return self._marks


def _mark(tree: Tree, steps: Steps, records: list[e.Record], place: int) -> StepMark:
    kinds: list[StepKind] = []
    tools: list[str] = []
    states: list[str] = []
    for record in records:
        if record.source in ("injected", "edited", "forced"):
            kinds.append(record.source)
        match record.event:
            case e.ToolReturned(call=ref, is_error=wrong):
                tools.append(tool_of(tree, ref))
                if wrong:
                    kinds.append("error")
                elif steps.at(place).workflow.effect(tools[-1]) == "writes":
                    kinds.append("writes")
            case e.ModelFailed() | e.Diverged() | e.RunFinished(outcome="failed" | "error"):
                kinds.append("error")
            case e.Transitioned(to=to):
                states.append(to)
                kinds.append("moved")
            case _:
                pass
    return StepMark(most_telling(kinds), tuple(tools), tuple(states))
