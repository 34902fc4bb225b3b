"""One branch of a recording replayed from its root, in memory: nothing of the session changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from msgspec.structs import replace

from tooltrace.core.fold.tree import Branch
from tooltrace.core.model.errors import BadSession
from tooltrace.core.model.events import RunStarted, Unknown
from tooltrace.core.model.ports import ModelPort
from tooltrace.core.model.request_forms import form_problem
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.redact import Hide, nothing_hidden
from tooltrace.debugger.replay.recorded import RecordedReplay
from tooltrace.debugger.session.clock import Clock
from tooltrace.debugger.session.session import Session
from tooltrace.tools.recorded.by_call import RecordedTools

__all__ = ["ToolsFor", "branch_replay"]

ToolsFor = Callable[[RunStarted], AbstractContextManager[RecordedTools]]
"""The tools for the replay of one branch, from how its run began. May raise BadWorld."""


@contextmanager
def branch_replay(
    session: Session,
    branch: Branch,
    clock: Clock,
    workflow: WorkflowSpec | None = None,
    today: ModelPort | None = None,
    tools_for: ToolsFor | None = None,
    hide: Hide = nothing_hidden,
) -> Iterator[tuple[RecordedReplay, Session]]:
    """The replay of a branch, and the session in memory that it goes through.

    ``workflow`` and ``today`` are what the code says now; without them a recording is held against
    the definition it carries. ``today`` answers only for runs of a scripted model; ``hide`` takes
    secrets out of its replies. No tool runs, unless ``tools_for`` gives some that do. Raises
    BadSession where the requests of the run cannot be made here, or nobody knows how it began.
    """
    root = session.tree[branch.run]
    event, model, tools = root.event, today, None
    if isinstance(event, Unknown):
        why = f": {event.problem}" if event.problem else ""
        raise BadSession(f"#{root.id} cannot be read, where its run begins{why}")
    if isinstance(event, RunStarted):
        if unknown := form_problem(event.form):
            raise BadSession(unknown)
        model = today if event.settings.model == "scripted" else None
        tools = tools_for(event) if tools_for is not None else None
        event = replace(event, workflow=workflow or event.workflow)
    target = Session(clock)
    target.append_after(None, event, "recorded", root.id)
    with tools or nullcontext() as port:
        replay = RecordedReplay(
            session.tree,
            session.tree.path(branch.tip)[1:],
            target,
            model,
            as_recorded=workflow is None,
            tools=port,
            hide=hide,
        )
        yield replay, target
