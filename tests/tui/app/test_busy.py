"""A tool that takes its time, and facts that come faster than anyone can read."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.timing import at_most, within
from tests.tui.app.driven import Driven, begin, until
from tooltrace import Workflow, call, say, tool
from tooltrace.assemble import reopen
from tooltrace.authoring.tool import Tool
from tooltrace.cli.process.garbage_collection import collect_briefly
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import StuckSpec
from tooltrace.debugger.stop import Stop
from tooltrace.models.scripted import Move, Seen
from tooltrace.tui import app
from tooltrace.tui.actions.controller import QUICK
from tooltrace.tui.screens.session import HERTZ, SessionScreen

STEPS = 500
MOST_LAG = 0.5


class Slow:
    """A workflow whose tool blocks its thread until it is let go; three calls of it."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.let_go = threading.Event()
        self.workflow = Workflow(
            "slow",
            tools=[self._tool()],
            policy=self._policy,
            input="go",
            stuck=StuckSpec(0, 0, 0, 0),
        )

    def _tool(self) -> Tool[[int], dict[str, Any]]:
        @tool(read_only=True)
        def wait(number: int) -> dict[str, Any]:
            """Wait."""
            self.started.set()
            self.let_go.wait(20)
            return {"waited": number}

        return wait

    @staticmethod
    def _policy(seen: Seen) -> Move:
        return call("wait", number=seen.turn) if seen.turn < 3 else say("done")


@pytest.fixture
def slow() -> Iterator[Slow]:
    made = Slow()
    yield made
    made.let_go.set()


async def into_the_tool(d: Driven, slow: Slow, key: str) -> None:
    """Press a key that runs the tool, and wait until it is in it."""
    slow.started.clear()
    d.send(key)
    await until(slow.started.is_set, "the tool was not called")
    await d.settled(running=True)


async def test_keys_work_while_a_tool_blocks(tmp_path: Path, slow: Slow) -> None:
    async with Driven(begin(tmp_path, slow.workflow), (80, 24)) as d:
        await d.press("t")
        await into_the_tool(d, slow, "n")
        assert "RUNNING" in d.status
        assert "esc esc" in d.text
        with within(5):
            for key, cursor in (("home", 0), ("down", 1), ("up", 0)):
                d.send(key)
                await d.settled(running=True)
                assert d.pane("conversation").cursor == cursor
            d.send("?")
            await until(lambda: d.dialog == "HelpScreen")
            d.send("escape")
            await until(lambda: d.dialog is None)
        # Pressed right after the command, they would wait for its end instead.
        await until(lambda: time.monotonic() - d.screen.controller.given_at > QUICK)
        for key in ("n", "c", "N", "e", "F", "u"):
            d.send(key)
            await d.settled(running=True)
            assert "running: pause first (p), or give up the call (esc esc)" in d.note, key
        assert d.view.running
        slow.let_go.set()
        await d.settled()
        assert isinstance(d.view.tree[d.view.head].event, e.ToolReturned)
        assert "RUNNING" not in d.status


async def test_nobody_is_asked_how_a_call_ended_that_a_next_step_is_making(
    tmp_path: Path, slow: Slow
) -> None:
    async with Driven(begin(tmp_path, slow.workflow), (80, 24)) as d:
        await d.press("t")
        await into_the_tool(d, slow, "n")
        # The step before it ends on the screen only now.
        assert not d.screen.controller.questions.after(Stop("step"))
        await d.settled(running=True)
        assert d.dialog is None and d.view.running
        slow.let_go.set()
        await d.settled()
        assert d.dialog is None


async def test_the_time_it_has_been_running_is_shown(tmp_path: Path, slow: Slow) -> None:
    async with Driven(begin(tmp_path, slow.workflow), (120, 36)) as d:
        await into_the_tool(d, slow, "c")
        shown = d.status
        await until(lambda: d.status != shown, "the clock stands still")
        slow.let_go.set()
        await d.settled()


async def test_pause_stops_after_the_call_that_runs(tmp_path: Path, slow: Slow) -> None:
    async with Driven(begin(tmp_path, slow.workflow), (80, 24)) as d:
        await into_the_tool(d, slow, "c")
        d.send("p")
        await d.settled(running=True)
        assert "PAUSING" in d.status.upper()
        slow.let_go.set()
        await d.settled()
        assert isinstance(d.view.tree[d.view.head].event, e.ToolReturned)
        assert d.view.snapshot.tool_calls == 1
        assert "PAUSED" in d.status


async def test_escape_gives_up_the_call_and_what_comes_late_is_ignored(
    tmp_path: Path, slow: Slow
) -> None:
    async with Driven(begin(tmp_path, slow.workflow), (80, 24)) as d:
        await into_the_tool(d, slow, "c")
        d.send("escape")
        d.send("escape")
        await until(lambda: isinstance(d.view.tree[d.view.head].event, e.ToolReturned))
        await d.settled()
        returned = d.view.tree[d.view.head].event
        assert isinstance(returned, e.ToolReturned)
        assert returned.is_error
        assert returned.abandoned
        last = d.view.tree.last_id
        slow.let_go.set()
        await d.settled()
        assert d.view.tree.last_id == last
        await d.press("c")
        assert d.view.snapshot.outcome == "completed"


async def test_leaving_while_a_tool_runs_asks_and_then_does_not_wait(
    tmp_path: Path, slow: Slow
) -> None:
    async with Driven(begin(tmp_path, slow.workflow), (80, 24)) as d:
        await into_the_tool(d, slow, "c")
        d.send("q")
        await until(lambda: d.dialog == "ConfirmScreen")
        d.send("escape")
        await until(lambda: d.dialog is None)
        assert d.view.running
        path = d.debugger.session.file
        assert path is not None
        d.send("q")
        await until(lambda: d.dialog == "ConfirmScreen")
        with within(2):
            d.send("down")
            d.send("enter")
            await until(lambda: d.app.return_code == 0)
            d.app.close_debugger()
        assert path.read_bytes().endswith(b"\n")


async def test_leaving_waits_for_no_answer_once_nothing_runs(tmp_path: Path, slow: Slow) -> None:
    async with Driven(begin(tmp_path, slow.workflow), (80, 24)) as d:
        await into_the_tool(d, slow, "c")
        d.send("q")
        await until(lambda: d.dialog == "ConfirmScreen")
        slow.let_go.set()
        await until(lambda: d.app.return_code == 0)


async def test_ctrl_c_pauses_first_and_quits_second(tmp_path: Path, slow: Slow) -> None:
    async with Driven(begin(tmp_path, slow.workflow), (80, 24)) as d:
        await into_the_tool(d, slow, "c")
        d.send("ctrl+c")
        await until(lambda: d.view.pausing)
        assert d.app.return_code is None
        d.send("ctrl+c")
        await until(lambda: d.app.return_code == 0)


# many facts


class Lag:
    """How late the loop of the app came back at worst, in seconds, while this was running."""

    worst = 0.0

    async def watch(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.002)
            self.worst = max(self.worst, time.perf_counter() - began - 0.002)


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The times at which the panes were given something new to show."""
    times: list[float] = []
    real = SessionScreen._panes

    def counting(self: SessionScreen, view: object) -> None:
        times.append(time.perf_counter())
        real(self, view)  # type: ignore[arg-type]

    monkeypatch.setattr(SessionScreen, "_panes", counting)
    yield times


def many_steps() -> Workflow:
    """A free workflow that makes a call, and another, as fast as it can."""

    @tool(read_only=True)
    def look(number: int) -> dict[str, Any]:
        """Look."""
        return {"rows": ["x" * 90] * 5}

    def policy(seen: Seen) -> Move:
        return call("look", number=seen.turn) if seen.turn < STEPS else say("done")

    off = StuckSpec(0, 0, 0, 0)
    return Workflow("many", tools=[look], policy=policy, max_turns=STEPS + 2, stuck=off, input="go")


async def test_two_thousand_facts_cost_a_bounded_number_of_repaints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted(monkeypatch) as repaints:
        async with Driven(begin(tmp_path, many_steps()), (120, 36)) as d:
            lag = Lag()
            watching = asyncio.create_task(lag.watch())
            before, began = len(repaints), time.perf_counter()
            d.send("c")
            await until(lambda: d.view.snapshot.outcome is not None, "the run did not end")
            spent = time.perf_counter() - began
            watching.cancel()
            await d.settled()
            assert d.view.tree.last_id > 4 * STEPS
            assert len(repaints) - before <= HERTZ * spent + 5
            assert len(repaints) - before < STEPS
            at_most(MOST_LAG, lag.worst)
            assert len(d.pane("calls").items) == STEPS
            assert "DONE" in d.status


async def test_a_long_session_is_seen_before_all_of_it_is_made(tmp_path: Path) -> None:
    made = begin(tmp_path, many_steps())
    made.submit.go().result(20)
    path = made.session.file
    assert path is not None
    made.close()
    reopened = reopen(path)
    async with Driven(reopened, (120, 36)) as d:
        last = f"{2 * STEPS + 3:,}"
        assert f"step {last}/{last}" in d.status
        d.debugger.submit.goto(d.view.path[1200]).result(20)
        await d.settled()
        assert "►" in d.text
        await d.press("N", "N", "n")
        await until(lambda: not d.screen.rows.filling, "the rest was not made")
        await d.settled()
        assert len(d.pane("calls").items) == STEPS
        assert d.pane("conversation").items[0].record == d.view.path[0]  # type: ignore[attr-defined]
        selected = d.pane("conversation").selected
        assert selected is not None and selected.record == d.view.head  # type: ignore[attr-defined]
        assert "►" in d.text


async def test_python_looks_for_cycles_again_once_the_app_is_there(
    tmp_path: Path, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "SETTLED", 0.01)
    usual = gc.get_threshold()
    collect_briefly()
    try:
        assert not gc.isenabled()
        async with Driven(begin(tmp_path, slow.workflow), (80, 24)):
            await until(gc.isenabled)
    finally:
        gc.set_threshold(*usual)
        gc.enable()
        gc.unfreeze()
