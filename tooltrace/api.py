"""The front door for Python: begin a run of a workflow, or open a session, and drive it.

``tooltrace.debug`` and ``tooltrace.open`` are what a script, a notebook or a test calls.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msgspec.structs import replace

from tooltrace.assemble import Code, load_code, new_run, reopen
from tooltrace.core.decide.breakpoints import Breakpoint
from tooltrace.core.decide.watches import Watch
from tooltrace.core.model.errors import BadCommand, BadExpression, BadSession, BadWorkflow
from tooltrace.core.model.events import Settings
from tooltrace.core.model.ports import ModelPort
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.python_words import for_python
from tooltrace.debugger.session.clock import now
from tooltrace.debugger.session.named_branch import branch_named
from tooltrace.debugger.session.secrets import hider
from tooltrace.debugger.session.session import Session
from tooltrace.models.registry import GIVEN, usual_model
from tooltrace.store.journal import Journal

if TYPE_CHECKING:
    from tooltrace.authoring.workflow import Workflow
    from tooltrace.core.fold.tree import Branch
    from tooltrace.debugger.replay.replayed import Replayed

__all__ = ["debug", "open_session", "replay"]


def debug(
    workflow: Workflow | str,
    *,
    input: str | None = None,  # noqa: A002 - what the workflow and the command line call it
    session: str | os.PathLike[str] | None = None,
    model: str | ModelPort | None = None,
    breakpoints: Sequence[Breakpoint | str] = (),
    watches: Sequence[Watch | str] = (),
    settings: Settings | None = None,
    content: Sequence[dict[str, Any]] = (),
) -> Debugger:
    """Begin a run of a workflow, paused before its first step.

    ``workflow`` is one, or what the command line takes: a shipped name, a file, ``module:name``.
    ``input`` is said to the model first, if not the workflow's own, and ``content`` beside it:
    content blocks, such as ``tooltrace.image(path).block()``. ``session`` is a new file, else
    the next free name where sessions are written; it goes again if nothing happens in it. ``model``
    is ``scripted`` (the workflow's policy), ``plugin:NAME``, ``PROVIDER:MODEL``, the id of one of
    Anthropic's, or a port; else the policy, or the port that the workflow brings along.
    ``settings`` are the other limits of the run; ``breakpoints`` and ``watches`` are for this
    sitting.

    Raises BadWorkflow, BadCommand, BadExpression, BadWorld, NotSaved.
    """
    code = _code(workflow, model)
    given = settings or Settings()
    if given.model == "scripted":
        given = replace(given, model=_name_of(model, code.workflow))
    path = None if session is None else Path(session)
    made = new_run(code, path, given, input, content=content)
    return _watched(made, breakpoints, watches)


def open_session(
    path: str | os.PathLike[str],
    workflow: Workflow | str | None = None,
    *,
    model: ModelPort | None = None,
    base_url: str | None = None,
    key_env: str | None = None,
    breakpoints: Sequence[Breakpoint | str] = (),
    watches: Sequence[Watch | str] = (),
    by_hand: bool = False,
) -> Debugger:
    """Open a recorded session where it was left. Opening changes nothing, runs nothing.

    Without ``workflow`` nothing can run; reading, moving, edits, forks and replays work. With
    ``by_hand`` in its place the model is asked, told of the tools that the session declares, and
    ``edit.answer`` gives their results. ``model`` is the port of a run that was given one,
    ``base_url`` the host it went to, if not the API's own, ``key_env`` the variable with the key
    for it. ``breakpoints`` and ``watches`` are for this sitting. Raises BadSession, BadWorkflow,
    BadCommand, BadExpression.
    """
    code = None if workflow is None else _code(workflow, model)
    try:
        hand = (model or True) if by_hand and code is None else False
        made = reopen(Path(path), code, base_url=base_url, key_env=key_env, by_hand=hand)
    except BadCommand as error:
        raise BadCommand(for_python(str(error))) from None
    return _watched(made, breakpoints, watches)


def replay(
    path: str | os.PathLike[str],
    workflow: Workflow | str | None = None,
    *,
    branch: str | int | None = None,
    tools: Literal["recorded", "live"] = "recorded",
    allow: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Replayed:
    """Replay a branch of a session from its beginning, offline: no model is asked.

    The session is only read. ``workflow`` is the code to hold it against; without it, it is the
    definition in the session. ``branch`` is a branch's name or a record of it, else the one stood
    on last. With ``live`` the workflow's tools run, on a copy of its world as it was when the run
    began; what would act elsewhere is answered from the recording, unless ``allow`` names its
    tool. ``ignore`` names fields of results that may differ. Raises BadSession, BadWorkflow,
    BadCommand, BadWorld.
    """
    code = None if workflow is None else _code(workflow, None)
    if tools == "live" and code is None:
        raise BadCommand("live tools are those of a workflow: name it")
    journal = Journal.open(Path(path), writable=False)
    try:
        session = Session(now, journal)
        if not session.path:
            raise BadSession(f"{path}: there is no run in it")
        named = session.tip if branch is None else branch
        chosen = branch_named(session.tree, named)
        replaying = _replaying(session, chosen, code, Path(path), tools == "live", allow, ignore)
        # A test or a notebook may have a loop of its own running.
        with ThreadPoolExecutor(1, "tooltrace-replay") as thread:
            return thread.submit(asyncio.run, replaying).result()
    finally:
        journal.close()


async def _replaying(
    session: Session,
    branch: Branch,
    code: Code | None,
    path: Path,
    live: bool,
    allow: Sequence[str],
    ignore: Sequence[str],
) -> Replayed:
    from tooltrace.debugger.replay.branch_replay import branch_replay
    from tooltrace.debugger.replay.replayed import replay_to_end

    if code is None:
        with branch_replay(session, branch, now) as (replaying, target):
            return await replay_to_end(replaying, target)
    from tooltrace.debugger.replay.today_tools import today_tools
    from tooltrace.models.scripted import ScriptedModel

    flow = code.workflow
    recorded = session.tree.snapshot_at(branch.run).definition
    if recorded.name != flow.name:
        raise BadCommand(f"{path} is a session of {recorded.name}, and {flow.name} was named")
    today = None if flow.policy is None else ScriptedModel(flow.policy)
    tools = None
    if live:
        tools = today_tools(flow, path, session.id, lambda tool, _: tool in allow, ignore)
    replayed = branch_replay(session, branch, now, flow.spec, today, tools, hider())
    with replayed as (replaying, target):
        return await replay_to_end(replaying, target)


def _name_of(model: str | ModelPort | None, workflow: Workflow) -> str:
    if model is None:
        return usual_model(workflow)
    return model if isinstance(model, str) else GIVEN


def _code(workflow: Workflow | str, model: str | ModelPort | None) -> Code:
    port = None if isinstance(model, str) else model
    if isinstance(workflow, str):
        return replace(load_code(workflow), model=port)
    if not hasattr(workflow, "spec"):
        shown = clip(one_line(repr(workflow)), 60)
        raise BadWorkflow(f"{shown} is no Workflow, nor the name of one")
    file = workflow.place.file
    return Code(file if Path(file).is_file() else "", workflow, port)


def _watched(
    made: Debugger, breakpoints: Sequence[Breakpoint | str], watches: Sequence[Watch | str]
) -> Debugger:
    try:
        made.breakpoints.add(breakpoints)
        made.watches.add(watches)
    except BadExpression:
        made.close(remember=True)
        raise
    return made
