"""The app in a test: keys go in, and what changed in the session and on the screen comes out.

Nothing is stood in for: the debugger is the one that the command line builds, on its own thread,
over a journal in a folder of the test's own. ``press`` returns when the command that a key asked
for has ended and its answer is on the screen.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from textual.events import Key
from textual.keys import _character_to_key

from tests.tui.app.given import before
from tests.tui.idle import idle
from tests.tui.tui_support import screen_lines, screen_text
from tooltrace.assemble import Code, load_code, new_run, reopen
from tooltrace.authoring.workflow import Workflow
from tooltrace.core.model.events import Event, Settings
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.debugger.view import View
from tooltrace.tui.app import ToolTraceApp
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.screens.session import HERTZ, SessionScreen
from tooltrace.tui.services import AppServices

__all__ = ["DEADLINE", "SIZES", "Driven", "begin", "doors", "reach", "shipped", "until"]

SIZES = ((80, 24), (120, 36), (160, 45), (60, 20))
DEADLINE = 30.0
"""Seconds after which something that should have happened has not."""


def doors(folder: Path, shipped: Iterable[tuple[str, str]] = ()) -> AppServices:
    """Doors that open sessions in a folder; new ones are numbered from 1."""
    points = BreakpointFile(folder)

    def run(name: str) -> Debugger:
        number = len(list(folder.glob("*.jsonl"))) + 1
        path = folder / f"{name}-{number:04d}.jsonl"
        return new_run(load_code(name), path, Settings(), None, points=points)

    return AppServices(
        run=run,
        open=lambda path: reopen(path, points=points),
        recent=lambda: sorted(folder.glob("*.jsonl")),
        shipped=list(shipped),
    )


def begin(
    folder: Path, workflow: str | Workflow = "refund", text: str | None = None, **settings: Any
) -> Debugger:
    """A new run of a workflow, shipped or the test's own, paused before its first step."""
    ref = workflow if isinstance(workflow, str) else workflow.name
    code = load_code(ref) if isinstance(workflow, str) else Code(ref, workflow)
    path = folder / f"{ref}-0001.jsonl"
    return new_run(code, path, Settings(**settings), text, points=BreakpointFile(folder))


def shipped(name: str = "refund") -> Code:
    """A shipped workflow, named as a person names it."""
    return load_code(name)


def reach(debugger: Debugger, there: Callable[[View], bool], most: int = 60) -> Debugger:
    """Step until ``there``, with no app around."""
    for _ in range(most):
        if there(debugger.view()):
            return debugger
        stop = debugger.submit.step().result(DEADLINE)
        assert stop.kind == "step", stop
    raise AssertionError(f"not there after {most} steps")


async def until(there: Callable[[], object], what: str = "") -> None:
    """Let the loop run until ``there``; fails after the deadline."""
    late = time.monotonic() + DEADLINE
    while not there():
        assert time.monotonic() < late, what or "it did not happen in time"
        await asyncio.sleep(0.01)  # Reading the screen takes as long.


class Driven:
    """An app at some size with a pilot: ``async with Driven(debugger) as d``."""

    def __init__(
        self,
        debugger: Debugger | None,
        size: tuple[int, int] = (120, 36),
        given: AppServices | None = None,
    ) -> None:
        empty = AppServices(_no_door, _no_door, list, [])
        self.app = ToolTraceApp(given or empty, debugger)
        self._started = debugger
        self._running = self.app.run_test(size=size, notifications=True)

    async def __aenter__(self) -> Driven:
        self.pilot = await self._running.__aenter__()
        await self.settled()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._running.__aexit__(*error)
        self.app.close_debugger()

    @property
    def debugger(self) -> Debugger:
        """The debugger of the session that is open."""
        assert self.app.debugger is not None
        return self.app.debugger

    @property
    def view(self) -> View:
        """What the debugger shows now."""
        return self.debugger.view()

    @property
    def screen(self) -> SessionScreen:
        """The session's screen, also while a dialog is over it."""
        return next(s for s in self.app.screen_stack if isinstance(s, SessionScreen))

    @property
    def dialog(self) -> str | None:
        """The name of the dialog on top; None when the session's screen is."""
        return self.dialogs[-1] if self.dialogs else None

    @property
    def dialogs(self) -> list[str]:
        """The names of the dialogs that are open, the one on top last.

        For a test that has named one and goes on: mypy takes it that ``dialog`` stays that name.
        """
        names = [type(screen).__name__ for screen in reversed(self.app.screen_stack)]
        over = itertools.takewhile(lambda name: name not in ("SessionScreen", "HomeScreen"), names)
        return [*over][::-1]

    @property
    def text(self) -> str:
        """What the terminal shows."""
        return screen_text(self.app)

    @property
    def lines(self) -> list[str]:
        """The same, line by line."""
        return screen_lines(self.app)

    @property
    def status(self) -> str:
        """The line at the top."""
        return self.lines[0]

    @property
    def note(self) -> str:
        """What the last notification said; empty when there is none, or it is gone."""
        notes = [" ".join(note.message.split()) for note in self.app._notifications]
        return notes[-1] if notes else ""

    def pane(self, name: str) -> RowsPane:
        """A pane of the session's screen."""
        return self.screen.panes.pane(name)

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each when all before has come to rest."""
        for key in keys:
            self.send(key)
            await self.settled()

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        for char in text:
            self.send(char)
        await self.settled()

    def send(self, key: str) -> None:
        """Press a key, and wait for nothing."""
        name = key if len(key) > 1 or key.isalnum() else _character_to_key(key)
        char = key if len(key) == 1 else {"enter": "\r", "tab": "\t", "escape": "\x1b"}.get(key)
        driver = self.app._driver
        assert driver is not None
        driver.send_message(Key(name, char))

    async def settled(self, running: bool = False) -> None:
        """Every answer has been dealt with, and the screen shows it.

        Nothing runs any more either, unless something is meant to be ``running`` still.
        """
        await idle()
        debugger = self.app.debugger
        if debugger is not None:
            await self._begun(debugger)
            if not running:
                await until(lambda: not debugger.view().running, "still running")
                await self._begun(debugger)
        await idle()
        self.app.screen._on_timer_update()
        await idle()
        for screen in self.app.screen_stack:
            if isinstance(screen, SessionScreen):
                if running:
                    await until(partial(_a_tick_after, screen.controller.given_at))
                screen.tick()
        await idle()

    @staticmethod
    async def _begun(debugger: Debugger) -> None:
        """Everything asked of the debugger's thread so far has begun."""
        loop = asyncio.get_running_loop()
        for _ in range(2):
            if debugger._parts.loop._closed:
                return
            passed = asyncio.Event()
            debugger._parts.loop.soon(partial(loop.call_soon_threadsafe, passed.set))
            await asyncio.wait_for(passed.wait(), DEADLINE)

    async def to_call(self, tool: str) -> None:
        """Step until a call of that tool is next; the screen is looked at then."""
        for _ in range(40):
            if before(tool)(self.view):
                await self.settled()
                return
            await asyncio.wrap_future(self.debugger.submit.step())
        raise AssertionError(f"{tool} was not called")

    def quiet(self) -> None:
        """Forget the notifications so far."""
        self.app.clear_notifications()


def _a_tick_after(at: float) -> bool:
    return time.monotonic() - at > 1 / HERTZ


def _no_door(_: object) -> Debugger:
    raise AssertionError("this door was not to be opened")


def facts(view: View) -> list[Event]:
    """The events of the current branch up to the head."""
    return [view.tree[i].event for i in view.path[: view.path.index(view.head) + 1]]
