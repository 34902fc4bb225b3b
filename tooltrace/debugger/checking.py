"""Checking a recording: every branch replayed in memory, against its own definition or today's."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.events import RunStarted
from tooltrace.core.ports import Divergence, ModelPort
from tooltrace.core.spec import WorkflowSpec
from tooltrace.core.tree import Branch
from tooltrace.debugger.replay import Replay, pieces
from tooltrace.debugger.session import Clock, Session

__all__ = ["Checked", "check_session"]


class Checked(Struct, frozen=True):
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
) -> list[Checked]:
    """Replay each branch from its root. Nothing of the session changes, and nothing runs.

    ``workflow`` and ``today`` are what the code says now; without them a recording is held against
    the definition it carries.
    """
    return [
        await _check_branch(session, branch, clock, workflow, today)
        for branch in session.tree.branches()
    ]


async def _check_branch(
    session: Session,
    branch: Branch,
    clock: Clock,
    workflow: WorkflowSpec | None,
    today: ModelPort | None,
) -> Checked:
    root = session.tree[branch.run]
    event = root.event
    if workflow is not None and isinstance(event, RunStarted):
        event = replace(event, workflow=workflow)
    target = Session(clock)
    target.append_after(None, event, "recorded", root.id)
    recorded = list(pieces(session.tree, branch.tip))
    replay = Replay(session.tree, recorded, target, today, as_recorded=workflow is None)
    while True:
        stop = await replay.advance("level")
        if stop is not None:
            return Checked(branch.name, replay.steps, stop.divergence, stop.text)
