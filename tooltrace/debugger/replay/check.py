"""Check a recording: replay every branch in memory, against its definition or today's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.fold.tree import Branch
from tooltrace.core.model.errors import BadSession
from tooltrace.core.model.events import RunStarted, Unknown
from tooltrace.core.model.ports import Divergence, ModelPort
from tooltrace.core.model.request_forms import form_problem
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.redact import Hide, nothing_hidden
from tooltrace.debugger.replay.divergence import describe, divergence_at
from tooltrace.debugger.replay.recorded import RecordedReplay
from tooltrace.debugger.run.consent import NOTHING
from tooltrace.debugger.session.clock import Clock
from tooltrace.debugger.session.session import Session
from tooltrace.tools.recorded.by_call import RecordedTools

__all__ = ["BranchVerdict", "ToolsFor", "check_session"]

ToolsFor = Callable[[RunStarted], AbstractContextManager[RecordedTools]]
"""The tools for the replay of one branch, from how its run began. May raise BadWorld."""


class BranchVerdict(Struct, frozen=True):
    """How the replay of one branch went: its first divergence, or None; ``text`` says it."""

    branch: str
    steps: int
    divergence: Divergence | None
    text: str


async def check_session(
    session: Session,
    clock: Clock,
    workflow: WorkflowSpec | None = None,
    today: ModelPort | None = None,
    tools_for: ToolsFor | None = None,
    hide: Hide = nothing_hidden,
) -> list[BranchVerdict]:
    """Replay each branch from its root. Nothing of the session changes.

    ``workflow`` and ``today`` are what the code says now; without them a recording is held against
    the definition it carries. No tool runs, unless ``tools_for`` gives some that do. ``today``
    answers only for runs of a scripted model; ``hide`` takes secrets out of its replies. Raises
    BadSession where the requests of a run cannot be made here, or nobody knows how it began.
    """
    verdicts = []
    for branch in session.tree.branches():
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
            verdicts.append(await _verdict(session, branch, replay))
    return verdicts


async def _verdict(session: Session, branch: Branch, replay: RecordedReplay) -> BranchVerdict:
    """Go through a branch until something differs, or to its end."""
    while (stop := await replay.step("level", NOTHING)) is None:
        pass
    left = _left_open(session, branch)
    if stop.divergence is None and left is not None:
        text = f"{describe(left)}: met in a replay, and not accepted (a) or pruned (v) since"
        return BranchVerdict(branch.name, replay.steps, left, text)
    return BranchVerdict(branch.name, replay.steps, stop.divergence, stop.text)


def _left_open(session: Session, branch: Branch) -> Divergence | None:
    """The divergence that a replay ended in on this branch, which nobody accepted or put away.

    What a live model asked for that was never recorded is none: that is what it was asked for.
    """
    found = None if branch.pruned else divergence_at(session.tree.snapshot_at(branch.tip))
    return found if found is not None and found.record is not None else None
