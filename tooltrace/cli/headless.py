"""A run without the app: to its end, or to where only a person could go on.

What is written goes to descriptors that no tool can reach, each fact once.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet

from tooltrace.cli.printed_points import PrintedPoints
from tooltrace.cli.process import supervised
from tooltrace.cli.process.garbage_collection import collect_seldom
from tooltrace.cli.process.signals import leave_within, stop_signals
from tooltrace.cli.process.unsaved_report import saved_state, tell_unsaved
from tooltrace.cli.record_json import record_json
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.model.errors import NotSaved
from tooltrace.core.model.reply import text
from tooltrace.core.text.exact_json import DEEPEST, JsonValue, readable
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.debugger.debugger import FINISHING, Debugger
from tooltrace.debugger.session.move import free_beside
from tooltrace.debugger.session.secrets import hide
from tooltrace.debugger.stop import Stop
from tooltrace.store.lines import decode

__all__ = ["EXIT", "run_headless"]

EXIT = {"completed": 0, "failed": 1, "stuck": 1, "limit": 1, "paused": 1, "error": 2}
TICK = 0.1
PATIENCE = 0.3
_MOST = 200


class _Printer:
    """Writes what happens: ``out`` takes facts, ``err`` why it could not go on."""

    def __init__(self, debugger: Debugger, out: int, err: int, as_json: bool) -> None:
        self._debugger = debugger
        self._out = out
        self._err = err
        self._as_json = as_json
        self._printed = 0
        self._points = PrintedPoints(debugger)

    def facts(self) -> None:
        """What happened since the last time and is saved; the rest soon will be."""
        view = self._debugger.view()
        fresh = view.path[self._printed :]
        if fresh:
            self._points.read()
        for record_id in fresh:
            if record_id > view.saved:
                self._debugger.save()
                return
            self._fact(view.tree[record_id])
            self._printed += 1
            self._beside(record_id)

    def _beside(self, record_id: int) -> None:
        for told in self._points.after(record_id):
            if self._as_json:
                self.json(told)
            else:
                name = f"{told['expression']} = " if told["type"] == "watch" else ""
                self.line(clip(one_line(f"{told['type']:<10} {name}{told['text']}"), _MOST))

    def unsaved(self, lines: Sequence[bytes]) -> None:
        """What happened and is not saved, now that no more can be."""
        for line in lines:
            record = decode(line.rstrip(b"\n"))
            if isinstance(record, e.Record):
                self._fact(record, saved=False)

    def _fact(self, record: e.Record, *, saved: bool = True) -> None:
        if self._as_json:
            self.json({**record_json(record), **({} if saved else {"saved": False})})
        elif line := _as_text(record):
            unsaved = "" if saved else "not saved: "
            self.line(clip(one_line(f"{unsaved}{line[: 2 * _MOST]}"), _MOST))

    def json(self, value: JsonValue) -> None:
        """One object on one line."""
        self._write(self._out, readable(value, DEEPEST))

    def line(self, text: str) -> None:
        """One line for people."""
        self._write(self._out, one_line(text))

    def error(self, text: str) -> None:
        """One line about what could not be done."""
        self._write(self._err, one_line(hide(text)))

    def _write(self, descriptor: int, text: str) -> None:
        rest = (text + "\n").encode()
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def _as_text(record: e.Record) -> str:
    match record.event:
        case e.UserSaid(text=said):
            return f"user       {said}"
        case e.ModelReplied(reply=reply):
            said = " ".join(text(reply))
            return f"assistant  {said}" if said else ""
        case e.ModelFailed(error=error):
            return f"model      failed: {error}"
        case e.ToolStarted(tool=tool):
            return f"call       {tool}"
        case e.ToolReturned(content=content, is_error=is_error, blocks=blocks):
            content = content_text(content) if blocks else content
            shown = content if isinstance(content, str) else readable(content, DEEPEST)
            return f"{'error ' if is_error else 'result'}     {shown}"
        case e.Transitioned(to=to):
            return f"state      {to}"
        case e.Diverged(what=what, field=field):
            return f"diverged   {what}: {field}"
        case e.WorldRestored():
            return "world      restored"
        case _:
            return ""


def run_headless(debugger: Debugger, out: int, err: int, as_json: bool) -> int:
    """Go on to the end; the exit code. Ctrl-C, or being told to end, pauses and saves."""
    collect_seldom()
    supervised.tell_session(debugger.session.named)
    printer = _Printer(debugger, out, err, as_json)
    told = _Told(debugger)
    with stop_signals(told.once_more):
        try:
            stop = Stop("paused", "interrupted")
            if not told.times:
                # Nobody stands at the start and has seen what comes first.
                met = debugger.breakpoints.met()
                stop = met or _wait(debugger.submit.go(), printer, told)
            if stop.kind in ("limit", "stuck"):
                ended = _wait(debugger.submit.finish(), printer, told)
                stop = ended if ended.kind == "error" else stop
            outcome, why = _outcome(debugger, stop)
        finally:
            elsewhere = _saved_elsewhere(debugger)
            unsaved = _closed(debugger)
            # Also when nobody reads what is printed.
            lines = debugger.unsaved
            where = tell_unsaved(lines, err)
        code, complaint = _verdict(debugger, outcome)
        why = "; ".join(filter(None, (why, complaint)))
        if elsewhere or unsaved or stop.saving:
            state = saved_state(debugger.session, lines, where)
            state = "" if elsewhere and not lines else state
            outcome, why = "error", "; ".join(filter(None, (elsewhere, state)))
            code = EXIT[outcome]
        printer.facts()
        printer.unsaved(lines)
        _say_outcome(debugger, printer, outcome, why, as_json)
    if told.times:
        leave_within(PATIENCE, code)
    return code


def _verdict(debugger: Debugger, outcome: e.Outcome) -> tuple[int, str]:
    """The exit code, and what a scenario that the run was given has to say."""
    injector = debugger.faults.injector
    if injector is None:
        return EXIT[outcome], ""
    complaint = injector.complaint(outcome)
    if injector.expected == outcome:
        return (1 if complaint else 0), complaint
    return EXIT[outcome] or (1 if complaint else 0), complaint


def _saved_elsewhere(debugger: Debugger) -> str:
    """Save a session whose file is gone beside it; what became of both, or nothing.

    Nobody can be asked for another name, and what was paid for is kept.
    """
    gone, path = debugger.gone, debugger.session.file
    if gone is None or path is None:
        return ""
    beside = free_beside(path)
    stop = debugger.submit.save_as(beside).result()
    return gone if stop.kind == "error" else f"{gone}: saved as {one_line(beside.name)}"


def _closed(debugger: Debugger) -> bool:
    """Save and let go; whether something is left that could not be saved."""
    try:
        debugger.close()
    except NotSaved:
        return True
    return bool(debugger.unsaved)


class _Told:
    """How often this was told to end, and what follows from it; ``once_more`` is for handlers."""

    def __init__(self, debugger: Debugger) -> None:
        self.times = 0
        self._debugger = debugger
        self._cancel_at = float("inf")

    def once_more(self) -> None:
        """Let what is about to come back do so; whoever says it again does not want to wait."""
        self.times += 1
        until = time.monotonic() + (FINISHING if self.times == 1 else 0.0)
        self._cancel_at = min(self._cancel_at, until)

    def heed(self) -> None:
        """Do what follows, each time anew: a command that began just now has not heard of it yet.

        Not in the handler, which may have interrupted whoever holds the debugger's lock.
        """
        if self.times:
            self._debugger.pause()
        if time.monotonic() >= self._cancel_at:
            self._cancel_at = float("inf")
            self._debugger.cancel()


def _wait(answer: Future[Stop], printer: _Printer, told: _Told) -> Stop:
    while True:
        told.heed()
        try:
            stop = answer.result(TICK)
        except NotYet:
            printer.facts()
        else:
            printer.facts()
            return stop


def _outcome(debugger: Debugger, stop: Stop) -> tuple[e.Outcome, str]:
    s = debugger.view().snapshot
    if s.outcome is not None:
        return s.outcome, s.why
    if stop.kind == "error" or (s.trouble is not None and s.trouble.kind == "failed"):
        return "error", stop.text
    return "paused", stop.text


def _say_outcome(
    debugger: Debugger, printer: _Printer, outcome: str, why: str, as_json: bool
) -> None:
    view = debugger.view()
    s = view.snapshot
    path = str(debugger.session.named or "")
    if as_json:
        steps = Steps.to(view.tree, view.tip)
        printer.json(
            {
                "type": "outcome",
                "outcome": outcome,
                "why": why,
                "state": s.state,
                "steps": steps.total,
                "tool_calls": s.tool_calls,
                "usage": s.usage.as_json(),
                "session_usage": view.tree.spent.as_json(),
                "session": path,
            }
        )
    else:
        state = f" in {s.state}" if s.state else ""
        reason = f": {why}" if why else ""
        calls = f"{s.tool_calls:,} tool call{'' if s.tool_calls == 1 else 's'}"
        printer.line(f"{outcome}{state}{reason} · {calls} · {path}")
    if outcome == "error":
        printer.error(f"tooltrace run: {why} · session: {path}")
