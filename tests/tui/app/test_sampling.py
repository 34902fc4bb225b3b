"""Asking the model several times from the app: the question, the table, an answer, a branch."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.tui.app.driven import Driven, begin, reach
from tests.tui.app.keys import presses
from tests.tui.tui_support import assert_clean
from tooltrace.core.model import events as e
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.view import View
from tooltrace.tui.dialog.prompt import PromptScreen
from tooltrace.tui.keys.keymap import in_scope
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.branches.samples import SampleRow
from tooltrace.tui.rows.branches.status import mode


def refused(folder: Path) -> Debugger:
    """The refund whose policy check was edited, before the model reads it."""
    debugger = reach(begin(folder), checked)
    returned = debugger.view().head
    debugger.submit.step().result(10)
    event = debugger.view().tree[returned].event
    assert isinstance(event, e.ToolReturned) and isinstance(event.content, dict)
    no = {**event.content, "eligible": False, "reason": "too late"}
    assert debugger.submit.edit.result(returned, no).result(10).kind == "step"
    assert debugger.submit.step().result(10).kind == "step"
    return debugger


def checked(view: View) -> bool:
    event = view.tree[view.head].event
    return isinstance(event, e.ToolReturned) and len(view.snapshot.calls) == 1 and view.head > 10


@presses("resample", "M")
@pytest.mark.parametrize("size", [(80, 24)])
async def test_ask_compare_read_and_take(tmp_path: Path, size: tuple[int, int]) -> None:
    async with Driven(refused(tmp_path), size) as d:
        head = d.view.head
        await d.press("M")
        asking = d.app.screen
        assert isinstance(asking, PromptScreen) and "also without the edit #14" in asking._hint
        await d.press("backspace", "7", "enter")
        assert d.dialog == "SamplesScreen"
        assert (d.view.head, d.view.branch.name) == (head, "edit")
        for shown in ("ends its turn", "process_credit", "7/7", "0/7", "without: process_credit"):
            assert shown in d.text, shown
        assert "scripted model" in d.text
        assert_clean(d.app)
        await d.press("enter", "down")
        rows = d.app.screen.query_one(RowsPane).items
        names = [row.sample.name for row in rows if isinstance(row, SampleRow)]
        assert names == [f"sample-{n}" for n in range(1, 14, 2)]
        assert "sample-1 " in d.text
        await d.press("enter")
        assert d.dialog == "DetailScreen" and "too late" in d.text
        await d.press("escape", "up", "enter", "down", "t")
        assert d.dialogs == []
        assert d.view.branch.name == "sample-2"
        assert d.view.snapshot.calls[0].tool == "process_credit"
        await d.press("u")
        assert (d.view.head, d.view.branch.name) == (head, "edit")
        last = d.view.tree.last_id
        await d.press("M")  # The answers are still there.
        assert d.dialog == "SamplesScreen" and d.view.tree.last_id == last
        await d.press("a")
        assert d.dialog == "PromptScreen"
        await d.press("escape", "M", "q")
        assert d.dialogs == [] and "M shows them again" in d.note
        assert d.debugger.session.executions.runs("process_credit") == 0


async def test_all_edits_that_wait_are_named_before_it_is_asked(tmp_path: Path) -> None:
    debugger = refused(tmp_path)
    debugger.submit.edit.system("Be kind.").result(10)
    debugger.submit.edit.setting("effort", "low").result(10)
    async with Driven(debugger, (120, 36)) as d:
        await d.press("M")
        asking = d.app.screen
        assert isinstance(asking, PromptScreen)
        for named in (
            "without the 3 edits #14 (",
            " result), #",
            " system prompt) and #",
            " effort)",
        ):
            assert named in asking._hint
        await d.press("backspace", "1", "enter")
        assert "with the 3 edits #14" in " ".join(d.text.split())


async def test_what_is_typed_is_checked(tmp_path: Path) -> None:
    async with Driven(refused(tmp_path), (80, 24)) as d:
        last = d.view.tree.last_id
        await d.press("M", "backspace")
        for wrong in ("0", "5 0"):
            await d.type(wrong)
            await d.press("enter")
            assert d.dialog == "PromptScreen" and "×" in d.text, wrong
            await d.press(*["backspace"] * len(wrong))
        await d.type("9 100")
        await d.press("enter")
        assert d.dialog == "SamplesScreen" and "stopped by the budget" in d.text
        assert d.debugger.samples.found is not None and len(d.debugger.samples.found.samples) == 2
        assert d.view.tree.last_id > last
        await d.press("escape")


async def test_where_the_model_is_not_asked_next_it_says_so(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("M")
        assert d.dialog is None and "not asked next" in d.note


async def test_the_status_line_says_how_far_it_is(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        view = replace(d.view, running=True, doing="asking the model 10×: 3 answered")
        now = mode(view, elapsed=1.5)
        assert now.text == "asking the model 10×: 3 answered · 1.5 s"
        assert [key.key for key in now.keys] == ["p", "esc esc"]


def test_the_keys_of_the_table_are_all_pressed_here() -> None:
    assert {a.id for a in in_scope("samples")} == {
        "open_sample",
        "take_sample",
        "ask_again",
        "leave_samples",
    }
