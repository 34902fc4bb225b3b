"""Long values that part late are seen to part: side by side, in the editor, and opened whole."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from scripts.record import SESSIONS
from tests.tui.app.driven import Driven
from tooltrace.assemble import reopen
from tooltrace.core.compare.json_diff import MISSING
from tooltrace.debugger.replay.divergence import both
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.value_diff import diff_lines
from tooltrace.tui.rows.value_summary import summary
from tooltrace.tui.rows.values import narrowed
from tooltrace.tui.screens.compare import CompareScreen
from tooltrace.tui.screens.detail import DetailScreen

BEFORE = ["", "x" * 20, "x" * 60, "x" * 5000, "\x01" * 900, "名" * 900, 'q"' * 700, "line\n" * 300]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("after", ["", "z" * 5000])
@pytest.mark.parametrize("room", [1, 8, 30, 200])
def test_two_long_values_are_cut_around_where_they_part(before: str, after: str, room: int) -> None:
    old, new = f"{before}A{after}", f"{before}B{after}"
    was, now = narrowed(old, new, room, 800)
    assert was != now and "A" in was[: max(room, 40)] and "B" in now[: max(room, 40)]
    told = both(old, new)
    assert told[0] != told[1] and max(map(len, told)) <= 80
    (line,) = summary({"k": old}, {"k": new})
    shown = plain(line).removeprefix("± k  ").split(" → ")
    assert len(shown) == 2 and "A" in shown[0] and "B" in shown[1]
    lines = [plain(shown) for shown in diff_lines(old, new, 40)]
    signed = [line for line in lines if line[:1] in ("−", "+")]
    assert signed[0][2:] != signed[1][2:] and "A" in signed[0] and "B" in signed[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (10**400 + 1, 10**400 + 2),
        (1, "1"),
        (None, MISSING),
        ("null", None),
        (1e16, 10**16),
        ("", MISSING),
        (0.0, -0.0),
    ],
)
def test_values_of_other_kinds_are_never_shown_alike(old: Any, new: Any) -> None:
    for room in (10, 100):
        was, now = narrowed(old, new, room, 400)
        assert was[: room + 1] != now[: room + 1]
    told = both(old, new)
    assert told[0] != told[1]


async def test_enter_opens_both_whole_where_they_were_cut(tmp_path: Path) -> None:
    path = Path(shutil.copy(SESSIONS / "demo-refund-edited.jsonl", tmp_path / "refund.jsonl"))
    debugger = reopen(path)
    tips = []
    for end in ("here", "there"):
        debugger.submit.goto(12, None).result(20)
        content = {"eligible": True, "reason": f"{'long ' * 400}{end}", "days": 13}
        debugger.submit.edit.result(12, content).result(20)
        tips.append(debugger.view().tip)
    async with Driven(debugger, (120, 36)) as d:
        d.screen.controller.branches.side_by_side(*tips)
        await d.settled()
        assert isinstance(d.app.screen, CompareScreen)
        assert "long here" in d.text and "long there" in d.text
        await d.press("enter")
        assert isinstance(d.app.screen, DetailScreen)
        assert "result.reason  left" in d.text
        await d.press("down")
        await d.press("end")
        assert "there" in d.text
        await d.press("escape")
        assert isinstance(d.app.screen, CompareScreen)
        await d.press("g")
        assert d.dialog is None
