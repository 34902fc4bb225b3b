"""Check a recording: replay every branch in memory, against its definition or today's."""

from __future__ import annotations

from msgspec import Struct

from tooltrace.core.fold.tree import Branch
from tooltrace.core.model.ports import Divergence, ModelPort
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.redact import Hide, nothing_hidden
from tooltrace.debugger.replay.branch_replay import ToolsFor, branch_replay
from tooltrace.debugger.replay.divergence import describe, divergence_at
from tooltrace.debugger.replay.recorded import RecordedReplay
from tooltrace.debugger.run.consent import NOTHING
from tooltrace.debugger.session.clock import Clock
from tooltrace.debugger.session.session import Session

__all__ = ["BranchVerdict", "check_session"]


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
    """Replay each branch from its root, as ``branch_replay`` does; raises as that does."""
    verdicts = []
    for branch in session.tree.branches():
        with branch_replay(session, branch, clock, workflow, today, tools_for, hide) as (replay, _):
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
