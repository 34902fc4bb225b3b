"""The timeline in two lines: the steps of this branch, then the other branches and the usage.

Only the steps that have room are looked at; the head is always among them.
"""

from __future__ import annotations

from tooltrace.core.decide.budgets import dollars
from tooltrace.core.fold.steps import Steps
from tooltrace.core.fold.tree import Branch
from tooltrace.core.model.events import Diverged, ModelFailed, RunFinished, ToolReturned
from tooltrace.debugger.view import View
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.columns import cells_of, join, spread
from tooltrace.tui.rows.last_move import LastMove
from tooltrace.tui.rows.lines import Line, Span, fit, tidy
from tooltrace.tui.rows.request.context_bar import context_bar, context_use

__all__ = ["timeline"]

_STEP = 3
"""Cells from one step to the next."""

_MOST_NAME = 24
_MOST_BRANCHES = 8
_TIE: Span = ("──", "dim")


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
    steps.update(view.tree, view.path)
    name: Line = ((f" {fit(view.branch.name, _MOST_NAME)}", "branch"),)
    use = None if window is None else context_use(view.tree, view.head)
    context = context_bar(use, window, width)
    room = max(1, width - cells_of(name) - 1 - (cells_of(context) + 2 if context else 0))
    first = ((" ", ""), *_steps(view, steps, room), *name)
    second = spread(_others(view, steps), (*_grown(view, move), *_usage(view)), width)
    line = spread(first, context, width) if context else tidy(first, width)[0]
    return line, tidy(second, width)[0]


def _steps(view: View, steps: Steps, room: int) -> Line:
    """The steps around the head that fit, with an ellipsis where there are more."""
    head, total = steps.step(view.head), steps.total
    count = max(1, (room - 4) // _STEP)
    # Two thirds of the room are for what was, because that is where one goes back to.
    first = max(0, min(head - (count * 2) // 3, total + 1 - count))
    last = min(total, first + count - 1)
    spans: list[Span] = [("… ", "dim")] if first > 0 else []
    for step in range(first, last + 1):
        if step > first:
            spans.append(_TIE)
        spans.append(_sign(view, steps, step, head))
    if last < total:
        spans.append((" …", "dim"))
    return tuple(spans)


def _sign(view: View, steps: Steps, step: int, head: int) -> Span:
    if step == head:
        return (_standing(view), "head")
    place = steps.ends[step] if step < len(steps.ends) else len(view.path) - 1
    if view.bookmarks and _starred(view, steps, step, place):
        return (labels.STAR, "key")
    if step > head:
        return (labels.AHEAD, "dim")
    return _kind(view, view.path[place])


def _standing(view: View) -> str:
    """The sign of the head: it runs, it has come to an end, or it waits."""
    if view.running:
        return labels.RUNS
    if view.snapshot.outcome is None:
        return labels.NEXT
    return labels.DONE if view.snapshot.outcome == "completed" else labels.BAD


def _starred(view: View, steps: Steps, step: int, place: int) -> bool:
    """Whether a record of the step, whose last one is at ``place``, is bookmarked."""
    first = steps.ends[step - 1] + 1 if step else 0
    return any(view.path[at] in view.bookmarks for at in range(first, place + 1))


def _kind(view: View, record_id: int) -> Span:
    record = view.tree[record_id]
    if record.source == "injected":
        return (labels.INJECTED, "injected")
    if record.source in ("edited", "forced"):
        return (labels.CHANGED, record.source)
    match record.event:
        case (
            ToolReturned(is_error=True)
            | ModelFailed()
            | Diverged()
            | RunFinished(outcome="failed" | "error")
        ):
            return (labels.BAD, "error")
        case _:
            return ("●", "text")


def _others(view: View, steps: Steps) -> Line:
    """The other branches, the newest first: where each left, and what it is called."""
    others = [b for b in reversed(view.shown) if b.begin != view.branch.begin]
    names = {branch.begin: branch.name for branch in view.branches}
    lines = [_branch(view, steps, branch, names) for branch in others[:_MOST_BRANCHES]]
    if len(others) > _MOST_BRANCHES:
        lines.append(((f"and {len(others) - _MOST_BRANCHES} more (v)", "dim"),))
    joined = join(lines, ("   ", ""))
    return ((" ", ""), *joined) if joined else ()


def _branch(view: View, steps: Steps, branch: Branch, names: dict[int, str]) -> Line:
    begin = _kind(view, branch.begin)
    on: list[Span] = [] if branch.tip == branch.begin else [_TIE, _kind(view, branch.tip)]
    where = _left_at(view, steps, branch.parent)
    if not where and branch.elder is not None:
        where = f" off {fit(names[branch.elder], _MOST_NAME // 2)}"
    name = fit(branch.name, _MOST_NAME)
    return (("└─", "dim"), begin, *on, (f" {name}", "branch"), (where, "dim"))


def _left_at(view: View, steps: Steps, parent: int | None) -> str:
    if parent is None or parent not in view.tree:
        return ""
    place = view.tree.depth(parent)
    if place < len(view.path) and view.path[place] == parent:
        return f" at {steps.at(place).step}"
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
