"""A renamed session is offered its world in a dialog, once, and takes it only with a yes."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.tui.app.driven import Driven, begin, reach
from tests.tui.app.given import before
from tooltrace.assemble import load_code, reopen
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.session.move import move
from tooltrace.debugger.world.world_owner import find


def renamed(tmp_path: Path) -> Debugger:
    debugger = reach(begin(tmp_path), before("process_credit"))
    file = debugger.session.file
    assert file is not None
    debugger.close(remember=True)
    file.rename(file.with_name("renamed.jsonl"))
    return reopen(file.with_name("renamed.jsonl"), load_code("refund"))


def own(debugger: Debugger) -> Path | None:
    assert debugger.session.file is not None
    return find(debugger.session.file, debugger.session.id).own


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


async def test_what_was_left_in_another_folder_is_told_and_nothing_is_put_in_its_way(
    tmp_path: Path,
) -> None:
    debugger = reach(begin(tmp_path), before("process_credit"))
    file = debugger.session.file
    assert file is not None
    debugger.close(remember=True)
    (tmp_path / "else where").mkdir()
    moved = file.rename(tmp_path / "else where" / "moved.jsonl")
    async with Driven(reopen(moved, load_code("refund")), (140, 36)) as d:
        await d.press("n")
        assert d.dialog == "ConfirmScreen" and "The world cannot be put back" in d.text
        assert "moved.world is not here" in d.text and "tooltrace mv OLD" in d.text
        assert "restore, then go on" not in d.text and "put it back?" not in d.status
        await d.press("r")
        assert d.dialog == "ConfirmScreen"
        await d.press("n")
    assert [path.name for path in moved.parent.iterdir()] == ["moved.jsonl"]
    move(file, moved)
    async with Driven(reopen(moved, load_code("refund")), (140, 36)) as d:
        await d.press("n")
        assert d.debugger.session.executions.runs("process_credit") == 1


async def test_one_can_go_on_with_a_new_world_where_the_old_one_is_gone(tmp_path: Path) -> None:
    debugger = renamed(tmp_path)
    shutil.rmtree(tmp_path / "refund-0001.world")
    async with Driven(debugger, (140, 36)) as d:
        await d.press("n")
        assert "The world cannot be put back" in d.text
        await d.press("k")
        assert d.debugger.session.executions.runs("process_credit") == 1


async def test_a_snapshot_that_is_gone_is_not_offered_to_be_put_back(tmp_path: Path) -> None:
    debugger = reach(begin(tmp_path), before("send_email"))
    debugger.close(remember=True)
    file = tmp_path / "refund-0001.jsonl"
    world = tmp_path / "refund-0001.world"
    last = reopen(file)
    digest = last.view().snapshot.world
    last.close()
    assert digest is not None
    with sqlite3.connect(next(world.glob("*.db"))) as database:
        database.execute("CREATE TABLE theirs (x)")
    for there in (True, False):
        async with Driven(reopen(file, load_code("refund")), (140, 36)) as d:
            await d.press("n")
            assert "was changed outside this session" in d.text
            assert ("restore, then go on" in d.text) is there
            assert ("no snapshot" in d.text) is not there
            await d.press("n")
        for kept in (world / "snapshots").glob(f"{digest}*"):
            kept.unlink()
