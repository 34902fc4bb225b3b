"""What logpoints print between the tool calls, and what watches show below the context."""

from __future__ import annotations

from hypothesis import given as holds
from hypothesis import strategies as st

from tests.core.given import Given, call
from tests.tui.view.build import HOSTILE, any_session, flat, see, to_credit, widest
from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.decide.point_trace import PointTrace
from tooltrace.core.decide.watches import WatchValue
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model import events as e
from tooltrace.debugger.view import View
from tooltrace.tui.rows.calls.calls import TraceRows
from tooltrace.tui.rows.calls.log_row import LogRow, log_detail
from tooltrace.tui.rows.workflow.watch_rows import watch_rows
from tooltrace.tui.rows.workflow.workflow import WorkflowRows

ARGS = parse("call log args")
LOGS = (parse("reply log reply.text"), ARGS, parse("request log turn"), parse("error log error"))


def seen(
    given: Given, *points: Breakpoint, head: int | None = None, tip: int | None = None
) -> View:
    view = see(given, head, tip)
    trace = PointTrace()
    trace.follow(view.tree, view.path, points)
    return see(given, head, tip, points=points, printed=trace.printed)


def rows(view: View, width: int = 66) -> list[str]:
    return flat(TraceRows(Steps()).update(view)[0], width)


def test_a_line_stands_before_the_call_that_it_is_about() -> None:
    assert rows(seen(to_credit(), ARGS)) == [
        '      » {"order_id":"1001"}  ← call log args',
        '    6 ✓  fetch_order      "1001" → id: "1001", total: … r    0 ms',
        '      » {"order_id":"1001"}  ← call log args',
        '   11 ✓  check_policy     "1001" → eligible: true       r    0 ms',
        '      » {"order_id":"1001","amount":59.9}  ← call log args',
        '   14 ‖  process_credit   "1001", 59.9                  W       –',
    ]


def test_before_which_of_several_calls_and_behind_the_last() -> None:
    given = Given(to_credit().snapshot.workflow).user("x")
    given.replies(call("fetch_order", n=1), call("fetch_order", n=2), call("send_email"))
    given.returns("fetch_order", 1).returns("fetch_order", 2)
    shown = rows(seen(given, parse("if tool log tool")))
    assert ["»" if "»" in row else row.split()[1 - ("┌" in row)] for row in shown] == [
        "»",
        "»",
        "»",
        "┌",
        "✓",
        "»",
        "»",
        "✓",
        "»",
        "‖",
    ]
    given.returns("send_email", 1)
    assert "»" in rows(seen(given, parse("transition:*->* log 'next'")))[-1]


def test_what_is_printed_before_the_first_reply_stands_first() -> None:
    assert "the beginning" in rows(seen(to_credit(), parse("state:pending log 'the beginning'")))[0]


def test_a_run_inside_a_run_repeats_no_line() -> None:
    given = Given(to_credit().snapshot.workflow).user("x").replies("a")
    given.append(e.RunStarted(given.snapshot.workflow)).user("y").replies("b")
    items = TraceRows(Steps()).update(seen(given, *LOGS))[0]
    assert len({item.key for item in items}) == len(items) == 4


def test_what_is_ahead_is_dim() -> None:
    view = seen(to_credit(), ARGS, head=2)
    styles = {style for row in TraceRows(Steps()).update(view)[0] for _, style in row.lines(66)[0]}
    assert styles == {"dim"}


@holds(any_session(), st.data())
def test_rows_made_bit_by_bit_are_those_made_at_once(given: Given, data: st.DataObject) -> None:
    kept = TraceRows(Steps())
    ids = sorted(given.tree.records)
    for _ in range(4):
        tip = data.draw(st.sampled_from(ids))
        head = data.draw(st.sampled_from([r.id for r in given.tree.path(tip)]))
        view = seen(given, *data.draw(st.sampled_from([LOGS, LOGS[:2], ()])), head=head, tip=tip)
        before = list(kept.items)
        items, keep = kept.update(view)
        assert list(items) == list(TraceRows(Steps()).update(view)[0])
        assert list(items[:keep]) == before[:keep]
        keys = [item.key for item in items]
        assert len(set(keys)) == len(keys)
        assert sum(isinstance(item, LogRow) for item in items) in (0, len(view.printed))


@holds(st.sampled_from(HOSTILE), st.integers(1, 100))
def test_whatever_is_printed_fits_and_is_read_in_full(text: str, width: int) -> None:
    given = Given(to_credit().snapshot.workflow).user("x").replies(text, call("fetch_order"))
    (row, _) = TraceRows(Steps()).update(seen(given, LOGS[0]))[0]
    assert isinstance(row, LogRow)
    assert widest(row.lines(width)) <= width
    assert flat(log_detail(row), 80)
    values = (WatchValue(text, text, "1"), WatchValue(text, text))
    for watch in watch_rows(values):
        assert widest(watch.lines(width)) <= width


def test_watches_stand_below_the_context_with_what_changed() -> None:
    values = (WatchValue("context.total", "7", "5"), WatchValue("turn", "2", "2"))
    lines = flat(WorkflowRows().update(see(to_credit(), watched=values)), 60)
    at = next(n for n, line in enumerate(lines) if line.startswith("watch"))
    assert lines[at : at + 2] == [
        "watch    context.total ◆ 7  was 5",
        "         turn          2",
    ]
    assert lines[at - 1].split()[0] == "eligible" and lines[at + 2].startswith("turn")
