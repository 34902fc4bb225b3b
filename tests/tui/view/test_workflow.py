"""The state graph, the context, and the states on one line."""

from __future__ import annotations

from typing import Any

from tests.core.given import Given, call, workflow
from tests.tui.view.build import REFUND, flat, see, text_of, to_credit
from tooltrace.core.decide.breakpoints import parse
from tooltrace.core.model.workflow import Transition, WorkflowSpec
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.workflow.workflow import ContextRow, WorkflowRows, one_line_state


def rows(given: Given, width: int = 64, **rest: Any) -> list[str]:
    return flat(WorkflowRows().update(see(given, **rest)), width)


def test_a_refund_in_the_middle() -> None:
    assert rows(to_credit(), points=(parse("state:emailing"),)) == [
        "✓ pending",
        "├─ fetch_order fails ───────────────────╮",
        "│  fetch_order ×1                       │",
        "✓ validating                            │",
        "├─ not eligible ────────────────────────┤",
        "│  eligible ×1                          │",
        "● crediting                             │",
        "├─ process_credit fails (critical) ─────┤",
        "│  process_credit                       │",
        "○ emailing ◉                            │",
        "│  send_email                           │",
        "□ complete (end)                        │",
        "◇ failed (failure) ←────────────────────╯",
        "next     process_credit",
        'context  order    {"id": "1001", "total": 59.9, …  ← fetch_order',
        "         eligible null",
        "turn     3/50 · 2 tool calls",
    ]


def test_a_failed_critical_tool_and_a_forced_state() -> None:
    failed = to_credit().fails("process_credit", "card refused").moves("failed")
    shown = rows(failed, 100)
    assert any(line.startswith("┡━ process_credit fails (critical) ×1 ━") for line in shown)
    assert any(line.startswith("◆ failed (failure) ←━") for line in shown)
    assert "× error  process_credit failed: card refused" in shown
    forced = rows(failed.forces("emailing"), 100)
    assert any(line.startswith("┗╍ by force ×1 ╍") for line in forced)
    assert any(line.startswith("├─ process_credit fails (critical) ×1 ─") for line in forced)
    assert any(line.startswith("● emailing ←━") for line in forced)


def test_a_loop_counts_its_rounds() -> None:
    given = Given(
        workflow(
            Transition(("read",), "reading", "judging"),
            Transition(("judge",), "judging", "reading", "result.more"),
            Transition(("judge",), "judging", "judging", "result.unsure"),
            Transition(("judge",), "judging", "done", "not result.more"),
        )
    ).user("x")
    for _ in range(2):
        given.step("read", {}).moves("judging").step("judge", {"more": True}).moves("reading")
    assert rows(given)[:7] == [
        "● reading ×3 ←━━━━━━━━━━━━━━━━━┓",
        "│  read ×2                     ┃",
        "✓ judging ×2 ←───────────────╮ ┃",
        "┡━ more ×2 ━━━━━━━━━━━━━━━━━━│━┛",
        "├─ unsure ───────────────────╯",
        "│  not more",
        "□ done (end)",
    ]


def test_a_free_workflow_has_no_states() -> None:
    given = Given(WorkflowSpec("free")).user("x").replies(call("a"))
    assert rows(given)[:2] == ["no states: the model decides", "next     a"]


def test_a_value_that_a_person_set_says_so() -> None:
    from tooltrace.core.model.events import ContextEdited

    given = Given(REFUND).append(ContextEdited("order", {"id": 1}), "edited")
    items = WorkflowRows().update(see(given))
    order = next(item for item in items if isinstance(item, ContextRow) and item.name == "order")
    assert (order.selectable, order.key) == (True, 0)
    assert flat([order], 60) == ['context  order    {"id": 1}  ← you']


def test_the_turn_limit_is_said_when_it_is_near() -> None:
    spec = WorkflowSpec("free", max_turns=2)
    items = WorkflowRows().update(see(Given(spec).user("x").replies("a").user("y").replies("b")))
    assert ("2/2", "warn") in items[-1].lines(60)[0]


def test_the_states_on_one_line_keep_the_current_one() -> None:
    view = see(to_credit())
    assert text_of(one_line_state(view, 80)) == (
        "✓ pending → ✓ validating → ● crediting → ○ emailing"
    )
    assert text_of(one_line_state(view, 44)) == "… → ✓ validating → ● crediting → ○ emailing"
    assert text_of(one_line_state(view, 12)) == "● crediting…"
    middle = see(to_credit(), head=7)
    assert text_of(one_line_state(middle, 80)).endswith("● validating → ○ failed | ○ crediting")


def test_the_graph_is_worked_out_once_and_laid_out_again_only_when_something_changed() -> None:
    builder, given = WorkflowRows(), to_credit()
    first = builder.update(see(given))[0]
    assert builder.update(see(given))[0] is first
    assert builder.update(see(given, head=7))[0] is not first


def test_a_short_value_is_whole_before_what_it_came_from_is() -> None:
    row = ContextRow(0, "eligible", False, "check_refund_policy", True)
    for width in range(48, 80):
        line = plain(row.lines(width)[0])
        assert "false  ← check_" in line, width
    assert "false" in plain(row.lines(30)[0])
