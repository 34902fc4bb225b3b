"""Two branches side by side, by keys: what is seen, and where they lead."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scripts.record import SESSIONS
from tests.tui.app.driven import Driven, begin
from tests.tui.app.keys import presses
from tests.tui.app.test_hostile import session_of
from tests.tui.tui_support import BATCHES, assert_clean
from tooltrace.assemble import reopen
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.branches.compare import StepRow
from tooltrace.tui.screens.compare import CompareScreen


@pytest.fixture
def edited(tmp_path: Path) -> Debugger:
    """A refund with two branches more: one after an edited result, one forced."""
    path = shutil.copy(SESSIONS / "demo-refund-edited.jsonl", tmp_path / "refund.jsonl")
    return reopen(Path(path))


def step_of(d: Driven) -> StepRow:
    item = d.app.screen.query_one("#steps", RowsPane).selected
    assert isinstance(item, StepRow)
    return item


async def side_by_side(d: Driven, name: str = "too-late") -> None:
    await d.press("d")
    assert d.dialog == "PickerScreen"
    await d.type(name)
    await d.press("enter")
    assert isinstance(d.app.screen, CompareScreen)


@presses("compare")
@pytest.mark.parametrize("size", [(80, 24), (160, 45), (60, 20)])
async def test_what_differs_is_seen_at_once(edited: Debugger, size: tuple[int, int]) -> None:
    async with Driven(edited, size) as d:
        await side_by_side(d)
        assert "completed in complete" in d.text or size[0] < 80
        assert "► main (left)" in d.text and "too-late (right)" in d.text
        assert "6 steps the same" in d.text
        [heading] = [line for line in d.lines if "check_refund" in line and "≠" in line]
        assert heading.count("call check_refund") == 2
        assert any("true" in line and "→" in line and "false" in line for line in d.lines)
        assert "3 changed ≠ · 7 only left <" in d.text or size[0] < 80
        assert "n next" in d.text and "esc back" in d.text
        assert_clean(d.app)
        await d.press("escape")
        assert d.dialog is None


@pytest.mark.parametrize(("on", "back"), [("n", "p"), ("]", "[")])
async def test_from_difference_to_difference(edited: Debugger, on: str, back: str) -> None:
    async with Driven(edited, (120, 36)) as d:
        await side_by_side(d)
        assert step_of(d).step.either.record == 12
        await d.press(back)
        assert step_of(d).step.either.record == 12
        assert d.note == "no more differences that way"
        d.quiet()
        seen = []
        for _ in range(10):
            await d.press(on)
            seen.append((step_of(d).step.verdict, step_of(d).step.either.record))
        assert seen[0] == ("left", 13) and seen[-1] == ("changed", 26)
        assert ("right", 29) in seen and d.note == ""
        await d.press(on)
        assert d.note == "no more differences that way"
        await d.press(back)
        assert step_of(d).step.verdict == "changed"


async def test_enter_goes_to_the_record_of_the_side_that_is_marked(edited: Debugger) -> None:
    async with Driven(edited, (120, 36)) as d:
        await side_by_side(d)
        await d.press("enter")
        assert d.dialog is None
        assert (d.view.head, d.view.tip) == (12, 26)
        await side_by_side(d)
        for key, name in (("tab", "too-late"), ("left", "main"), ("right", "too-late")):
            await d.press(key)
            assert f"► {name} " in d.text
        await d.press("enter")
        assert (d.view.head, d.view.tip) == (27, 32)
        # A step of one side alone is gone to whatever side is marked.
        await side_by_side(d, "main")
        while step_of(d).step.verdict != "right":
            await d.press("n")
        await d.press("enter")
        assert (d.view.head, d.view.branch.name) == (13, "main")


async def test_what_is_the_same_can_be_opened_and_folded(edited: Debugger) -> None:
    async with Driven(edited, (120, 36)) as d:
        await side_by_side(d)
        await d.press("a")
        assert step_of(d).step.either.record == 12
        assert "6 steps the same" not in d.text
        await d.press("a")
        assert "6 steps the same" in d.text
        await d.press("home", "enter")
        assert "6 steps the same" not in d.text
        await d.press("enter")
        assert d.dialog is None
        assert d.view.head == 2


async def test_one_branch_has_nothing_beside_it(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path), (80, 24)) as d:
        await d.press("d")
        assert d.dialog is None
        assert "only one branch" in d.note


async def test_branches_that_went_the_same_way(edited: Debugger) -> None:
    async with Driven(edited, (80, 24)) as d:
        d.screen.controller.branches.side_by_side(26, 26)
        await d.settled()
        assert "no difference" in d.text
        assert "16 steps the same" in d.text
        await d.press("n")
        assert d.note == "no more differences that way"
        await d.press("q")
        assert d.dialog is None


async def test_a_hostile_session_side_by_side(tmp_path: Path) -> None:
    debugger = Debugger(session_of(BATCHES["joined"][:20_000]))
    tips = [branch.tip for branch in debugger.view().branches]
    async with Driven(debugger, (80, 24)) as d:
        d.screen.controller.branches.side_by_side(tips[0], tips[-1])
        await d.settled()
        assert_clean(d.app)
        await d.press("a", "n", "end")
        assert_clean(d.app)
