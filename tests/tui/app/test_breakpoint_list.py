"""The list of breakpoints, logpoints and watches, and what they show on the session's screen."""

from __future__ import annotations

import json
from pathlib import Path

from tests.tui.app.driven import Driven, begin, reach, until
from tests.tui.app.given import before
from tests.tui.app.keys import each, presses
from tooltrace.assemble import reopen
from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.decide.watches import Watch, parse_watch
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.tui.rows.calls.log_row import LogRow
from tooltrace.tui.rows.workflow.watch_rows import WatchRow

HOSTILE = "\x1b[2J[@click=app.quit]x[/]\u202e"


@each("breakpoints")
@presses("add_point")
@presses("add_watch")
@presses("switch_point")
async def test_add_switch_off_and_keep(tmp_path: Path, key: str) -> None:
    async with Driven(begin(tmp_path), (80, 24)) as d:
        await d.press(key)
        assert d.dialog == "BreakpointsScreen"
        assert d.text.count("none: a adds one") == 2 and "none: w adds one" in d.text
        await d.press("a")
        await d.type("tool:send_email if nothing")
        await d.press("enter")
        assert "unknown name nothing" in d.text
        for _ in "if nothing":
            d.send("backspace")
        await d.type("hits 1")
        await d.press("enter")
        await d.press("a")
        await d.type("reply log reply.stop_reason")
        await d.press("enter")
        await d.press("w")
        await d.type("context.order.id")
        await d.press("enter")
        assert "1 breakpoint, 1 logpoint, 1 watch" in d.text
        await d.press("up", "space")
        off = Breakpoint("reply", log="reply.stop_reason", enabled=False)
        assert d.view.points == (parse("tool:send_email hits 1"), off)
        await d.press("space", "escape")
    kept = json.loads((tmp_path / ".tooltrace" / "breakpoints.json").read_text())
    assert kept["refund"] == [
        *("tool:send_email hits 1", "watch context.order.id", "reply log reply.stop_reason")
    ]


@each("edit_point")
async def test_edit_in_place(tmp_path: Path, key: str) -> None:
    debugger = begin(tmp_path)
    debugger.breakpoints.set(["tool:send_email", "call log args"])
    debugger.watches.set(["turn"])
    async with Driven(debugger, (80, 24)) as d:
        await d.press("l", key)
        assert "tool:send_email" in d.text
        await d.type(" hits 2")
        await d.press("enter")
        assert [str(p) for p in d.view.points] == ["tool:send_email hits 2", "call log args"]
        await d.press("down", key)
        await d.press("escape")
        await d.press("down", key)
        await d.type(" + 1")
        await d.press("enter")
        assert d.view.watches == (Watch("turn + 1"),)


@each("delete_point")
async def test_delete(tmp_path: Path, key: str) -> None:
    debugger = begin(tmp_path)
    debugger.breakpoints.set(["tool:send_email", "call"])
    debugger.watches.set(["turn"])
    async with Driven(debugger, (80, 24)) as d:
        await d.press("l", key, key)
        assert not d.view.points and list(d.view.watches) == [Watch("turn")]
        await d.press(key)
        assert not d.view.watches
        await d.press(key, "e", "space", "enter")
        assert d.dialog == "BreakpointsScreen"


@presses("pick_point")
async def test_pick_one_that_the_workflow_offers(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path), (80, 24)) as d:
        await d.press("l", "b")
        assert d.dialog == "PickerScreen"
        await d.type("request")
        await d.press("enter")
        assert d.view.points == (Breakpoint("request"),)
        assert d.dialog == "BreakpointsScreen"
        await until(lambda: "◉ request" in d.text)


@presses("points_help")
@presses("leave_points")
async def test_help_and_back(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path), (80, 24)) as d:
        for key in ("?", "f1"):
            await d.press("l", key)
            assert d.dialog == "HelpScreen" and "add a breakpoint or a logpoint" in d.text
            await d.press("escape", "escape")
        for key in ("escape", "q", "l"):
            await d.press("l", key)
            assert d.dialog is None


async def test_what_was_printed_stands_in_the_trace_and_is_read_whole(tmp_path: Path) -> None:
    debugger = reach(begin(tmp_path), before("process_credit"))
    debugger.breakpoints.set(["call log args", "reply log reply.text"])
    async with Driven(debugger, (120, 36)) as d:
        rows = [row for row in d.pane("calls").items if isinstance(row, LogRow)]
        assert len(rows) == 6
        await d.press("3", "home", "enter")
        assert d.dialog == "DetailScreen" and "call log args" in d.text
        await d.press("escape", "c")
        assert len([r for r in d.pane("calls").items if isinstance(r, LogRow)]) > 6


async def test_watches_are_shown_and_enter_opens_the_list(tmp_path: Path) -> None:
    debugger = reach(begin(tmp_path), before("process_credit"))
    debugger.watches.set(["state", "results"])
    async with Driven(debugger, (120, 36)) as d:
        assert "watch    state" in d.text and "processing_credit" in d.text
        await d.press("2", "end")
        while not isinstance(d.pane("workflow").selected, WatchRow):
            await d.press("up")
        await d.press("enter")
        assert d.dialog == "BreakpointsScreen"
        await d.press("escape", "n", "n")
        assert "was processing_credit" in d.text


async def test_hits_so_far_are_shown(tmp_path: Path) -> None:
    debugger = begin(tmp_path)
    debugger.breakpoints.set(["call hits 3", "reply log turn"])
    async with Driven(debugger, (80, 24)) as d:
        await d.press("c")
        assert "before process_credit" in d.status
        await d.press("l")
        assert "3 of 3" in d.text and "3×" in d.text


async def test_one_of_the_project_is_not_written_here(tmp_path: Path) -> None:
    text = '[tool.tooltrace]\nbreakpoints = ["call", "tool:moon"]\nwatches = ["turn"]\n'
    with begin(tmp_path) as debugger:
        debugger.step()
        path = debugger.session.file
    assert path is not None
    (tmp_path / "pyproject.toml").write_text(text)
    async with Driven(reopen(path, points=BreakpointFile(tmp_path)), (80, 24)) as d:
        await d.press("l")
        assert d.text.count("pyproject.toml") == 3
        await d.press("x")
        assert "it stands in pyproject.toml: delete it there" in d.text
        await d.press("e")
        assert d.dialog == "BreakpointsScreen" and "change it there" in d.text
        await d.press("space", "down", "space")
        assert [p.enabled for p in d.view.points] == [False, False]
        (tmp_path / "pyproject.toml").write_text(text.replace('"call", ', ""))
        await d.press("escape", "l")
        assert d.view.points == (Breakpoint("tool", "moon", enabled=False),)
    assert not (tmp_path / ".tooltrace").exists()


async def test_hostile_text_is_shown_and_does_nothing(tmp_path: Path) -> None:
    debugger = begin(tmp_path)
    folder = tmp_path / ".tooltrace"
    folder.mkdir()
    (folder / "breakpoints.json").write_text(
        json.dumps({"refund": [f"tool:{HOSTILE}", f"call log {HOSTILE!r}", f"watch {HOSTILE!r}"]})
    )
    async with Driven(debugger, (80, 24)) as d:
        await d.press("l", "enter")
        assert d.dialog == "PromptScreen" and "\x1b" not in d.text
        await d.press("escape", "down", "enter", "escape", "down", "space", "space", "escape")
        await d.press("c", "3", "2")
        assert "\x1b" not in d.text and "\u202e" not in d.text and d.app.return_code is None


async def test_five_hundred_are_listed_and_scrolled(at_start: Debugger) -> None:
    at_start.breakpoints.add([f"tool:send_email if turn == {n}" for n in range(300)])
    at_start.breakpoints.add([f"call if turn == {n} log args" for n in range(200)])
    async with Driven(at_start, (80, 24)) as d:
        await d.press("l", "end", "space", "home", "x")
        assert len(d.view.points) == 499
        assert "turn == 0" not in [p.when for p in d.view.points if p.log is None]
        await d.press("escape", "c")
        assert "confirm" in d.view.stop.kind or d.view.stop.kind in ("finished", "breakpoint")


async def test_the_list_is_in_the_palette(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path), (80, 24)) as d:
        await d.press("ctrl+p")
        await d.type("break list")
        await until(lambda: "Break list" in d.text)
        await d.press("enter")
        await until(lambda: d.dialog == "BreakpointsScreen")


@presses("filter_points")
async def test_typing_narrows_and_escape_lets_go_first(tmp_path: Path) -> None:
    debugger = begin(tmp_path)
    debugger.breakpoints.set(["tool:send_email", "call log args", "tool:process_credit"])
    debugger.watches.set(["context.order.id"])
    async with Driven(debugger, (80, 24)) as d:
        await d.press("l", "/")
        await d.type("TOOL credit")
        assert "tool:process_credit" in d.text
        assert not any(
            word in d.text for word in ("send_email", "call log", "Logpoints", "Watches")
        )
        await d.press("tab", "x")
        assert [str(p) for p in d.view.points] == ["tool:send_email", "call log args"]
        assert "none has these words" in d.text
        await d.press("escape")
        assert d.dialog == "BreakpointsScreen" and "tool:send_email" in d.text
        await d.press("/")
        await d.type("order")
        await d.press("enter")
        assert "Watch" in d.text and d.dialogs == ["BreakpointsScreen", "PromptScreen"]
        await d.press("escape", "escape", "escape")
        assert d.dialogs == []


@presses("undo_points")
async def test_what_was_changed_there_is_undone(tmp_path: Path) -> None:
    debugger = begin(tmp_path)
    debugger.breakpoints.set(["tool:send_email", "call log args"])
    debugger.watches.set(["turn"])
    async with Driven(debugger, (80, 24)) as d:
        before = (d.view.points, d.view.watches)
        await d.press("l", "u")
        assert "nothing was changed here" in d.text
        await d.press("x", "space", "end", "x")
        view = d.view
        assert [(str(p), p.enabled) for p in view.points] == [("call log args", False)]
        assert view.watches == ()
        await d.press("u", "u")
        view = d.view
        assert view.points[0].enabled
        assert view.watches == before[1]
        await d.press("u")
        assert (d.view.points, d.view.watches) == before
        await d.press("x")
        debugger.watches.set([parse_watch("state")])
        await d.press("u")
        assert "changed elsewhere" in d.text
        assert d.view.watches == (parse_watch("state"),) and len(d.view.points) == 1
