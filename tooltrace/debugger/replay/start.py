"""Start a replay: which piece of a recording, on which branch, and what answers in it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.ports import ModelPort
from tooltrace.core.model.request_forms import form_problem
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.edit import edits
from tooltrace.debugger.replay.live_model import LiveModelReplay
from tooltrace.debugger.replay.live_tools import LiveTools
from tooltrace.debugger.replay.recorded import RecordedReplay
from tooltrace.debugger.run.model_call import ModelCaller
from tooltrace.debugger.session.recorded_ref import open_with
from tooltrace.debugger.session.repeat_warning import call_name
from tooltrace.debugger.session.session import Session
from tooltrace.engine.engine import Ports

__all__ = ["Answers", "ReplayParts", "begin_replay"]

Answers = Literal["recorded", "live tools", "live model"]
"""What answers in a replay: the recording alone, today's tools, or a model that is asked anew."""


class ReplayParts(Struct, frozen=True):
    """What a session has at hand for replaying; each part is None when no code was named.

    ``workflow`` is what the code says now and ``today`` a model of it whose replies are compared,
    ``ports`` have the one to ask anew, ``rerun`` makes today's tools.
    """

    workflow: WorkflowSpec | None = None
    today: ModelPort | None = None
    ports: Ports | None = None
    asking: ModelCaller | None = None
    rerun: LiveTools | None = None


def begin_replay(
    session: Session,
    from_start: bool,
    parts: ReplayParts,
    answers: Answers = "recorded",
    allowed: frozenset[str] = frozenset(),
) -> RecordedReplay | LiveModelReplay:
    """A replay of the current branch: the rest of it on a branch here, or all of it as a new run.

    A replay from the start goes by the workflow as it is now. ``allowed`` names calls (see
    ``call_name``) that today's tools may make outside the world. Raises BadCommand, or BadWorld
    when there is no copy of the world for them; then nothing has changed.
    """
    if unknown := form_problem(session.snapshot.form):
        raise BadCommand(unknown)
    if answers == "live model" and (parts.ports is None or parts.asking is None):
        raise BadCommand(f"there is no model to ask: {open_with(session.tree, session.path[0])}")
    if answers == "live tools" and parts.rerun is None:
        raise BadCommand(f"there are no tools to run: {open_with(session.tree, session.path[0])}")
    if not from_start and session.at_tip:
        raise BadCommand("there is nothing recorded after this: go back first (N)")
    with ExitStack() as closing:
        tools = None
        if answers == "live tools" and parts.rerun is not None:
            workflow = parts.workflow or session.snapshot.workflow
            where = session.tree.snapshot_at(session.path[0] if from_start else session.head)
            world = None if where.unkept else where.world

            def allows(tool: str, arguments: JsonValue) -> bool:
                return call_name(tool, arguments) in allowed

            tools = closing.enter_context(parts.rerun.tools(workflow, world, allows, session.hide))
        recorded = _branch_off(session, from_start, parts.workflow)
        if answers == "live model" and parts.ports is not None and parts.asking is not None:
            return LiveModelReplay(session.tree, recorded, session, parts.ports, parts.asking)
        return RecordedReplay(
            session.tree,
            recorded,
            session,
            parts.today if from_start else None,
            as_recorded=parts.workflow is None or not from_start,
            tools=tools,
            closing=closing.pop_all(),
        )


def _branch_off(
    session: Session, from_start: bool, workflow: WorkflowSpec | None
) -> list[e.Record]:
    """Stand where the replay begins; what it goes through."""
    begin = 0 if from_start else session.tree.depth(session.head)
    recorded = session.tree.path(session.tip)[begin + 1 :]
    if from_start:
        _begin_run(session, workflow)
    else:
        edits.fork(session, edits.free_name(session, "replay"))
    return recorded


def _begin_run(session: Session, workflow: WorkflowSpec | None) -> None:
    root = session.tree[session.path[0]]
    event = root.event
    if not isinstance(event, e.RunStarted):
        raise BadCommand("this run has no beginning that can be replayed")
    if workflow is not None:
        event = replace(event, workflow=workflow)
    session.append_after(None, event, "recorded", root.of or root.id)
