"""The rows of the list of breakpoints, logpoints and watches, and what may be typed into it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from tooltrace.core.decide.breakpoint_check import unfit, unfit_watch
from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.decide.watches import Watch, parse_watch
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.sanitize import visible
from tooltrace.debugger.view import View
from tooltrace.tui.keys.said_keys import with_keys
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.columns import spread
from tooltrace.tui.rows.lines import Line, OneLine, Row

__all__ = [
    "FORMS",
    "WATCH_HINT",
    "PointRow",
    "point_problem",
    "point_rows",
    "points_title",
    "watch_problem",
]

FORMS = (
    "tool:NAME, state:NAME, transition:A->B, call, error, request, reply, repeat, illegal, "
    "divergence, stuck or limit, then as you like: if EXPRESSION, hits N (the Nth time only), "
    "log EXPRESSION (prints instead of stopping). In expressions: args, result, call, request, "
    "reply, context, state, usage, cost."
)
"""How a breakpoint is written, for who is about to."""

WATCH_HINT = (
    "an expression over context, state, results, reply, request, usage, cost, tokens, turn or "
    "error, as in context.total or len(request.messages)"
)

Shown = Breakpoint | Watch


class PointRow(OneLine, frozen=True):
    """A breakpoint, a logpoint or a watch: what it is, and at the right what came of it."""

    key: int
    shown: Shown
    came: str
    origin: str

    def lines(self, width: int) -> Sequence[Line]:
        """The one line; one that is switched off is dim."""
        off = None if self.shown.enabled else "dim"
        sign = labels.AHEAD if off else _sign(self.shown)
        left: Line = ((f" {sign} ", off or "break"), (self.text(), off or "text"))
        right: Line = ((self.came, off or "strong"),)
        if self.origin:
            right = (*right, (f"  {self.origin}", "dim"))
        return [spread(left, right, width)]

    def text(self) -> str:
        """As it is typed; a search looks at it, too."""
        return _text(self.shown)


def _sign(shown: Shown) -> str:
    if isinstance(shown, Watch):
        return labels.WATCH
    return labels.PRINTED if shown.log else labels.BREAK


def point_rows(view: View, words: str = "") -> list[PointRow | Row]:
    """All of them by kind, each kind under its title; where there is none, how to add one.

    With ``words``, only those that have them all.
    """
    stops = [point for point in view.points if point.log is None]
    prints = [point for point in view.points if point.log is not None]
    rows: list[PointRow | Row] = []
    kinds: tuple[tuple[str, Sequence[Shown]], ...] = (
        ("Breakpoints", stops),
        ("Logpoints", prints),
        ("Watches", view.watches),
    )
    for title, some in kinds:
        rows.append(Row(-1 - len(rows), ((title, "title"),), selectable=False))
        if words.strip():
            some = tuple(shown for shown in some if _has(shown, words))
            if not some:
                rows.pop()
                continue
        if not some:
            none = with_keys(f"none: {'w' if title == 'Watches' else 'a'} adds one", "breakpoints")
            rows.append(Row(-1 - len(rows), ((f"   {none}", "dim"),), selectable=False))
        for shown in some:
            rows.append(_row(view, shown, len(rows)))
    return rows


def _has(shown: Shown, words: str) -> bool:
    text = visible(_text(shown)).casefold()
    return all(word in text for word in visible(words).casefold().split())


def _text(shown: Shown) -> str:
    return str(shown) if isinstance(shown, Breakpoint) else shown.expression


def _row(view: View, shown: Shown, key: int) -> PointRow:
    origin = view.origins.get(replace(shown, enabled=True), "")
    if isinstance(shown, Watch):
        values = {value.expression: value.text for value in view.watched}
        return PointRow(key, shown, values.get(shown.expression, ""), origin)
    return PointRow(key, shown, _came(view, shown), origin)


def _came(view: View, point: Breakpoint) -> str:
    """How often it was met up to here, where that is counted."""
    hits = view.hits.get(point)
    if hits is None:
        return "" if point.enabled else "off"
    return f"{hits:,} of {point.hits:,}" if point.hits else f"{hits:,}×"


def points_title(view: View) -> str:
    """How many there are."""
    prints = sum(point.log is not None for point in view.points)
    counts = (
        (len(view.points) - prints, "breakpoint"),
        (prints, "logpoint"),
        (len(view.watches), "watch"),
    )
    return ", ".join(f"{count:,} {_plural(word, count)}" for count, word in counts)


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}es" if word.endswith("ch") else f"{word}s"


def point_problem(text: str, workflow: WorkflowSpec) -> str | None:
    """What is wrong with a breakpoint as it is typed; None when it can be set."""
    try:
        return unfit(parse(text), workflow)
    except BadExpression as error:
        return str(error)


def watch_problem(text: str, workflow: WorkflowSpec) -> str | None:
    """What is wrong with a watch as it is typed; None when it can be set."""
    try:
        return unfit_watch(parse_watch(text).expression, workflow)
    except BadExpression as error:
        return str(error)
