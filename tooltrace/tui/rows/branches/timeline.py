"""The timeline in two lines: the steps of this branch, then the other branches and the usage.

Where there are more steps than cells, several stand in one; the wheel brings fewer of them nearer.
"""

from __future__ import annotations

from msgspec import Struct

from tooltrace.core.decide.budgets import dollars
from tooltrace.core.fold.steps import Steps
from tooltrace.core.fold.tree import Branch
from tooltrace.core.model.events import Diverged, ModelFailed, RunFinished, ToolReturned
from tooltrace.debugger.view import View
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.branches.step_marks import STEP_SIGNS, StepMarks
from tooltrace.tui.rows.branches.timeline_scale import TimelineScale, timeline_scale
from tooltrace.tui.rows.columns import cells_of, join, spread
from tooltrace.tui.rows.last_move import LastMove
from tooltrace.tui.rows.lines import Line, Span, fit, tidy
from tooltrace.tui.rows.request.context_bar import context_bar, context_use

__all__ = ["Timeline", "scaled_timeline", "timeline"]

_MOST_NAME = 24
_MOST_BRANCHES = 8
_TIE: Span = ("──", "dim")


class Timeline(Struct, frozen=True):
    """The two lines, and where the first mark of ``scale`` stands in the first of them."""

    lines: tuple[Line, Line]
    scale: TimelineScale
    begin: int

    def step_at(self, x: int) -> int:
        """The step that stands at a cell of the first line, or nearest to it."""
        return self.scale.step_at(x - self.begin)


def timeline(
    view: View,
    steps: Steps,
    width: int,
    window: int | None = None,
    move: LastMove | None = None,
) -> tuple[Line, Line]:
    """Two lines of at most ``width`` cells. ``window`` is how many tokens the model takes.

    What ``move`` added to the usage stands before it.
    """
    return scaled_timeline(view, steps, width, StepMarks(), window, move).lines


def scaled_timeline(
    view: View,
    steps: Steps,
    width: int,
    marks: StepMarks,
    window: int | None = None,
    move: LastMove | None = None,
    zoom: int = 0,
) -> Timeline:
    """The same with what is known of its steps, and ``zoom`` times halved."""
    steps.update(view.tree, view.path)
    name: Line = ((f" {fit(view.branch.name, _MOST_NAME)}", "branch"),)
    use = None if window is None else context_use(view.tree, view.head)
    context = context_bar(use, window, width)
    room = max(1, width - cells_of(name) - 1 - (cells_of(context) + 2 if context else 0))
    head = steps.step(view.head)
    scale = timeline_scale(steps.total, head, room, zoom)
    marks.update(view.tree, steps)
    shown = _steps(view, steps, scale, head, marks)
    first = ((" ", ""), *shown, *name)
    second = spread(_others(view), (*_grown(view, move), *_usage(view)), width)
    line = spread(first, context, width) if context else tidy(first, width)[0]
    return Timeline((line, tidy(second, width)[0]), scale, 3 if scale.more[0] else 1)


def _steps(view: View, steps: Steps, scale: TimelineScale, head: int, marks: StepMarks) -> Line:
    """The marks of a scale, with an ellipsis where there are steps that have none."""
    before, behind = scale.more
    spans: list[Span] = [("… ", "dim")] if before else []
    tools, states = (labels.watched(view.points, kind) for kind in ("tool", "state"))
    starred = _starred(view, steps)
    for mark in range(scale.count):
        if mark and scale.cells > 1:
            spans.append(_TIE)
        inside = scale.steps(mark)
        if head in inside:
            spans.append((_standing(view), "head"))
            continue
        if not starred.isdisjoint(inside):
            spans.append((labels.STAR, "key"))
        elif marks.stops(inside, tools, states):
            spans.append((labels.BREAK, "break"))
        else:
            kind = marks.kind(inside)
            sign, style = STEP_SIGNS[kind]
            if inside.start > head:
                sign, style = (sign if kind else labels.AHEAD), "dim"
            spans.append((sign, style))
    if behind:
        spans.append((" …", "dim"))
    return tuple(spans)


def _starred(view: View, steps: Steps) -> frozenset[int]:
    """The steps of this branch with a bookmarked record."""
    places = ((view.tree.depth(record), record) for record in view.bookmarks)
    path = view.path
    return frozenset(
        steps.at(place).step
        for place, record in places
        if place < len(path) and path[place] == record
    )


def _standing(view: View) -> str:
    """The sign of the head: it runs, it has come to an end, or it waits."""
    if view.running:
        return labels.RUNS
    if view.snapshot.outcome is None:
        return labels.NEXT
    return labels.DONE if view.snapshot.outcome == "completed" else labels.BAD


def _kind(view: View, record_id: int) -> Span:
    record = view.tree[record_id]
    if record.source in ("injected", "edited", "forced"):
        return STEP_SIGNS[record.source]
    match record.event:
        case (
            ToolReturned(is_error=True)
            | ModelFailed()
            | Diverged()
            | RunFinished(outcome="failed" | "error")
        ):
            return STEP_SIGNS["error"]
        case _:
            return STEP_SIGNS[""]


def _others(view: View) -> Line:
    """The other branches, the newest first: where each left, and what it is called."""
    others = [b for b in reversed(view.shown) if b.begin != view.branch.begin]
    names = {branch.begin: branch.name for branch in view.branches}
    lines = [_branch(view, branch, names) for branch in others[:_MOST_BRANCHES]]
    if len(others) > _MOST_BRANCHES:
        lines.append(((f"and {len(others) - _MOST_BRANCHES} more (v)", "dim"),))
    joined = join(lines, ("   ", ""))
    return ((" ", ""), *joined) if joined else ()


def _branch(view: View, branch: Branch, names: dict[int, str]) -> Line:
    begin = _kind(view, branch.begin)
    on: list[Span] = [] if branch.tip == branch.begin else [_TIE, _kind(view, branch.tip)]
    where = _left_at(view, branch.parent)
    if not where and branch.elder is not None:
        where = f" off {fit(names[branch.elder], _MOST_NAME // 2)}"
    name = fit(branch.name, _MOST_NAME)
    return (("└─", "dim"), begin, *on, (f" {name}", "branch"), (where, "dim"))


def _left_at(view: View, parent: int | None) -> str:
    if parent is None or parent not in view.tree:
        return ""
    place = view.tree.depth(parent)
    if place < len(view.path) and view.path[place] == parent:
        return f" at #{parent}"
    return ""


def _grown(view: View, move: LastMove | None) -> Line:
    """What the last move used, or what it took back."""
    if move is None:
        return ()
    now, was = view.snapshot.usage, move.before.usage
    sign = "+" if now.tokens > was.tokens else "-"
    parts = [f"{sign}{abs(now.tokens - was.tokens):,} tokens"] if now.tokens != was.tokens else []
    if now.priced and now.cost != was.cost:
        parts.append(f"{sign}{dollars(abs(now.cost - was.cost))}")
    return ((" ".join(parts), "new"), ("  ", "")) if parts else ()


def _usage(view: View) -> Line:
    usage = view.snapshot.usage
    used: Line = ((labels.usage_words(usage), "dim"),)
    if session := labels.session_words(usage, view.tree.spent):
        used = (*used, (f" · {session}", "dim"))
    # While something runs it is about to be written: only what stays unsaved is worth a warning.
    if view.tip > view.saved and not view.running:
        used = (*used, (" · ", "dim"), (f"{labels.DOUBT} unsaved", "warn"))
    return (*used, (" ", ""))
