"""A renamed session is offered its world in a dialog, once, and takes it only with a yes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.app.driven import Driven, begin, reach
from tests.tui.app.given import before
from tooltrace.cli.build import load_code, reopen
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.world_owner import find


def renamed(tmp_path: Path) -> Debugger:
    debugger = reach(begin(tmp_path), before("process_credit"))
    file = debugger.session.path
    assert file is not None
    debugger.close(remember=True)
    file.rename(file.with_name("renamed.jsonl"))
    return reopen(file.with_name("renamed.jsonl"), load_code("refund"))


def own(debugger: Debugger) -> Path | None:
    assert debugger.session.path is not None
    return find(debugger.session.path, debugger.session.id).own


@pytest.mark.parametrize("size", [(60, 20), (100, 30)])
async def test_a_moved_world_is_offered_and_taken_with_one_yes(
    size: tuple[int, int], tmp_path: Path
) -> None:
    debugger = renamed(tmp_path)
    async with Driven(debugger, size) as d:
        for leave in ("escape", "n"):
            await d.press("n")
            assert d.dialog == "ConfirmScreen"
            assert "Its world was moved" in d.text and "renamed.jsonl" in d.text
            await d.press(leave)
            assert own(debugger) is None
            assert d.debugger.session.executions.runs("process_credit") == 0
        await d.press("n", "y")
        assert d.debugger.session.executions.runs("process_credit") == 1
        found = own(debugger)
        assert found is not None and found.name == "renamed.world"


async def test_a_moved_world_can_be_left_for_another(tmp_path: Path) -> None:
    debugger = renamed(tmp_path)
    async with Driven(debugger, (100, 30)) as d:
        await d.press("n", "o")
        assert d.debugger.session.executions.runs("process_credit") == 1
        found = own(debugger)
        assert found is not None and found.name == "renamed.world"
        assert len(list(found.parent.glob("*.world"))) == 2
