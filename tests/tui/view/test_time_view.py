"""Calls, replies and waits as bars: where they stand, and that only a window is looked at."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given as holds
from hypothesis import strategies as st

from tests.core.given import Given, call, reply
from tests.tui.view.build import any_session, flat, long_session, see, widest
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.tui.rows.calls.call_facts import calls_of
from tooltrace.tui.rows.calls.call_filter import CallFilter
from tooltrace.tui.rows.calls.time_axis import TimeAxis
from tooltrace.tui.rows.calls.time_row import AxisRow, MoreRow, TimeRow
from tooltrace.tui.rows.calls.time_spans import TimeSpan, spans_of
from tooltrace.tui.rows.calls.time_view import TURNS, TimeView

FREE = WorkflowSpec("free")


class Timed:
    """A session whose records have times, in milliseconds from its beginning."""

    def __init__(self) -> None:
        self.given = Given(FREE)
        self.given.user("x")

    def at(self, ms: int, event: e.Event, source: e.Source = "live") -> Timed:
        tree, head = self.given.tree, self.given.head
        when = f"2026-11-23T09:{ms // 60_000:02}:{ms // 1000 % 60:02}.{ms % 1000:03}Z"
        record = e.Record(tree.last_id + 1, head, when, source, event)
        tree.add(record)
        self.given.head = record.id
        return self

    def spans(self) -> list[TimeSpan]:
        steps = Steps.to(self.given.tree, self.given.at)
        return spans_of(self.given.tree, steps, range(len(steps.path)))


def two_at_once(source: e.Source = "live") -> Timed:
    """A reply of 400 ms, then two calls side by side, of 200 and 500 ms."""
    made = Timed().at(0, e.ModelCalled("d"), source)
    made.at(400, e.ModelReplied(reply(call("a"), call("b")), 400.0), source)
    made.at(410, e.ToolStarted(e.CallRef(4, 0), "a"), source)
    made.at(410, e.ToolStarted(e.CallRef(4, 1), "b"), source)
    made.at(610, e.ToolReturned(e.CallRef(4, 0), 1, ms=200.0), source)
    return made.at(910, e.ToolReturned(e.CallRef(4, 1), 2, ms=500.0), source)


def placed(spans: list[TimeSpan]) -> list[tuple[str, float, float]]:
    first = spans[0].begin
    return [
        (span.facts.tool if span.facts else span.kind, span.begin - first, span.end - first)
        for span in spans
    ]


def test_calls_that_ran_beside_each_other_stand_beside_each_other() -> None:
    assert placed(two_at_once().spans()) == [
        ("reply", 0.0, 400.0),
        ("a", 410.0, 610.0),
        ("b", 410.0, 910.0),
    ]


def test_what_was_replayed_takes_as_long_as_it_took_then() -> None:
    made = Timed().at(0, e.ModelCalled("d"), "recorded")
    made.at(1, e.ModelReplied(reply(call("a"), call("b")), 400.0), "recorded")
    for index, name in enumerate("ab"):
        made.at(2, e.ToolStarted(e.CallRef(4, index), name), "recorded")
    for index, ms in ((0, 200.0), (1, 500.0)):
        made.at(3, e.ToolReturned(e.CallRef(4, index), 1, ms=ms), "recorded")
    made.at(4, e.ModelCalled("d"), "recorded")
    made.at(5, e.ModelReplied(reply("ok"), 100.0), "recorded")
    assert placed(made.spans()) == [
        ("reply", 0.0, 400.0),
        ("a", 401.0, 601.0),
        ("b", 401.0, 901.0),
        ("reply", 902.0, 1002.0),
    ]


def test_what_nobody_did_is_a_wait_and_says_what_for() -> None:
    made = two_at_once()
    made.at(60_000, e.UserSaid("on")).at(60_000, e.ModelCalled("d"))
    made.at(60_010, e.ModelFailed("busy", 529, ms=10.0))
    made.at(65_000, e.ModelCalled("d", attempt=2)).at(65_500, e.ModelReplied(reply("ok"), 500.0))
    waits = [(span.words, span.ms) for span in made.spans() if span.kind == "wait"]
    assert waits == [("for a person", 59_090.0), ("to ask again", 4_990.0)]
    assert [span.kind for span in made.spans()][-4:] == ["wait", "failed", "wait", "reply"]


def test_an_imported_recording_says_when_results_came() -> None:
    made = Timed().at(1_000, e.ModelCalled("d"), "imported")
    made.at(1_000, e.ModelReplied(reply(call("a"), call("b"))), "imported")
    for index, (at, ms) in enumerate(((1_200, 200.0), (1_500, 500.0))):
        made.at(at - 200, e.ToolStarted(e.CallRef(4, index), "t"), "imported")
        made.at(at, e.ToolReturned(e.CallRef(4, index), 1, ms=ms), "imported")
    reply_span, *calls = made.spans()
    assert [call.end - call.begin for call in calls] == [200.0, 500.0]
    assert calls[0].begin == calls[1].begin == reply_span.end


def test_an_imported_reply_took_since_the_person_spoke_and_not_since_before() -> None:
    made = Timed().at(0, e.ModelCalled("d"), "imported")
    made.at(0, e.ModelReplied(reply("hello")), "imported").at(60_000, e.UserSaid("so?"), "imported")
    made.at(63_000, e.ModelCalled("d"), "imported")
    made.at(63_000, e.ModelReplied(reply("so")), "imported")
    assert [(span.kind, span.words, span.ms) for span in made.spans()][1:] == [
        ("wait", "for a person", 60_000.0),
        ("reply", "", 3_000.0),
    ]


def shown(given: Given, width: int = 60, **rest: Any) -> list[str]:
    return flat(TimeView(Steps()).update(see(given, **rest)), width)


def test_one_axis_for_some_turns_and_a_bar_for_each() -> None:
    axis, model, a, b = shown(two_at_once().given)
    assert axis.split()[:3] == ["turn", "1", "0"] and "910 ms" in axis
    assert model.split()[:3] == ["4", "◇", "model"] and model.endswith("400 ms")
    assert a.index("█") == b.index("█") > model.rindex("▒")
    assert b.count("█") > 2 * a.count("█")


def test_a_file_without_times_says_so() -> None:
    given = Given(FREE).user("x")
    given.append(e.ModelCalled("d"), "imported")
    given.append(e.ModelReplied(reply(call("a"))), "imported")
    given.append(e.ToolStarted(e.CallRef(4, 0), "a"), "imported")
    given.append(e.ToolReturned(e.CallRef(4, 0), 1), "imported")
    axis, model, a = shown(given)
    assert "no times in this file" in axis
    assert model.endswith("–") and a.endswith("–")
    assert "█" not in a and "▒" not in model


def test_a_call_that_has_not_come_back_has_no_bar() -> None:
    made = Timed().at(0, e.ModelCalled("d")).at(9, e.ModelReplied(reply(call("a")), 9.0))
    row = shown(made.given)[-1]
    assert row.split() == ["4", "‖", "a", "–"]


def test_a_long_wait_is_drawn_short_and_said() -> None:
    made = two_at_once()
    made.at(3_000_000, e.ModelCalled("d")).at(3_000_400, e.ModelReplied(reply("ok"), 400.0))
    lines = shown(made.given, 110)
    assert "49m59s of it waiting" in lines[0] and "50m00s" in lines[0]
    assert max(line.count("┄") for line in lines) < 15
    assert lines[-1].count("▒") > 5


@holds(any_session(), st.integers(1, 160), st.sampled_from(range(len(TURNS))))
def test_every_call_stands_there_once_and_nothing_is_too_wide(
    given: Given, width: int, zoom: int
) -> None:
    view = TimeView(Steps())
    view.zoom = zoom
    items = view.update(see(given))
    refs = [item.ref for item in items if isinstance(item, TimeRow) and item.ref]
    assert set(refs) == {facts.ref for facts in calls_of(given.tree, given.at)}
    assert len(set(refs)) == len(refs)
    keys = [item.key for item in items if item.selectable]
    assert len(keys) == len(set(keys))
    for item in items:
        lines = item.lines(width)
        assert len(lines) == item.height(width)
        assert widest(lines) <= width
        assert not any(
            char in text for line in lines for text, _ in line for char in "\x1b\n\u202e"
        )


SPANS = st.lists(
    st.tuples(st.sampled_from(["call", "reply", "wait"]), st.floats(0, 1e7), st.floats(0, 1e7)),
    min_size=1,
    max_size=8,
)


@holds(SPANS, st.integers(1, 120))
def test_a_bar_is_on_its_axis_and_never_nothing(
    made: list[tuple[Any, float, float]], width: int
) -> None:
    spans = [TimeSpan(k, 1, 1, a, a + b, "") for k, a, b in made]
    axis = TimeAxis(spans)
    for span in spans:
        assert 0 <= axis.place(span.begin) <= axis.place(span.end) <= 1
        free, bar = axis.bar(span, width)
        assert bar and free >= 0 and free + len(bar) <= width


def test_a_window_is_looked_at_however_long_the_recording_is() -> None:
    given = long_session(20_000)
    view = see(given)
    times = TimeView(Steps())
    items = times.update(view)
    began = time.process_time()
    items = times.update(view)
    assert time.process_time() - began < 0.5
    assert len(items) < 500
    first = items[0]
    assert isinstance(first, MoreRow) and first.count > 99_000
    assert items[-1].record == view.tip - 1  # type: ignore[union-attr]
    seen: set[int] = set()
    for _ in range(400):
        records = {item.record for item in items if isinstance(item, TimeRow)}
        assert not seen or records & seen, "nothing is left out between two windows"
        seen |= records
        if not isinstance(items[0], MoreRow):
            break
        times.shift(-1)
        items = times.update(view)
    results = sum(isinstance(r.event, e.ToolReturned) for r in given.tree.records.values())
    calls = {r for r in seen if isinstance(given.tree[r].event, e.ToolReturned)}
    assert len(calls) == results == 20_000


@pytest.mark.parametrize("head", [3, 60_001])
def test_the_head_is_in_the_window_and_found(head: int) -> None:
    view = see(long_session(20_000), head)
    times = TimeView(Steps())
    items = times.update(view)
    index = times.index_of(head)
    assert index is not None
    found = items[index]
    assert isinstance(found, TimeRow) and found.record <= head < found.record + 6
    assert any(isinstance(item, AxisRow) for item in items)


def test_a_filter_leaves_out_calls_and_keeps_the_replies() -> None:
    items = TimeView(Steps()).update(see(two_at_once().given), CallFilter(slow=300.0))
    rows = [item for item in items if isinstance(item, TimeRow)]
    assert [row.span.facts.tool if row.span.facts else "reply" for row in rows] == ["reply", "b"]
