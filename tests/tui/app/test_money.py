"""What a run cost, the pause at a budget, and what changed in the context, on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.app.driven import Driven, begin, reach
from tests.tui.app.given import before
from tests.tui.app.keys import presses
from tooltrace.core.model import events as e
from tooltrace.debugger.debugger import Debugger


async def test_a_budget_asks_and_going_past_grants_another(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path, token_budget=500)) as d:
        await d.press("c")
        assert d.dialog == "ConfirmScreen"
        assert "A limit is reached" in d.text
        assert "tokens (" in d.text and "500 are allowed" in d.text
        used = d.view.snapshot.usage.tokens
        assert f"Going on past it: 500 tokens more, up to {used + 500:,}." in d.text
        await d.press("g")
        past = d.view.tree[d.view.head].event
        assert isinstance(past, e.WentOn)
        assert past.turns == 0
        assert past.tokens == d.view.snapshot.usage.tokens
        assert d.view.snapshot.max_tokens == used + 500
        assert "at the limit, 500 tokens more" in d.text
        await d.press("c")
        assert d.view.snapshot.outcome == "completed"


@presses("context")
@pytest.mark.parametrize("size", [(120, 36), (60, 20)])
async def test_the_context_of_the_request_before_the_cursor(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with Driven(reach(begin(tmp_path), before("process_credit")), size) as d:
        was = d.view.tree.last_id
        await d.press("w")
        assert d.dialog == "CallDetailScreen"
        assert "nothing before changed" in d.text
        assert "against #" in d.text
        await d.press("escape")
        assert d.dialogs == []
        assert d.view.tree.last_id == was


async def test_an_edit_shows_as_the_first_difference(at_credit: Debugger) -> None:
    view = at_credit.view()
    result = next(r for r in view.path if isinstance(view.tree[r].event, e.ToolReturned))
    edited = {"order_id": "1001", "total": 1}
    assert at_credit.submit.edit.result(result, edited).result(10).kind == "step"
    assert at_credit.submit.turn().result(10).kind == "step"
    async with Driven(at_credit, (120, 50)) as d:
        await d.press("w")
        assert "first difference at message" in d.text
        assert "result of fetch_order" in d.text
        assert "on another branch" in d.text


async def test_before_the_first_request_there_is_nothing_to_compare(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path)) as d:
        await d.press("w")
        assert d.dialog is None
        assert "the model was not asked before this" in d.text
