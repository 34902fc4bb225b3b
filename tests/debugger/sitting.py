"""A person at the debugger, in a test: commands go in one at a time, and each is waited for.

Everything is real: a journal in a folder of the test's own, the scripted model over the workflow's
policy, its functions as tools, its world. Only times are made up.
"""

from __future__ import annotations

import itertools
from operator import attrgetter
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.events import event_of
from tooltrace import Workflow
from tooltrace.assemble import Code, run_parts
from tooltrace.core.model import events as e
from tooltrace.core.model.ports import Closeable, ModelPort
from tooltrace.core.model.request_forms import FORM
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.view import View
from tooltrace.models.scripted import ScriptedModel
from tooltrace.store.files import Files
from tooltrace.store.journal import Journal
from tooltrace.tools.output.capture import OutputCapture

__all__ = ["WAIT", "Sitting", "clock", "records_of"]

WAIT = 20.0
"""Seconds after which something that should have happened has not."""

_ticks = itertools.count()


def clock() -> str:
    """Another time at each call."""
    return f"2026-11-23T13:00:00.{next(_ticks):06d}Z"


def records_of(path: Path) -> list[e.Record]:
    """What a session's file holds."""
    with Journal.open(path) as journal:
        return journal.records


class Sitting:
    """The debugger over ``folder/s.jsonl``: a new run, or the session that is there.

    ``runs`` is false for a session opened without its workflow; ``model`` takes the place of its
    policy.
    """

    def __init__(
        self,
        folder: Path,
        workflow: Workflow,
        text: str | None = None,
        *,
        files: Files | None = None,
        points: bool = False,
        runs: bool = True,
        settings: e.Settings | None = None,
        model: ModelPort | None = None,
        capture: OutputCapture | None = None,
    ) -> None:
        self.file = folder / "s.jsonl"
        new = not self.file.exists()
        files = files or Files()
        make = Journal.create(self.file, files) if new else None
        self.journal = make or Journal.open(self.file, writable=True, files=files)
        self.session = Session(clock, self.journal)
        assert workflow.policy is not None
        self.model = model or ScriptedModel(workflow.policy)
        given = settings or e.Settings()
        parts = run_parts(Code("", workflow, self.model), self.file, given, capture)
        parts = replace(parts, today=self.model)
        self.worlds, tools = parts.worlds, parts.ports.tools
        assert isinstance(tools, Closeable)
        self.port = tools
        if new:
            self._begin(workflow, text, given)
        kept = BreakpointFile(folder) if points else None
        self.debugger = (
            parts.debugger(self.session, kept) if runs else Debugger(self.session, points=kept)
        )

    def _begin(self, workflow: Workflow, text: str | None, settings: e.Settings) -> None:
        world = self.worlds.snapshot() if self.worlds else None
        root = e.RunStarted(workflow.spec, settings, session="sitting", world=world, form=FORM)
        self.session.append(root, "live")
        self.session.append(e.UserSaid(text or workflow.spec.input or "Go."), "live")
        self.session.sync()

    def __enter__(self) -> Sitting:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self, *, remember: bool = False) -> None:
        """Leave, as a person does."""
        try:
            self.debugger.close(remember=remember)
        finally:
            self.port.close()

    def die(self) -> None:
        """Leave as a killed process does: nothing more is written, and the lock is let go of."""
        self.journal.close()
        self.session.journal = None
        self.close()

    def do(self, command: str, *args: Any, **named: Any) -> Stop:
        """One command, and how it ended."""
        verb = attrgetter(command)(self.debugger.submit)
        stop: Stop = verb(*args, **named).result(WAIT)
        return stop

    def done(self, command: str, *args: Any, **named: Any) -> Stop:
        """One command that has to end well."""
        stop = self.do(command, *args, **named)
        assert stop.kind == "step", stop
        return stop

    def step_again(self) -> Stop:
        """A step that makes a call again, here: it asks first, and gets a yes."""
        asked = self.do("step")
        assert asked.kind == "confirm" and asked.warnings, asked
        return self.done("confirm")

    def go_saying_yes(self) -> Stop:
        """On, with a yes to all that is asked."""
        stop = self.do("go")
        while stop.kind == "confirm":
            stop = self.do("confirm")
        return stop

    def steps(self, count: int) -> None:
        """So many steps, each of which has to go well."""
        for _ in range(count):
            self.done("step")

    def to_call(self, tool: str) -> e.CallRef:
        """Step until a call of that tool comes next; the call."""
        for _ in range(60):
            for call in self.snapshot.calls:
                if call.tool == tool and call.status == "waiting":
                    return call.ref
            self.done("step")
        raise AssertionError(f"{tool} was never called")

    @property
    def view(self) -> View:
        """What the debugger shows."""
        return self.debugger.view()

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot at the head."""
        return self.view.snapshot

    @property
    def head(self) -> int:
        """Where one stands."""
        return self.view.head

    @property
    def path(self) -> list[e.Record]:
        """The records from the root to the head."""
        return self.session.tree.path(self.head)

    @property
    def names(self) -> list[str]:
        """The events from the root to the head."""
        return [record.event.name for record in self.path]

    @property
    def branch_names(self) -> list[str]:
        """The branches, in the order in which they began."""
        return [branch.name for branch in self.view.branches]

    def last(self, kind: type[e.Event], tool: str | None = None) -> int:
        """The last record of that kind (about that tool) from the root to the head."""
        for record in reversed(self.path):
            if isinstance(record.event, kind) and (not tool or self._tool(record.event) == tool):
                return record.id
        raise AssertionError(f"no {kind.name} on the way")

    def _tool(self, event: Any) -> str | None:
        if isinstance(event, e.ToolStarted):
            return event.tool
        uses = [b for b in self.reply(event.call.reply)["content"] if b["type"] == "tool_use"]
        return str(uses[event.call.index]["name"])

    def said(self) -> str:
        """The text of the model's last reply."""
        content = self.reply(self.last(e.ModelReplied))["content"]
        return "".join(block.get("text", "") for block in content)

    def reply(self, record_id: int) -> dict[str, Any]:
        """The body of that reply of the model."""
        return event_of(self.session.tree[record_id], e.ModelReplied).reply
