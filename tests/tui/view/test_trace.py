"""The tool calls pane, the detail of a call, and the table and JSON of ``show``."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given as holds
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.given import Given, call
from tests.tui.view.build import any_session, flat, long_session, see, to_credit, widest
from tooltrace.core.decide.breakpoints import parse
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import ToolSpec, WorkflowSpec
from tooltrace.core.text.exact_json import dumps
from tooltrace.tui.rows.calls.call_facts import call_json, calls_of
from tooltrace.tui.rows.calls.call_row import CallRow
from tooltrace.tui.rows.calls.call_table import show_rows
from tooltrace.tui.rows.calls.calls import TraceRow, TraceRows
from tooltrace.tui.rows.conversation.entry import call_key
from tooltrace.tui.rows.record_refs import place_named

FREE = WorkflowSpec("free")


def rows(given: Given, head: int | None = None, width: int = 66, **rest: Any) -> list[str]:
    return flat(TraceRows(Steps()).update(see(given, head, **rest))[0], width)


def test_calls_done_and_the_one_to_come() -> None:
    assert rows(to_credit(), points=(parse("tool:process_credit"),)) == [
        '    6 ✓  fetch_order      "1001" → id: "1001", total: … r    0 ms',
        '   11 ✓  check_policy     "1001" → eligible: true       r    0 ms',
        '◉  14 ‖  process_credit   "1001", 59.9                  W       –',
    ]


def test_the_columns_at_some_widths() -> None:
    wide, middle, narrow = (rows(to_credit(), width=width)[2] for width in (150, 40, 24))
    assert wide.split("WRITES") == [
        '   14 ‖  process_credit      order_id: "1001", amount: 59.9' + " " * 35,
        " live                 –",
    ]
    assert middle == '   14 ‖  process_cr… "1001", 59.9     W'
    assert narrow == "   14 ‖  process_cred… W"
    assert rows(to_credit(), width=40)[1] == "   11 ✓  check_poli… eligible: true   r"
    assert rows(to_credit(), width=150)[0].endswith("→ validating")


def test_what_is_cut_says_how_large_it_is() -> None:
    given = Given(FREE).user("x").replies(call("read", path="a" * 3_000), call("list"))
    given.returns("read", "y" * 12_345).returns("list", list(range(700)))
    read, listed = rows(given, width=130)[1:]
    assert "12.3 kB" in read
    assert "700 items" in listed
    assert all("…" in row for row in (read, listed))


def test_calls_side_by_side_stand_below_what_they_took_together() -> None:
    spec = WorkflowSpec("free", tools=(ToolSpec("sum", after=("look",)), ToolSpec("look")))
    given = Given(spec).user("x")
    given.replies(call("sum"), call("look", city="Oslo"), call("look", city="Rome"))
    for index, ms in ((1, 30.0), (2, 50.0), (0, 1.0)):
        given.append(e.ToolStarted(e.CallRef(4, index), "look"))
        given.append(e.ToolReturned(e.CallRef(4, index), index, ms=ms))
    shown = rows(given, width=40)
    assert shown[0].strip() == "┌ 2 side by side · 50 ms, one b…"
    assert [row[6:].split()[1] for row in shown[1:]] == ["├look", "└look", "sum"]
    assert "Oslo" in shown[1] and "Rome" in shown[2]
    assert [f.tool for f in calls_of(given.tree, given.head or 0)] == ["look", "look", "sum"]


def test_record_numbers_stand_below_each_other_however_many_there_are() -> None:
    given = long_session(2_400)
    items, _ = TraceRows(Steps()).update(see(given))
    lines = flat([items[0], items[-1]], 60)
    assert [line.split()[0] for line in lines] == ["5", "12000"]
    assert lines[0].index("✓") == lines[1].index("✓")
    assert place_named("#12000", see(given)) == items[-1].record == 12_000


def test_money_stands_at_the_first_call_of_the_reply_that_it_paid() -> None:
    given = Given(FREE).user("x").replies(call("a"), call("b"))
    event = given.tree[4].event
    assert isinstance(event, e.ModelReplied)
    priced = Given(FREE).user("x").append(e.ModelCalled("d")).append(replace(event, cost=0.0123))
    priced.returns("a", 1).returns("b", 2)
    first, second = rows(priced, width=160)[1:]
    assert "$0.012" in first and "$" not in second


def test_what_is_ahead_of_the_head_is_not_done_yet() -> None:
    looks = [row.split()[1] for row in rows(to_credit(), head=6)]
    assert looks == ["✓", "○", "○"]
    assert [row.split()[1] for row in rows(to_credit(), head=9)] == ["✓", "‖", "○"]


def test_signs_of_calls_that_run_failed_were_left_or_never_came_back() -> None:
    given = Given(FREE).user("x").replies(call("a"), call("b"), call("c"), call("d"))
    given.returns("a", 1).fails("b", "no").starts("c")
    given.append(e.ToolReturned(e.CallRef(4, 2), "late", True, abandoned=True))
    signs = [row.split()[1] for row in rows(given)[1:]]
    assert signs == ["✓", "×", "▲", "‖"]
    given.starts("d")
    assert rows(given, running=True)[4].split()[1] == "◐"
    assert rows(given)[4].split()[1] == "▲"


def test_two_calls_with_one_id_are_two_calls() -> None:
    given = Given(FREE).user("x").replies(call("a", "same", n=1), call("a", "same", n=2))
    given.returns("a", "first").returns("a", "second")
    facts = calls_of(given.tree, given.head or 0)
    assert [(f.arguments, f.content) for f in facts] == [({"n": 1}, "first"), ({"n": 2}, "second")]


def test_going_on_and_back_touches_only_the_turns_between() -> None:
    given, trace = to_credit(), TraceRows(Steps())
    before = list(trace.update(see(given))[0])
    items, keep = trace.update(see(given.returns("process_credit", {"ok": True})))
    assert keep == 2
    assert items[0] is before[0]
    assert isinstance(items[2], CallRow)
    assert (items[2].look, items[2].key) == ("done", call_key(e.CallRef(14, 0)))
    items, keep = trace.update(see(given, head=14))
    assert isinstance(items[2], CallRow)
    assert (keep, items[2].look) == (2, "next")


@holds(any_session(), st.data())
def test_going_anywhere_gives_what_beginning_there_gives(given: Given, data: st.DataObject) -> None:
    trace = TraceRows(Steps())
    shown: list[TraceRow] = []
    for _ in range(5):
        tip = data.draw(st.integers(1, given.tree.last_id))
        head = data.draw(st.sampled_from([record.id for record in given.tree.path(tip)]))
        points = data.draw(st.sampled_from([(), (parse("tool:fetch_order"),)]))
        view = see(given, head, tip, points=points)
        items, keep = trace.update(view)
        assert items == TraceRows(Steps()).update(view)[0]
        assert all(a is b for a, b in zip(shown[:keep], items[:keep], strict=True))
        shown = list(items)


@holds(any_session(), st.integers(1, 180))
def test_every_call_stands_there_once_and_nothing_is_too_wide(given: Given, width: int) -> None:
    tip = given.head or 1
    items, _ = TraceRows(Steps()).update(see(given))
    shown = [row.ref for row in items if isinstance(row, CallRow)]
    assert set(shown) == {facts.ref for facts in calls_of(given.tree, tip)}
    assert len(set(shown)) == len(shown)
    for item in items:
        lines = item.lines(width)
        assert widest(lines) <= width
        assert not any(
            char in text for line in lines for text, _ in line for char in "\x1b\n\u202e"
        )


@holds(any_session())
def test_the_facts_agree_with_the_fold(given: Given) -> None:
    tip = given.head or 1
    s = given.tree.snapshot_at(tip)
    last = {f.ref: f for f in calls_of(given.tree, tip)}
    for made in s.calls:
        facts = last[made.ref]
        assert (facts.tool, facts.status) == (made.tool, made.status)
        assert (facts.content, facts.is_error) == (made.content, made.is_error)


def test_the_json_of_a_call_has_all_facts() -> None:
    given = to_credit()
    given.append(e.ToolStarted(e.CallRef(14, 0), "process_credit", "key-2"))
    detail = e.ErrorDetail("OSError", "card refused", "Traceback …")
    given.append(
        e.ToolReturned(e.CallRef(14, 0), "card refused", True, 12.3456, detail, "printed\n")
    ).moves("failed")
    assert call_json(calls_of(given.tree, given.head or 0)[2]) == {
        "type": "call",
        "step": 9,
        "record": 16,
        "call": [14, 0],
        "turn": 3,
        "state": "crediting",
        "tool": "process_credit",
        "effect": "writes",
        "status": "returned",
        "arguments": {"order_id": "1001", "amount": 59.9},
        "result": "card refused",
        "is_error": True,
        "error": "OSError",
        "ms": 12.346,
        "at": "2026-11-23T09:00:00.000Z",
        "source": "live",
        "transition": "failed",
        "output": "printed\n",
        "abandoned": False,
    }


@holds(any_session())
def test_every_call_can_be_written_as_json_and_as_a_table(given: Given) -> None:
    facts = calls_of(given.tree, given.head or 1)
    for one in facts:
        json.loads(dumps(call_json(one)))
    table = [*show_rows(facts)]
    assert {len(row) for row in table} == {9}
    assert not any(char in cell for row in table for cell in row for char in "\x1b\n\u202e\x00")


def test_the_table_of_show() -> None:
    table = [*show_rows(calls_of(to_credit().tree, 14))]
    assert table[0][0] == "#"
    assert table[0][2:5] == ["tool", "effect", "source"]
    assert table[1] == [
        "6",
        "✓",
        "fetch_order",
        "reads",
        "live",
        "0 ms",
        "pending → validating",
        '{"order_id": "1001"}',
        '{"id": "1001", "total": 59.9, "status": "delivered"}',
    ]
    assert table[3][1:6] == ["○", "process_credit", "WRITES", "–", "–"]
