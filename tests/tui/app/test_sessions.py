"""Sessions that are no new run: read by two, without code, damaged; and the home screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tui.app.driven import DEADLINE, Driven, begin, doors, reach, shipped, until
from tests.tui.app.given import before
from tooltrace.assemble import reopen
from tooltrace.debugger.view import View
from tooltrace.tui.widgets.inputs import ValueArea

CHANGING = ("e", "T", "F", "r", "i")


def recorded(folder: Path, there: Callable[[View], bool] | None = None) -> Path:
    """A session on disk that nobody has open."""
    debugger = reach(begin(folder), there or (lambda view: view.snapshot.outcome is not None))
    path = debugger.session.file
    assert path is not None
    debugger.close()
    return path


async def test_a_second_opener_reads_follows_and_changes_nothing(tmp_path: Path) -> None:
    first = reach(begin(tmp_path), before("check_refund_policy"))
    path = first.session.file
    assert path is not None
    async with Driven(reopen(path), (120, 36)) as d:
        bytes_before = path.read_bytes()
        assert "READ-ONLY" in d.text.upper()
        for key in CHANGING:
            await d.press("3", key)
            assert d.dialog is None, key
            assert "pid" in d.note or "open" in d.note, key
        await d.press("N", "N", "n")
        assert d.view.head < d.view.tip
        assert path.read_bytes() == bytes_before
        await d.press("end", "g")
        assert d.view.at_tip
        tip = d.view.tip
        first.submit.step().result(DEADLINE)
        await until(lambda: d.view.tip > tip, "what the writer added is not followed")
        assert d.view.at_tip
        await until(lambda: "processing_credit" in d.text or "eligible" in d.text)
    first.close()


async def test_without_a_workflow_all_but_going_live_works(tmp_path: Path) -> None:
    path = recorded(tmp_path, before("process_credit"))
    async with Driven(reopen(path), (120, 36)) as d:
        for key in ("n", "t", "c"):
            await d.press(key)
            assert "--workflow refund" in d.note, key
        assert d.view.head == 15
        await d.press("N", "N", "c")
        assert d.view.at_tip
        await d.press("3", "up", "e")
        area = d.app.screen.query_one(ValueArea)
        area.load_text(area.text.replace("true", "false"))
        await d.press("f2", "n")
        # A transition needs nobody's code.
        assert d.view.snapshot.state == "failed"
        await d.press("n")
        assert "--workflow refund" in d.note
        await d.press("u", "3", "S")
        assert d.dialog == "EditorScreen"
        d.app.screen.query_one(ValueArea).load_text('{"credit_id": 3}')
        await d.press("f2", "n")
        assert d.view.snapshot.state == "sending_email"
        await d.press("r", "enter", "c")
        assert "no divergence" in d.text


async def test_with_a_workflow_a_recording_goes_on(tmp_path: Path) -> None:
    path = recorded(tmp_path, before("process_credit"))
    async with Driven(reopen(path, shipped()), (80, 24)) as d:
        await d.press("c")
        assert d.view.snapshot.outcome == "completed"


async def test_who_only_looks_changes_nothing_and_who_wrote_is_put_back_where_they_left(
    tmp_path: Path,
) -> None:
    path = recorded(tmp_path, before("process_credit"))
    async with Driven(reopen(path), (80, 24)) as d:
        was = path.read_bytes()
        await d.press("N", "N", "n", "q")
    assert path.read_bytes() == was
    async with Driven(reopen(path, shipped()), (80, 24)) as d:
        await d.press("c", "c")
        assert d.view.snapshot.outcome == "completed"
        await d.press("N", "N", "N")
        left = d.view.head
        await d.press("q")
    assert path.read_bytes() != was
    async with Driven(reopen(path), (80, 24)) as d:
        assert d.view.head == left
        assert not d.view.at_tip


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_damaged_file_says_what_is_wrong_with_it(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = recorded(tmp_path, before("process_credit"))
    lines = path.read_bytes().split(b"\n")
    lines[8] = b"\x00\x1b[2J not a record"
    path.write_bytes(b"\n".join(lines)[:-5])
    debugger = reopen(path)
    problems = debugger.view().problems
    assert problems
    async with Driven(debugger, size) as d:
        assert problems[0].split(":")[0] in d.note or "line" in d.note
        await d.press("2")
        await d.press("end")
        assert "▲" in d.text
        await d.press("1", "N", "N", "n")
        assert d.view.head


# the home screen


async def test_home_offers_workflows_and_sessions(tmp_path: Path) -> None:
    recorded(tmp_path)
    shown = [("refund", "one after the other"), ("loan", "branches")]
    async with Driven(None, (80, 24), doors(tmp_path, shown)) as d:
        assert "refund" in d.text
        assert "refund-0001" in d.text
        await d.press("down", "enter")
        assert d.view.snapshot.workflow.name == "loan"
        await d.press("n", "q")
        assert d.app.debugger is None
        assert "loan-0002" in d.text
        await d.press("end", "enter")
        assert d.view.snapshot.workflow.name == "refund"
        await d.press("q", "?")
        assert d.dialog == "HelpScreen"
        await d.press("escape", "q")
        assert d.app.return_code == 0


async def test_home_says_why_a_session_cannot_be_opened(tmp_path: Path) -> None:
    recorded(tmp_path)
    (tmp_path / "a [click] \x1b]0;x.jsonl").write_bytes(b"hello\n")
    (tmp_path / "b.jsonl").write_bytes(b"")
    (tmp_path / "c.jsonl").mkdir()
    async with Driven(None, (80, 24), doors(tmp_path)) as d:
        assert "\\u{1b}" in d.text
        await d.press("down")  # Past the row for other agents' sessions.
        for _ in range(3):
            await d.press("enter")
            assert d.app.debugger is None
            assert d.note.startswith("×")
            await d.press("down")
        await d.press("enter")
        assert d.view.snapshot.workflow.name == "refund"


async def test_home_with_nothing_to_open(tmp_path: Path) -> None:
    async with Driven(None, (60, 20), doors(tmp_path)) as d:
        assert "none yet" in d.text
        await d.press("enter", "down", "r")
        await until(lambda: "have none" in d.note)
        assert d.dialog is None
        d.quiet()
        await d.press("escape")
        assert d.note == "q quits"
        await d.press("q")
        assert d.app.return_code == 0
