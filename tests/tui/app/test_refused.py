"""What is refused is a note: the dialog stays for another try, and the run is as it was."""

from __future__ import annotations

from pathlib import Path

from tests.tui.app.driven import DEADLINE, Driven, begin, reach
from tests.tui.app.given import before
from tooltrace.core.decide.next_action import asks_model


async def test_a_wrong_error_number_keeps_its_dialog(tmp_path: Path) -> None:
    debugger = reach(begin(tmp_path), lambda view: asks_model(view.action))
    async with Driven(debugger, (120, 36)) as d:
        await d.press("x")
        await d.type("another")
        await d.press("enter")
        await d.type("200")
        await d.press("enter")
        assert d.dialog == "PickerScreen" and "400 to 599" in d.text
        assert "ERROR" not in d.status
        await d.press("backspace", "backspace", "backspace")
        await d.type("503")
        await d.press("enter")
        assert d.dialogs == [] and len(d.view.branches) == 2


async def test_pruning_the_branch_one_stands_on_is_a_note(tmp_path: Path) -> None:
    debugger = reach(begin(tmp_path), before("process_credit"))
    async with Driven(debugger, (120, 36)) as d:
        status = d.status
        await d.press("v", "x")
        assert d.dialog == "BranchesScreen" and "you stand on this branch" in d.note
        await d.press("escape")
        assert d.status == status and d.view.stop.kind == "step"


async def test_a_name_that_is_taken_keeps_its_dialog(tmp_path: Path) -> None:
    debugger = reach(begin(tmp_path), before("check_refund_policy"))
    name = debugger.view().branch.name
    async with Driven(debugger, (120, 36)) as d:
        await d.press("F", "down", "enter")
        await d.type(name)
        await d.press("enter")
        assert d.dialog == "PickerScreen" and "already" in d.text
        await d.type("-b")
        await d.press("enter")
        while d.dialogs:
            await d.press("enter")
        assert d.view.branch.name == f"{name}-b"


async def test_a_branch_is_given_no_name_that_another_has(tmp_path: Path) -> None:
    async with Driven(reach(begin(tmp_path), before("check_refund_policy")), (80, 24)) as d:
        await d.press("F", "enter")
        while d.dialogs:
            await d.press("enter")
        mine = d.view.branch.name
        await d.press("v", "e", *["backspace"] * len(mine))
        await d.type("main")
        await d.press("enter")
        assert d.dialog == "PromptScreen" and "already" in d.text
        assert {branch.name for branch in d.view.branches} == {"main", mine}
        stop = d.debugger.submit.notes.rename(d.view.branch.begin, " main ").result(DEADLINE)
        assert "already" in stop.text
        assert {branch.name for branch in d.view.branches} == {"main", mine}
        await d.type(" two")
        await d.press("enter")
        assert d.dialog == "BranchesScreen"
        assert d.view.branch.name == "main two"


async def test_saying_nothing_keeps_its_dialog(tmp_path: Path) -> None:
    async with Driven(reach(begin(tmp_path), before("check_refund_policy")), (80, 24)) as d:
        await d.press("N", "N", "i", "space", "enter")
        assert d.dialog == "SayScreen" and "say something" in d.text
