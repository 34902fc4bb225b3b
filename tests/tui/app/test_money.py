"""What a run cost, and the pause at a budget, on the screen."""

from __future__ import annotations

from pathlib import Path

from tests.tui.app.driven import Driven, begin
from tooltrace.core.model import events as e


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
