"""Starts the app: the terminal is put out of the tools' reach first, and given back last."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tooltrace.cli import places
from tooltrace.cli.hiding import hide
from tooltrace.cli.last_words import saved_state, tell_unsaved
from tooltrace.cli.leaving import leave_within, stop_signals
from tooltrace.cli.memory import collect_briefly
from tooltrace.cli.terminal import require_terminal
from tooltrace.core.breakpoints import Breakpoint
from tooltrace.core.text import one_line
from tooltrace.debugger.points import PointsFile

if TYPE_CHECKING:
    from tooltrace.debugger.debugger import Debugger
    from tooltrace.debugger.session import Session
    from tooltrace.tools.capture import OutputCapture
    from tooltrace.tui.app import ToolTraceApp

__all__ = ["run_app", "run_home"]

PATIENCE = 0.3
"""Seconds that threads of the workflow's code get to end by themselves after quitting."""

Start = Callable[["OutputCapture", PointsFile], "Debugger"]


def run_app(start: Start, instead: str, extra: tuple[Breakpoint, ...] = ()) -> int:
    """Debug what ``start`` opens, until the person quits; the exit code."""

    def opening(capture: OutputCapture, points: PointsFile) -> Debugger:
        debugger = start(capture, points)
        if extra:
            debugger.add_points(extra)
        return debugger

    return _run(opening, instead)


def run_home(instead: str) -> int:
    """Begin at the home screen."""
    return _run(None, instead)


def _run(start: Start | None, instead: str) -> int:
    collect_briefly()
    require_terminal(instead)
    from tooltrace.tools.capture import OutputCapture
    from tooltrace.tools.guard import FdGuard

    guard = FdGuard(terminal=True, hide=hide)
    points = PointsFile(places.project(), hide)
    with guard, OutputCapture(guard) as capture:
        debugger = start(capture, points) if start else None

        def ready() -> None:
            guard.seal()
            capture.reassert()

        # Textual takes hold of the standard streams when it is imported: not before the guard.
        from tooltrace.tui.app import Doors, ToolTraceApp

        doors = Doors(
            run=lambda ref: _start_run(ref, capture, points),
            open=lambda path: _start_open(path, capture, points),
            recent=lambda: [*places.recent_sessions(), *places.half_removed()],
            shipped=_shipped(),
            about=_about,
            places=places.last_places(),
            ready=ready,
            stdio=(guard.real_stdin, guard.real_stdout, guard.real_stderr),
        )
        app = ToolTraceApp(doors, debugger)
        try:
            with stop_signals(lambda: _quit(app)):
                app.run()
        finally:
            left = app.close_debugger()
        if debugger is not None and left is None:
            _say("nothing happened yet: no session is kept", guard.real_stderr)
        _say_where(left, guard.real_stderr)
        for session in app.unsaved:
            _say_unsaved(session, guard.real_stderr)
    code = app.return_code or (2 if app.unsaved else 0)
    leave_within(PATIENCE, code)
    return code


def _quit(app: ToolTraceApp) -> None:
    """Save and quit as if the person had asked for it, from a signal handler."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        # Before the screen is up, or when it is gone already.
        raise KeyboardInterrupt from None
    loop.call_soon_threadsafe(app.exit, None, 1)


def _say_where(path: Path | None, descriptor: int) -> None:
    if path is not None:
        _say(f"session: {path}", descriptor)


def _say(text: str, descriptor: int) -> None:
    try:
        os.write(descriptor, one_line(text).encode() + b"\n")
    except OSError:
        pass  # The terminal was closed; the session is saved all the same.


def _say_unsaved(session: Session, descriptor: int) -> None:
    lines = session.unsaved
    state = saved_state(session, lines, tell_unsaved(lines, descriptor))
    with suppress(OSError):
        os.write(descriptor, one_line(f"tooltrace: {hide(state)}").encode() + b"\n")


def _shipped() -> list[tuple[str, str]]:
    from tooltrace.authoring.loading import shipped

    return shipped()


def _about(path: Path) -> str:
    from tooltrace.cli.list_command import about

    return about(path)


def _start_run(ref: str, capture: OutputCapture, points: PointsFile) -> Debugger:
    from tooltrace.cli.build import load_code, new_run
    from tooltrace.core.events import Settings

    code = load_code(ref)
    return new_run(code, None, Settings(), None, capture, points)


def _start_open(path: Path, capture: OutputCapture, points: PointsFile) -> Debugger:
    from tooltrace.cli.build import reopen

    return reopen(path, None, capture, points, last=places.last_places())
