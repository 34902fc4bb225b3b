"""Calls of one tool side by side: every row, stop and question says which one it is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.tui.app.driven import Driven, begin
from tooltrace import Workflow, call, say, tool
from tooltrace.core.decide.breakpoints import parse
from tooltrace.models.scripted import Move, Seen


@tool(read_only=True)
def read(order_id: str, full: bool) -> dict[str, Any]:
    """Read an order."""
    return {"order_id": order_id}


def policy(seen: Seen) -> Move:
    if seen.turn > 1:
        return say("read")
    return say("Reading.", *[call("read", order_id=str(n), full=True) for n in (1001, 1002, 1003)])


def three() -> Workflow:
    return Workflow("three", tools=[read], policy=policy, input="go")


async def test_rows_say_what_differs_in_their_arguments(tmp_path: Path) -> None:
    for size in ((80, 24), (120, 36), (160, 45)):
        folder = tmp_path / str(size[0])
        folder.mkdir()
        async with Driven(begin(folder, three()), size) as d:
            await d.press("t")
            pairs = zip(d.lines, d.lines[1:], strict=False)  # There may be room for two lines.
            rows = [a + b for a, b in pairs if "├read" in a or "└read" in a]
            assert len(rows) == 3, d.text
            for number, row in zip((1001, 1002, 1003), rows, strict=True):
                assert f'"{number}"' in row, d.text


async def test_what_comes_next_says_which(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path, three()), (160, 45)) as d:
        await d.press("t")
        assert 'before read order_id "1001", read order_id "1002"' in d.text
        await d.press("n")
        assert 'PAUSED before read order_id "1002", read order_id "1003"' in d.status


async def test_a_breakpoint_says_at_which(tmp_path: Path) -> None:
    debugger = begin(tmp_path, three())
    debugger.breakpoints.set((parse('tool:read if args.order_id == "1002"'),))
    stop = debugger.submit.go().result(10)
    assert stop.kind == "breakpoint"
    assert stop.text.endswith('at read order_id "1002"')
    debugger.close()


async def test_the_editors_and_the_faults_say_for_which(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path, three()), (120, 36)) as d:
        await d.press("t", "3", "home", "down")
        await d.press("S")
        assert 'Edit result of read order_id "1002"' in d.text
        await d.press("escape", "x")
        assert 'What should go wrong with read order_id "1002"?' in d.text
        await d.press("escape", "e")
        assert 'Edit arguments of read order_id "1002"' in d.text


async def test_results_say_of_which_call_they_are(tmp_path: Path) -> None:
    for size in ((80, 24), (160, 45)):
        folder = tmp_path / str(size[0])
        folder.mkdir()
        async with Driven(begin(folder, three()), size) as d:
            await d.press("t", "n", "n", "n")
            items = d.pane("conversation").items
            for number in (1001, 1002, 1003):
                (at,) = [
                    index
                    for index, item in enumerate(items)
                    if "ƒ read" in item.text() and f'"{number}"' in item.text()
                ]
                assert f'"order_id": "{number}"' in items[at + 1].text(), items[at + 1].text()
                assert "✓" in items[at + 1].text()
