"""What the inspector says of calls, records and values, and how values fold."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given as holds
from hypothesis import strategies as st

from tests.core.given import Given, call
from tests.timing import within
from tests.tui.view.build import HOSTILE, REFUND, flat, see, to_credit
from tooltrace.core.compare.json_diff import MISSING
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.view import View
from tooltrace.tui.rows.inspector.facet import as_tree
from tooltrace.tui.rows.inspector.inspector import InspectorRows
from tooltrace.tui.rows.inspector.rows import InspectorRow, RestRow, ValueRow, copied, size_words
from tooltrace.tui.rows.inspector.siblings import SessionIndex
from tooltrace.tui.rows.inspector.value_tree import FIRST, Folds, value_rows
from tooltrace.tui.rows.selected import Selected

FREE = WorkflowSpec("free")


def inspector(view: View, selected: Selected) -> InspectorRows:
    rows = InspectorRows(Steps())
    rows.update(view, selected)
    return rows


def shown(view: View, selected: Selected, width: int = 75) -> list[str]:
    return flat(inspector(view, selected).items, width)


def named(rows: InspectorRows, text: str) -> InspectorRow:
    return next(row for row in rows.items if text in row.text())


def test_a_call_says_what_it_was_given_gave_and_changed_and_what_the_model_got() -> None:
    lines = shown(see(to_credit()), Selected(6, e.CallRef(4, 0)))
    assert lines[:17] == [
        "✓ fetch_order  reads  live  0 ms  #6",
        "⌄ arguments  1 key",
        '  order_id: "1001"',
        "⌄ result  3 keys",
        '  id: "1001"',
        "  total: 59.9",
        '  status: "delivered"',
        "⌄ what it changed",
        "  state  pending → validating  by fetch_order  #7",
        '  order  null → {"id": "1001", "total": 59.9, "status": "delivered"}  #7',
        "⌄ in the request  #8  w shows all of it",
        "⌄ messages.2.content.0: 3 keys",
        '    type: "tool_result"',
        '    tool_use_id: "toolu_fetch_order"',
        '    content: {"id":"1001","total":59.9,"status":"delivered"}',
        "⌄ where it came from",
        "  asked for by the reply #4 of scripted, call 1 of it · live",
    ]
    assert "  went out  2026-11-23T09:00:00.000Z  #5" in lines


def test_the_record_of_a_start_and_the_call_itself_are_about_the_same() -> None:
    view = see(to_credit())
    assert shown(view, Selected(5)) == shown(view, Selected(6, e.CallRef(4, 0)))


def test_a_transition_names_the_guard_that_led_to_it() -> None:
    lines = shown(see(to_credit()), Selected(12))
    assert "  state  validating → crediting  because result.eligible  #12" in lines
    assert "  after #11 ✓ check_policy" in lines


def test_runs_are_counted_on_all_branches_and_other_results_stand_beside() -> None:
    given = to_credit()
    for key in ("abc", "abc-2"):
        given.back_to(14).append(e.ToolStarted(e.CallRef(14, 0), "process_credit", key))
        given.append(e.ToolReturned(e.CallRef(14, 0), {"ok": key}, ms=3.0, output="hello\n"))
    lines = shown(see(given), Selected(18))
    assert "  ran live 2× in this session, on all branches; this very call 2×" in lines
    assert "⌄ printed while it ran  6 characters" in lines and "  hello" in lines
    beside = lines.index("⌄ on other branches  1")
    assert lines[beside + 1].startswith("  #16 ✓ process_credit  3 ms on main · live")
    assert lines[beside + 2 : beside + 4] == ['    − ok: "abc-2"', '    + ok: "abc"']


def test_what_comes_later_is_counted_once() -> None:
    given, index = to_credit(), SessionIndex()
    index.update(given.tree)
    given.append(e.ToolStarted(e.CallRef(14, 0), "process_credit", "k"))
    index.update(given.tree)
    index.update(given.tree)
    assert index.runs("process_credit", "k") == index.runs("process_credit", "k-9")
    assert index.runs("process_credit", "k").this_tool == 1
    assert index.runs("fetch_order", "").this_call == 0


def test_a_stub_an_error_and_a_fault_say_so() -> None:
    given = to_credit()
    given.append(e.ToolReturned(e.CallRef(14, 0), "no", True), "edited")
    assert any("typed by a person (stub)" in line for line in shown(see(given), Selected()))
    given = to_credit()
    detail = e.ErrorDetail("TimeoutError", "too late", "Traceback …")
    given.append(e.ToolReturned(e.CallRef(14, 0), None, True, error=detail), "injected")
    lines = shown(see(given), Selected())
    assert any("a fault: the tool was not called" in line for line in lines)
    assert "  TimeoutError: too late" in lines and "  Traceback …" in lines


def test_a_value_of_the_context_says_what_set_it() -> None:
    given = to_credit().append(e.ContextEdited("order", {"id": "7"}), "edited")
    lines = shown(see(given), Selected(context="order"))
    assert lines[:3] == ["order  in the context", "⌄ value  1 key", '  id: "7"']
    assert lines[4].startswith("  order  {") and "  #15" in lines[4] + lines[5]
    assert any(line.startswith("  order  null →") and "#7" in line for line in lines)


def test_nothing_selected_is_about_where_one_stands() -> None:
    view = see(to_credit(), head=6)
    assert shown(view, Selected()) == shown(view, Selected(6))
    assert shown(view, Selected(9999)) == shown(view, Selected(6))


def test_what_is_folded_stays_folded_for_the_next_selection() -> None:
    view = see(to_credit())
    rows = inspector(view, Selected(6))
    rows.toggle(named(rows, "arguments"))
    assert rows.update(view, Selected(11))
    assert "› arguments  1 key" in flat(rows.items, 60)
    assert not rows.update(view, Selected(11))


def test_a_copy_is_the_value_itself_and_of_a_line_its_bytes() -> None:
    view = see(to_credit())
    rows = inspector(view, Selected(6))
    result = {"id": "1001", "total": 59.9, "status": "delivered"}
    assert copied(named(rows, "result  3 keys")) == result
    assert copied(named(rows, "total 59.9")) == 59.9
    line = named(rows, "line in the file")
    assert copied(line) is MISSING
    rows.toggle(line)
    text = copied(named(rows, "line in the file"))
    assert isinstance(text, str) and json.loads(text)["event"]["content"] == result


def test_a_reply_shows_its_blocks_its_usage_and_its_bytes() -> None:
    given = Given(FREE).user("x").append(e.ModelCalled("d"))
    reply: dict[str, Any] = {"content": [{"type": "text", "text": "hello"}], "stop_reason": "end"}
    given.append(e.ModelReplied(reply, ms=1200, first_ms=300, raw='{"content":…}'))
    rows = inspector(see(given), Selected())
    lines = flat(rows.items, 70)
    assert "⌄ text  5 characters" in lines and '  stop_reason: "end"' in lines
    assert "  took  1.2 s, the first byte after 300 ms" in lines
    raw = named(rows, "bytes of the reply")
    assert copied(raw) == '{"content":…}'


def test_hostile_text_is_inert_wherever_it_stands() -> None:
    given = Given(FREE).user(HOSTILE).replies(call(HOSTILE, **{HOSTILE: HOSTILE}))
    detail = e.ErrorDetail(HOSTILE, HOSTILE, HOSTILE)
    ref = e.CallRef(4, 0)
    given.append(e.ToolReturned(ref, {HOSTILE: [HOSTILE]}, True, error=detail, output=HOSTILE))
    view = see(given)
    for selected in [Selected(number) for number in view.path] + [Selected(context=HOSTILE)]:
        rows = inspector(view, selected)
        for row in list(rows.items):
            rows.toggle(row)
        assert "\x1b" not in "".join(flat(rows.items, 40))


# values

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=60),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=20,
)


def every_row(value: Any) -> list[ValueRow | RestRow]:
    """All rows of a value, when all that folds is unfolded."""
    turned: set[int] = set()
    while True:
        rows = list(value_rows("x", value, Folds(turned), Selected()))
        closed = {r.key for r in rows if isinstance(r, ValueRow) and r.opens and not r.is_open}
        if not closed:
            return rows
        turned ^= closed


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict | list) and value:
        parts = value.values() if isinstance(value, dict) else value
        return [leaf for part in parts for leaf in leaves(part)]
    return [value]


@holds(values)
def test_unfolded_a_value_has_each_of_its_leaves_once_in_order(value: Any) -> None:
    rows = every_row(value)
    found = [row.value for row in rows if isinstance(row, ValueRow) and not row.opens]
    assert found == leaves(value)
    assert len({row.key for row in rows}) == len(rows)


@holds(values, st.integers(1, 90))
def test_a_row_is_as_high_as_it_says_and_no_wider_than_it_may(value: Any, width: int) -> None:
    for row in every_row(value):
        lines = row.lines(width)
        assert len(lines) == row.height(width) >= 1


def test_of_many_parts_some_are_shown_and_more_on_demand() -> None:
    many = list(range(5000))
    rows = list(value_rows("x", many, Folds(), Selected()))
    assert len(rows) == FIRST + 1
    more = rows[-1]
    assert isinstance(more, RestRow) and more.left == 5000 - FIRST
    rows = list(value_rows("x", many, Folds((), {more.owner: 300}), Selected()))
    assert len(rows) == 301


def test_json_in_a_text_is_shown_as_a_value_and_copied_as_the_text() -> None:
    assert as_tree('{"a": [1]}') == {"a": [1]}
    assert as_tree("{not json") == "{not json"
    assert as_tree([{"type": "text", "text": '{"a": 1}'}]) == {"a": 1}
    given = Given(FREE).user("x").replies(call("t"))
    given.append(e.ToolReturned(e.CallRef(4, 0), '{"a": 1.0}'))
    rows = inspector(see(given), Selected())
    assert "  a: 1.0" in flat(rows.items, 60)
    assert copied(named(rows, "result  10 characters")) == '{"a": 1.0}'


def test_a_result_of_a_hundred_megabytes_costs_what_is_shown() -> None:
    given = Given(REFUND).user("x").replies(call("fetch_order"))
    big = "word and more " * 7_500_000
    given.append(e.ToolReturned(e.CallRef(4, 0), big))
    view = see(given)

    with within(0.5):
        rows = inspector(view, Selected())
        text = next(row for row in rows.items if isinstance(row, ValueRow) and row.value is big)
        assert text.lines(60)[-1][0][0].strip() == "… 105.0M characters: enter opens"
        rows.toggle(text)
        text = next(row for row in rows.items if isinstance(row, ValueRow) and row.value is big)
        assert rows.reads_on(text) and len(text.lines(60)) == 401


def test_sizes_are_counted_in_their_own_unit() -> None:
    assert size_words({"a": 1}) == "1 key" and size_words([1, 2]) == "2 items"
    assert size_words("x" * 1234) == "1,234 characters" and size_words(None) == ""


def test_a_difference_in_a_text_has_the_colours_of_its_lines() -> None:
    text = "@@ -1 +1 @@\n-old of it, which is long enough\n+new of it, which is as long"
    row = ValueRow(1, "patch", text, 0, True)
    looks = [line[-1][1] for line in row.lines(60)]
    assert looks == ["dim", "rule", "removed", "added"]
    assert len(looks) == row.height(60)
