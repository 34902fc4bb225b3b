"""Starts the app: the terminal is put out of the tools' reach first, and given back last."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tooltrace.cli.config.chosen import chosen, preferences_of
from tooltrace.cli.point_options import NOTHING, GivenPoints
from tooltrace.cli.process import supervised
from tooltrace.cli.process.garbage_collection import collect_briefly
from tooltrace.cli.process.ground import Ground
from tooltrace.cli.process.signals import leave_if_told, leave_within, stop_signals
from tooltrace.cli.process.terminal import require_terminal
from tooltrace.cli.process.unsaved_report import saved_state, tell_unsaved
from tooltrace.core.model.errors import BadExpression, ToolTraceError
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.debugger.session import folders
from tooltrace.debugger.session.recordings import recordings
from tooltrace.debugger.session.secrets import hide
from tooltrace.tools.functions.forked_process import ForkSafeLoop, stay
from tooltrace.tui.keys.keymap import rebind

if TYPE_CHECKING:
    from tooltrace.debugger.debugger import Debugger
    from tooltrace.debugger.session.session import Session
    from tooltrace.tools.output.capture import OutputCapture
    from tooltrace.tools.output.descriptor_guard import DescriptorGuard
    from tooltrace.tui.app import ToolTraceApp
    from tooltrace.tui.services import Show

__all__ = ["run_app", "run_home"]

PATIENCE = 0.3
"""Seconds that threads of the workflow's code get to end by themselves after quitting."""

SOON = 0.02

Start = Callable[["OutputCapture", BreakpointFile], "Debugger"]


Shows = Callable[["Debugger"], "Show | None"]


def run_app(
    start: Start, instead: str, extra: GivenPoints = NOTHING, shows: Shows | None = None
) -> int:
    """Debug what ``start`` opens, until the person quits; the exit code.

    ``shows`` says how it is shown to an audience. Raises ToolTraceError, and nothing was opened.
    """

    def opening(capture: OutputCapture, points: BreakpointFile) -> Debugger:
        debugger = start(capture, points)
        try:
            extra.give(debugger)
        except BadExpression:
            debugger.close()
            raise
        return debugger

    return _run(opening, instead, shows)


def run_home(instead: str) -> int:
    """Begin at the home screen."""
    return _run(None, instead)


def _run(start: Start | None, instead: str, shows: Shows | None = None) -> int:
    collect_briefly()
    require_terminal(instead)
    choices = chosen()
    rebind(choices.file.keys)  # Before a screen is imported: its keys are made then.
    from tooltrace.tools.output.capture import OutputCapture
    from tooltrace.tools.output.descriptor_guard import DescriptorGuard

    guard = DescriptorGuard(terminal=True, hide=hide)
    points = BreakpointFile(folders.project(), hide)
    process = os.getpid()
    quitting = _Quitting()
    with guard, OutputCapture(guard) as capture:
        leave_if_told()
        debugger = start(capture, points) if start else None
        stay(process)
        if debugger is not None:
            _opened(debugger)
        show = _show(debugger, shows)

        with Ground(
            choices.values["theme"], guard.real_stdin, guard.real_stderr, os.environ
        ) as ground:

            def ready() -> None:
                guard.seal()
                capture.reassert()
                ground.taken()
                quitting.ready(app)

            # Textual takes hold of the standard streams when it is imported: not before the guard.
            from tooltrace.cli.named_code import known
            from tooltrace.tui.app import AppServices, ToolTraceApp
            from tooltrace.tui.clipboard import Clipboard
            from tooltrace.tui.external_editor import run_elsewhere
            from tooltrace.tui.opener import Opener
            from tooltrace.tui.terminal_words import takes_progress

            theme = ground.theme()
            services = AppServices(
                run=lambda ref: _opened(_start_run(ref, capture, points)),
                open=lambda path: _opened(_start_open(path, capture, points)),
                recent=lambda: [*folders.recent_sessions(most=None), *folders.half_removed()],
                shipped=_shipped(),
                known=known,
                open_with=lambda path, ref: _opened(_start_with(path, ref, capture, points)),
                by_hand=lambda path: _opened(_start_by_hand(path, capture, points)),
                new=_new,
                recordings=recordings,
                places=folders.last_places(),
                ready=ready,
                stdio=(guard.real_stdin, guard.real_stdout, guard.real_stderr),
                clipboard=Clipboard(),
                opener=Opener(),
                progress=takes_progress(os.environ),
                preferences=preferences_of(choices, theme),
                show=show,
                typed=ground.typed,
                modes=ground.modes,
            )
            bond = supervised.bond()
            run_elsewhere(bond.edit if bond is not None else None)
            app = ToolTraceApp(services, debugger)
            try:
                with stop_signals(quitting.ask):
                    _draw(app, guard)
            finally:
                services.media.remove()
                left = app.close_debugger()
        if debugger is not None and left is None:
            _say("nothing happened yet: no session is kept", guard.real_stderr)
        _say_where(left, guard.real_stderr)
        for session in app.unsaved:
            _say_unsaved(session, guard.real_stderr)
    code = app.return_code or (2 if app.unsaved else 0)
    leave_within(PATIENCE, code)
    return code


def _show(debugger: Debugger | None, shows: Shows | None) -> Show | None:
    if debugger is None or shows is None:
        return None
    try:
        return shows(debugger)
    except ToolTraceError:
        debugger.close(remember=True)
        raise


class _Quitting:
    """Saves and quits as if the person had asked for it; ``ask`` is for signal handlers."""

    def __init__(self) -> None:
        self._asked = False
        self._app: ToolTraceApp | None = None

    def ask(self) -> None:
        """Now, or as soon as the screen is up."""
        self._asked = True
        if self._app is not None:
            with suppress(RuntimeError):  # The screen is gone already.
                asyncio.get_running_loop().call_soon_threadsafe(self._quit, self._app)

    def ready(self, app: ToolTraceApp) -> None:
        """The screen is about to come up."""
        self._app = app
        if self._asked:
            asyncio.get_running_loop().call_soon(self._quit, app)

    def _quit(self, app: ToolTraceApp) -> None:
        if app.screen.is_mounted:
            app.exit(None, 1)
        else:  # Half of it is there, and could not be left.
            asyncio.get_running_loop().call_later(SOON, self._quit, app)


def _draw(app: ToolTraceApp, guard: DescriptorGuard) -> None:
    """Run the app; the parent process hears whether the terminal was given back."""
    terminal = _terminals(guard)
    supervised.tell("D")
    try:
        with asyncio.Runner(loop_factory=ForkSafeLoop) as runner:
            runner.run(app.run_async(mouse=app.services.preferences.mouse))
    finally:
        # Where a tool has closed them, nothing that was written last has arrived.
        if _terminals(guard) == terminal:
            supervised.tell("d")


def _terminals(guard: DescriptorGuard) -> list[tuple[int, int]]:
    found = []
    for descriptor in (guard.real_stdin, guard.real_stderr):
        with suppress(OSError):
            status = os.fstat(descriptor)
            found.append((status.st_rdev, status.st_ino))
    return found


def _opened(debugger: Debugger) -> Debugger:
    """Say which session is open, to the one that says it where this process no longer can."""
    supervised.tell_session(debugger.session.named)
    debugger.share(folders.published_places())
    return debugger


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
    from tooltrace.authoring.shipped import shipped

    return shipped()


def _new(name: str, template: str) -> str:
    from tooltrace.authoring.new_workflow import new_workflow

    return str(new_workflow(Path(), name, template))


def _start_run(ref: str, capture: OutputCapture, points: BreakpointFile) -> Debugger:
    from tooltrace.assemble import load_code, new_run
    from tooltrace.cli.named_code import remember
    from tooltrace.core.model.events import Settings

    code = load_code(ref)
    made = new_run(code, None, Settings(), None, capture, points)
    remember(code)
    return made


def _start_with(path: Path, ref: str, capture: OutputCapture, points: BreakpointFile) -> Debugger:
    from tooltrace.assemble import reopen
    from tooltrace.cli.named_code import known_code

    return reopen(path, known_code(ref), capture, points, last=folders.last_places())


def _start_by_hand(path: Path, capture: OutputCapture, points: BreakpointFile) -> Debugger:
    from tooltrace.assemble import reopen

    return reopen(path, None, capture, points, last=folders.last_places(), by_hand=True)


def _start_open(path: Path, capture: OutputCapture, points: BreakpointFile) -> Debugger:
    from tooltrace.assemble import reopen

    return reopen(path, None, capture, points, last=folders.last_places())
