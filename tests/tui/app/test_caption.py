"""The caption under the panes, and what is marked as changed, with keys pressed."""

from __future__ import annotations

import re

import pytest

from tests.core.free import free
from tests.tui.app.driven import SIZES, Driven
from tests.tui.app.of_given import debugger_of
from tooltrace.core.caption.caption import caption_at
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.screens.session import SessionScreen
from tooltrace.tui.widgets.lines_label import LinesLabel


def caption(d: Driven) -> list[str]:
    return d.screen.query_one("#caption", LinesLabel).text.split("\n")


async def test_each_step_has_its_two_lines(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        assert caption(d) == [
            'The model asked for process_credit with order_id = "1001" and amount = 59.9.',
            "process_credit is next: it writes.",
        ]
        await d.press("n")
        assert caption(d) == [
            'process_credit answered credit_id = 1, given order_id = "1001" and amount = 59.9.',
            "Because process_credit answered, sending_email is next.",
        ]
        assert all(line in d.text for line in caption(d))
        await d.press("N", "N", "N")
        assert caption(d) == [
            "check_refund_policy answered eligible = true.",
            "Because result.eligible, processing_credit is next.",
        ]


@pytest.mark.parametrize("size", SIZES)
async def test_it_takes_two_rows_at_every_step_and_nothing_moves(
    at_credit: Debugger, size: tuple[int, int]
) -> None:
    async with Driven(at_credit, size) as d:
        places = set()
        for key in ("n", "n", "n", "N", "N", "N", "N", "N", "N", "N"):
            await d.press(key)
            label = d.screen.query_one("#caption", LinesLabel)
            places.add((label.region, d.screen.query_one("#panes").region))
            assert label.region.height == 2
            told = str(caption_at(d.view.tree, d.view.head))
            shown = " ".join(caption(d))
            assert shown == told or "…" in shown
        assert len(places) == 1


async def test_the_context_says_what_a_value_was_until_the_next_step(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        assert "→ true" not in d.text
        await d.press("N")
        assert "null →" not in d.text
        await d.press("N")
        assert "true → null" in d.text
        await d.press("n")
        assert "null → true" in d.text
        await d.press("n")
        assert "→ true" not in d.text


async def test_the_rows_of_a_step_that_was_taken_back_have_a_minus(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        assert not any("│-" in line or "┃-" in line for line in d.lines)
        await d.press("N")
        gone = [line for line in d.lines if "┃-" in line]
        assert any("process_credit" in line for line in gone)
        assert any("│-" in line and "process_credit" in line for line in d.lines)
        [less] = re.findall(r"-(\d+) tokens  532 in", d.text)
        await d.press("n")
        assert not any("┃-" in line for line in d.lines)
        assert f"+{less} tokens  " in d.text


async def test_text_from_outside_stays_in_its_line() -> None:
    given = free().step("look", {"\x1b[2J": "a\nb\u202e"})
    async with Driven(debugger_of(given), (120, 36)) as d:
        assert isinstance(d.screen, SessionScreen)
        first, _ = caption(d)
        assert first == 'look answered \\u{1b}[2J = "a\\nb\\u202e".'
        assert first in d.text
