"""Puts a debugger together: which ports, which world, which journal.

The command line, the app, tests and notebooks all get theirs here; nothing else knows more than one
of these parts. A recording opened without a workflow gets no ports at all, so nothing can run.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tooltrace import __version__
from tooltrace.core.model.content_blocks import Block
from tooltrace.core.model.errors import BadCommand, BadSession, ToolTraceError
from tooltrace.core.model.events import RunStarted, Settings
from tooltrace.core.model.ports import ModelPort
from tooltrace.core.model.request_forms import FORM
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.edit.said import said
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.debugger.session import recordings
from tooltrace.debugger.session.beginning import begin_file, take_back
from tooltrace.debugger.session.clock import REAL, Surroundings, now
from tooltrace.debugger.session.given_paths import as_given
from tooltrace.debugger.session.last_position import LastPositions
from tooltrace.debugger.session.removal import undo_beginning
from tooltrace.debugger.session.secrets import hide, hider
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.world.branch_worlds import BranchWorlds
from tooltrace.models.named_host import check_named
from tooltrace.models.registry import check_model
from tooltrace.store.journal import Journal
from tooltrace.store.open import UNLOCKED

if TYPE_CHECKING:
    from tooltrace.tools.output.capture import OutputCapture

from tooltrace.run_parts import Code, RunParts, run_parts

__all__ = ["Code", "RunParts", "load_code", "new_run", "reopen", "run_parts"]

_Opened = tuple[Session, Journal, tuple[str, ...]]


def load_code(ref: str) -> Code:
    """Import a workflow because a person named it. Raises BadWorkflow."""
    from tooltrace.authoring.load import load

    return Code(ref, load(ref), named=True)


def new_run(
    code: Code,
    path: Path | None,
    settings: Settings,
    text: str | None = None,
    capture: OutputCapture | None = None,
    points: BreakpointFile | None = None,
    around: Surroundings = REAL,
    content: Sequence[Block] = (),
) -> Debugger:
    """A new session file with one run in it, paused before its first step.

    ``content`` are blocks that are said beside the text, such as pictures. Without ``path`` it gets
    the next free name. When the person leaves before anything happened, it goes again. Raises
    ToolTraceError, and then there is no new file and no world.
    """
    workflow = code.workflow
    words = text if text is not None else workflow.spec.input
    if not words.strip() and not content:
        raise BadCommand(f"{workflow.name} needs something to begin with: give --input TEXT")
    first = said(words, content)
    _check_model(code, settings)
    journal = begin_file(path, workflow.name, workflow.world is not None)
    ident, named = around.ident(), frozenset[str]()
    worlds: BranchWorlds | None = None
    try:
        parts = run_parts(code, journal.path, settings, capture, around.stopwatch)
        session = Session(around.clock, journal)
        world = None
        if (worlds := parts.worlds) is not None:
            worlds.belongs_to(journal.path, ident, new=True)
            world = worlds.snapshot()
            named = frozenset({world} if world else ())
        session.append(
            RunStarted(
                workflow.spec,
                settings,
                ref=code.ref,
                session=ident,
                made_by=f"tooltrace {__version__}",
                world=world,
                form=FORM,
            ),
            "live",
        )
        session.append(first, "live")
        session.sync()
    except BaseException:
        # It was made just now, and holds no run that anybody could open.
        take_back(journal, ident, named, worlds is not None)
        journal.close()
        raise
    session.begun(lambda: undo_beginning(journal, ident, named))
    return parts.debugger(session, points, _unlocked(journal))


def _check_model(code: Code, settings: Settings) -> None:
    """Refuse a model that could never answer, before there is a file."""
    if code.model is None:
        check_model(code.workflow, settings)


def _unlocked(journal: Journal) -> tuple[str, ...]:
    return (UNLOCKED,) if journal.read_only is None and not journal.locked else ()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Leave what is made here out of garbage collection, now and later.

    A session is very many small objects that all stay: looking through them takes as long as making
    them, and would stop the screen for a tenth of a second now and then.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def reopen(
    path: Path,
    code: Code | None = None,
    capture: OutputCapture | None = None,
    points: BreakpointFile | None = None,
    base_url: str | None = None,
    key_env: str | None = None,
    last: LastPositions | None = None,
    model: str | None = None,
    form: str = "",
    by_hand: ModelPort | bool = False,
    writable: bool = True,
) -> Debugger:
    """A recorded session; with a workflow it can go on live. Nothing is changed by opening it.

    ``last`` knows where one stood in it, and keeps where one stands when it is left. ``model`` is
    asked instead of the session's own, at ``base_url``: who opens it says so as an edit. A file of
    another program is imported to be looked at; ``form`` names its format if need be. ``by_hand``
    goes on without code: a model is asked (this one, or the session's own), and a person gives the
    results of its calls.

    A file must not decide where an API key is sent: a session that went to another host than the
    API's own goes on there only if ``base_url`` names it again, and with the key of a variable only
    if ``key_env`` does. Without ``writable`` it is only looked at, whoever writes it.
    """
    path = as_given(path)
    with _no_collection():
        session, journal, told = _opened(path, last, form, writable)
    if not session.path:
        journal.close()
        raise BadSession(f"{path}: there is no run in it")
    found = (*map(str, journal.problems), *session.tree.stray_notes())
    problems = (*told, *found, *_unlocked(journal))
    settings = session.snapshot.settings
    recorded = session.snapshot.definition
    if code is None and by_hand is not False:
        code = _by_hand(recorded, None if by_hand is True else by_hand)
    if code is None:
        return Debugger(session, points=points, problems=problems)
    if recorded.name != code.workflow.name:
        session.close()
        raise BadCommand(
            f"{path} is a session of {recorded.name}, and --workflow names {code.workflow.name}"
        )
    if recorded != code.workflow.spec:
        problems += (
            f"{code.ref} has changed since this was recorded: going on uses it as it is now",
        )
    try:
        if model is None:
            check_named(path, settings, base_url, key_env, hide)
        else:
            settings = replace(settings, model=model, key_env=key_env)
            _check_model(code, replace(settings, base_url=base_url))
    except ToolTraceError:
        session.close()
        raise
    settings = replace(settings, base_url=base_url)
    try:
        parts = run_parts(code, journal.path, settings, capture, REAL.stopwatch)
    except ToolTraceError:
        session.close()
        raise
    if by_hand is not False:
        parts = replace(parts, ports=replace(parts.ports, by_hand=True), source=None)
    return parts.debugger(session, points, problems)


def _by_hand(recorded: WorkflowSpec, model: ModelPort | None) -> Code:
    from tooltrace.authoring.by_hand import workflow_by_hand

    return Code("", workflow_by_hand(recorded), model)


def _opened(path: Path, last: LastPositions | None, form: str, writable: bool) -> _Opened:
    """The session of a file, to go on with; of a recording that came along, a copy."""
    from tooltrace.debugger.session.any_file import imported_file

    if (imported := imported_file(path, form)) is not None:
        return Session(now, imported), imported, (imported.told,)
    if writable and recordings.came_along(path):
        session, told = recordings.start_from(path, last)
        assert session.journal is not None
        return session, session.journal, told
    journal = Journal.open(path, writable=writable, hide=hider())
    return Session(now, journal, last), journal, ()
