"""A world that was not kept is said where the result is read, and where problems are."""

from __future__ import annotations

from tests.core.given import Given, call
from tests.tui.view.build import flat, see
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.tui.rows.conversation.conversation import ConversationRows
from tooltrace.tui.rows.workflow.workflow import WorkflowRows

WHY = "the system failed: /data: permission denied: try again"


def test_it_is_said_with_the_result_and_among_the_problems() -> None:
    given = Given(WorkflowSpec("free")).user("x").replies(call("pay")).starts("pay")
    given.append(e.ToolReturned(e.CallRef(4, 0), "paid", unkept=WHY))
    view = see(given)
    rows = flat(ConversationRows().update(view)[0], 100)
    assert any(row.strip() == f"the world was not kept after it: {WHY}" for row in rows)
    problems = flat(WorkflowRows().update(view), 100)
    assert any(f"#6 the world was not kept after it: {WHY}" in row for row in problems)
