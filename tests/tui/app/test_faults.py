"""Faults by key: picked at a paused call, seen on a branch, kept as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.app.driven import Driven, begin
from tests.tui.app.keys import presses
from tooltrace.core.model import events as e
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.faults.scenario import ToolFault
from tooltrace.debugger.faults.scenario_file import read_scenario


@presses("inject")
@presses("scenario")
async def test_a_timeout_seen_to_its_end_and_kept(
    at_credit: Debugger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with Driven(at_credit, (120, 36)) as d:
        await d.press("X")
        assert d.note == "▲ no fault was injected on this branch: press x at a paused call"
        await d.press("x")
        assert d.dialog == "PickerScreen"
        assert "What should go wrong with process_credit?" in d.text
        assert "process_credit is not called; the model reads" in d.text
        assert "Timeout: no result within" in d.text
        await d.type("truncated")
        await d.press("enter")
        assert "no good result of process_credit is known yet" in d.text
        assert d.dialog == "PickerScreen" and d.view.tree.last_id == 15
        await d.press(*["backspace"] * len("truncated"), "enter")
        assert d.dialogs == []
        assert d.view.branch.name == "fault-timeout"
        head = d.view.tree[d.view.head]
        assert isinstance(head.event, e.ToolReturned) and head.source == "injected"
        assert "ϟ injected" in d.text and "fault-timeout" in d.status
        await d.press("c")
        assert d.view.snapshot.state == "failed"
        assert d.debugger.session.executions.runs("process_credit") == 0
        await d.press("X")
        assert d.dialog == "PromptScreen" and "1 fault of this branch" in d.text
        await d.press("enter")
        assert "tooltrace run refund --headless --scenario fault-timeout.json" in d.note
        kept = read_scenario(tmp_path / "fault-timeout.json")
        assert isinstance(kept.faults[0], ToolFault) and kept.faults[0].tool == "process_credit"
        assert kept.outcome == "failed"
        await d.press("X", "enter")
        assert "that file is there already" in d.text
        await d.press("escape", "3")
        assert any("ϟ" in line and "process_credit" in line for line in d.lines)
        await d.press("enter")
        assert "a fault: the tool was not called" in d.text
        await d.press("escape", "u")
        assert d.view.branch.name == "main" and d.view.head == 15
        # The branch that was left is marked.
        assert "└─ϟ" in d.text


@presses("inject")
async def test_an_http_error_from_the_model(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path), (80, 24)) as d:
        await d.press("x")
        assert d.dialog is None and "no tool call or model call comes next" in d.note
        await d.press("n", "x")
        assert "What should go wrong with the model's reply?" in d.text
        await d.type("another")
        await d.press("enter")
        await d.type("999")
        await d.press("enter")
        assert "999 is no HTTP error: they go from 400 to 599" in d.text
        await d.press("escape", "escape", "x")
        await d.type("529")
        await d.press("enter")
        assert d.view.branch.name == "fault-http-529"
        assert "overloaded" in d.text and d.view.retry is None
        await d.press("n")
        assert d.view.snapshot.turn == 1


@presses("inject")
async def test_a_reply_that_is_cut_asks_nothing_by_itself(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path), (80, 24)) as d:
        await d.press("n", "x")
        await d.type("cut")
        await d.press("enter")
        assert d.dialog is None
        assert "n asks again" in d.status and d.view.branch.name == "fault-cut-stream"
