"""Which calls a filter leaves, in which order, and that it is kept up as rows come and change."""

from __future__ import annotations

import pytest
from hypothesis import given as holds
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.given import Given, call
from tests.tui.view.build import any_session, flat, long_session, see, to_credit, widest
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.workflow import ToolSpec, WorkflowSpec
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.calls.call_filter import (
    EVERYTHING,
    CallFilter,
    counts_of,
    money,
    time_of,
)
from tooltrace.tui.rows.calls.call_row import CallRow
from tooltrace.tui.rows.calls.calls import TraceRows
from tooltrace.tui.rows.calls.filtered import FilteredCalls
from tooltrace.tui.rows.calls.shown_calls import ShownCalls

SPEC = WorkflowSpec("free", tools=(ToolSpec("look", read_only=True), ToolSpec("pay")))


def shopping() -> Given:
    """Five calls: look 5 ms, look failed 700 ms, pay edited, pay 3 s, look waiting."""
    given = Given(SPEC).user("x")
    given.append(e.ModelCalled("d"))
    made = call("look", city="Oslo"), call("look", city="Rome"), call("pay"), call("pay", to="Ada")
    given.replies(*made, call("look", city="Bern"))
    at = e.CallRef(given.at, 0)
    results = (("sun", False, 5.0), ("no such city", True, 700.0), ("ok", False, 1.0))
    for index, (text, bad, ms) in enumerate((*results, ("paid", False, 3_000.0))):
        ref = e.CallRef(at.reply, index)
        given.append(e.ToolStarted(ref, "t"))
        edited = index == 2
        given.append(e.ToolReturned(ref, text, bad, ms), "edited" if edited else "live")
    return given


def left(chosen: CallFilter, given: Given | None = None) -> list[int]:
    """The places in the reply of the calls that are shown, in their order."""
    rows, keep = TraceRows(Steps()).update(see(given or shopping()))
    filtered = FilteredCalls(chosen)
    filtered.update(rows, keep, 1.0)
    assert filtered.total == sum(isinstance(row, CallRow) for row in rows)
    return [row.ref.index for row in filtered.items]


@pytest.mark.parametrize(
    ("chosen", "indices"),
    [
        (CallFilter(frozenset({"errors"})), [1]),
        (CallFilter(frozenset({"writes"})), [2, 3]),
        (CallFilter(frozenset({"edited"})), [2]),
        (CallFilter(frozenset({"writes", "errors"})), []),
        (CallFilter(slow=700.0), [1, 3]),
        (CallFilter(dear=0.01), []),
        (CallFilter(named=frozenset({("tool", "look")})), [0, 1, 4]),
        (CallFilter(named=frozenset({("tool", "look"), ("tool", "pay")})), [0, 1, 2, 3, 4]),
        (CallFilter(named=frozenset({("tool", "look"), ("source", "live")})), [0, 1, 4]),
        (CallFilter(named=frozenset({("source", "edited")})), [2]),
        (CallFilter(words="rOMe"), [1]),
        (CallFilter(words="city such"), [1]),
        (CallFilter(order="slowest"), [3, 1, 0, 2, 4]),
        (CallFilter(named=frozenset({("tool", "look")}), order="slowest"), [1, 0, 4]),
        (CallFilter(order="tool"), [0, 1, 4, 2, 3]),
        (CallFilter(order="dearest"), [0, 1, 2, 3, 4]),
    ],
)
def test_what_is_chosen_is_what_is_left(chosen: CallFilter, indices: list[int]) -> None:
    assert left(chosen) == indices
    assert chosen.narrows or len(indices) == 5


def test_states_and_money() -> None:
    given = to_credit()
    states = CallFilter(named=frozenset({("state", "validating"), ("state", "pending")}))
    assert len(left(states, given)) == 2
    reply = given.tree[14].event
    assert isinstance(reply, e.ModelReplied)
    priced = Given(given.snapshot.workflow).user("x").append(e.ModelCalled("d"))
    priced.append(replace(reply, cost=0.02))
    assert len(left(CallFilter(dear=0.02), priced)) == 1
    assert len(left(CallFilter(dear=0.03), priced)) == 0


def test_it_says_in_words_what_is_chosen_and_a_choice_is_taken_back() -> None:
    chosen = CallFilter().toggled("errors").with_named("tool", "pay").with_named("tool", "look")
    chosen = replace(chosen, slow=1500.0, dear=0.05, words="Rome", order="slowest")
    assert chosen.told() == "errors, tool look or pay, ≥ 1.5 s, ≥ $0.05, “Rome”, slowest first"
    assert CallFilter().toggled("errors").toggled("errors") == EVERYTHING
    assert EVERYTHING.told() == ""


def test_what_there_is_to_choose_is_counted() -> None:
    rows, _ = TraceRows(Steps()).update(see(shopping()))
    counts = counts_of(row for row in rows if isinstance(row, CallRow))
    assert (counts["tool", "look"], counts["tool", "pay"]) == (3, 2)
    assert (counts["flag", "errors"], counts["flag", "writes"], counts["flag", "edited"]) == (
        1,
        2,
        1,
    )
    assert (counts["slow", "100.0"], counts["slow", "1000.0"]) == (2, 1)


@pytest.mark.parametrize(
    ("text", "ms"), [("500 ms", 500.0), ("2 s", 2_000.0), ("1.5", 1_500.0), ("1 min", 60_000.0)]
)
def test_a_time_that_is_typed(text: str, ms: float) -> None:
    assert time_of(text) == ms


def test_an_amount_that_is_typed_and_what_is_none() -> None:
    assert (money("$2"), money("0.01"), money(" .5 ")) == (2.0, 0.01, 0.5)
    for text in ("", "x", "-1", "1 h", "\x1b", "."):
        with pytest.raises(BadCommand):
            time_of(text)
        with pytest.raises(BadCommand):
            money(text)


FILTERS = st.builds(
    CallFilter,
    st.frozensets(st.sampled_from(["errors", "writes", "edited"]), max_size=1),
    st.frozensets(st.sampled_from([("tool", "fetch_order"), ("source", "live")]), max_size=2),
    st.none() | st.just(0.0),
    words=st.sampled_from(["", "order"]),
    order=st.sampled_from(["", "slowest", "tool"]),
)


@holds(any_session(), FILTERS, st.data())
def test_kept_up_it_is_what_it_would_be_made_anew(
    given: Given, chosen: CallFilter, data: st.DataObject
) -> None:
    trace, kept = TraceRows(Steps()), FilteredCalls(chosen)
    for _ in range(4):
        tip = data.draw(st.integers(1, given.tree.last_id))
        head = data.draw(st.sampled_from([record.id for record in given.tree.path(tip)]))
        before = list(kept.items)
        rows, keep = trace.update(see(given, head, tip))
        same = kept.update(rows, keep, 1.0)
        anew = FilteredCalls(chosen)
        anew.update(rows, 0, 1.0)
        assert kept.items == anew.items
        assert kept.total == anew.total
        assert all(a is b for a, b in zip(before[:same], kept.items[:same], strict=True))


def test_of_many_calls_some_are_looked_at_at_a_time() -> None:
    view = see(long_session(2_000))
    rows, keep = TraceRows(Steps()).update(view)
    filtered = FilteredCalls(CallFilter(words="1999"))
    filtered.update(rows, keep, 0.0)
    assert filtered.looking
    assert 0 < filtered.total < 2_000
    for _ in range(20):
        filtered.go_on(0.0)
    assert filtered.total == 2_000
    assert len(filtered.items) == 1


def test_above_the_pane_stands_what_is_shown_and_how_many_of_how_many() -> None:
    given, shown = shopping(), ShownCalls(Steps())
    trace = TraceRows(Steps())
    view = see(given)
    assert shown.update(view, *trace.update(view))[0] is trace.items
    assert shown.heading() == ("", "")
    shown.choose(CallFilter(frozenset({"errors"})))
    items, keep = shown.update(view, *trace.update(view))
    assert (len(items), keep) == (1, 0)
    assert shown.heading() == ("errors", "1 of 5 · esc shows all")
    shown.partial = True
    assert shown.heading() == ("errors", "1 of 5 so far · esc shows all")
    assert shown.let_go() and not shown.let_go()
    assert shown.update(view, *trace.update(view)) == (trace.items, 0)


def lines_of(shown: ShownCalls, given: Given, width: int = 44) -> list[int]:
    items, _ = shown.update(see(given), *TraceRows(Steps()).update(see(given)))
    return [item.height(width) for item in items]


def test_where_there_is_room_calls_have_two_lines_until_there_are_too_many() -> None:
    given, shown = shopping(), ShownCalls(Steps())
    shown.room = 12
    assert lines_of(shown, given) == [1, 2, 2, 2, 2, 2]
    assert lines_of(shown, given, 150) == [1] * 6
    assert lines_of(shown, given, 20) == [1] * 6
    shown.room = 10
    assert lines_of(shown, given) == [1] * 6
    shown.room = 12
    assert lines_of(shown, given) == [1] * 6, "not to and fro as another pane grows by a line"
    shown.room = 20
    assert lines_of(shown, given) == [1, 2, 2, 2, 2, 2]


def test_two_lines_have_the_facts_above_and_the_values_below() -> None:
    given, shown = shopping(), ShownCalls(Steps())
    shown.room = 40
    items, _ = shown.update(see(given), *TraceRows(Steps()).update(see(given)))
    assert flat(items, 46)[1:5] == [
        "    6 ✓ ├look                  reads     5 ms",
        '        │city: "Oslo" → sun',
        f"    8 {labels.BAD} ├look                  reads   700 ms",
        '        │city: "Rome" → no such city',
    ]


def test_where_there_is_more_room_values_have_the_lines_that_they_need() -> None:
    given, shown = Given(SPEC).user("x"), ShownCalls(Steps())
    given.append(e.ModelCalled("d"))
    given.replies(call("look", city="Oslo", days=12), call("look", city="Rome"))
    ref = e.CallRef(given.at, 0)
    given.append(e.ToolStarted(ref, "t"))
    told = '{"sky": "rain from the west, later sun", "degrees": 21}'
    given.append(e.ToolReturned(ref, told, False, 5.0))
    shown.room, shown.width = 8, 44
    items, _ = shown.update(see(given), *TraceRows(Steps()).update(see(given)))
    assert [" ".join(line.split()) for line in flat(items, 44)[2:]] == [
        '│city: "Oslo", days: 12',
        '│→ {"sky": "rain from the west,',
        '│ later sun", "degrees": 21}',
        "4 ‖ └look reads –",
        'city: "Rome"',
    ]
    shown.room = 6
    assert lines_of(shown, given) == [1, 2, 2]


@holds(any_session(), st.integers(1, 180), st.sampled_from([0, 30, 60, 120]))
def test_no_line_of_many_is_too_wide(given: Given, width: int, opened: int) -> None:
    shown = ShownCalls(Steps())
    shown.room, shown.width = 1_000, opened
    for item in shown.update(see(given), *TraceRows(Steps()).update(see(given)))[0]:
        lines = item.lines(width)
        assert len(lines) == item.height(width)
        assert widest(lines) <= width
