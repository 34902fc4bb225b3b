"""What the screen says is so: while something runs, and after the end."""

from __future__ import annotations

from pathlib import Path

from tests.tui.app.driven import Driven, begin, until
from tests.tui.app.test_busy import Slow, into_the_tool
from tooltrace.core.model.events import RunFinished
from tooltrace.tui.rows.labels import BAD, DONE, NEXT


async def test_a_call_that_simply_runs_is_not_called_lost(tmp_path: Path) -> None:
    slow = Slow()
    async with Driven(begin(tmp_path, slow.workflow), (120, 36)) as d:
        await d.press("t")
        await into_the_tool(d, slow, "n")
        assert "never returned" not in d.text
        assert "running  wait" in d.text
        assert "unsaved" not in d.text
        slow.let_go.set()
        await until(lambda: not d.view.running)
        await d.settled()
        assert "running  wait" not in d.text


async def test_the_timeline_tells_an_end_from_a_pause(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path), (160, 45)) as d:
        assert NEXT in d.text
        await d.press("c")
        assert "DONE" in d.status
        assert NEXT not in d.text
        assert f"──{DONE}" in d.text


async def test_the_timeline_says_that_a_run_failed(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path), (160, 45)) as d:
        await d.to_call("process_credit")
        await d.press("T")
        await d.type("failed")
        await d.press("enter")
        await d.type("to see")
        await d.press("enter", "c")
        last = d.view.tree[d.view.head].event
        assert isinstance(last, RunFinished), last
        assert last.outcome == "failed"
        assert NEXT not in d.text
        assert f"──{BAD}" in d.text


async def test_a_call_that_was_not_made_is_not_made_again(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path), (120, 36)) as d:
        await d.to_call("process_credit")
        before, text = d.view, d.pane("conversation").items
        await d.press("3", "end", "R")
        assert "is no call that was made" in d.note
        assert d.dialog is None
        assert "ERROR" not in d.status
        assert d.view.stop == before.stop
        assert d.view.tree.last_id == before.tree.last_id
        assert [item.text() for item in d.pane("conversation").items] == [
            item.text() for item in text
        ]
