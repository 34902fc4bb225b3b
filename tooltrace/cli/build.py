"""Puts a debugger together: which ports, which world, which journal.

Nothing else knows more than one of these. A recording opened without a workflow gets no ports at
all, so nothing can run.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tooltrace import __version__
from tooltrace.cli import folders, recordings
from tooltrace.cli.clock import now
from tooltrace.cli.redact import hide, hider
from tooltrace.core.compare.json_diff import alike
from tooltrace.core.model.errors import BadCommand, BadSession, BadWorld, NotSaved, ToolTraceError
from tooltrace.core.model.events import RunStarted, Settings, UserSaid
from tooltrace.core.model.ports import ModelPort
from tooltrace.core.model.request_forms import FORM
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.debugger.session.files import cannot_begin_as
from tooltrace.debugger.session.given_paths import as_given
from tooltrace.debugger.session.last_position import LastPositions
from tooltrace.debugger.session.removal import remove_unbegun_world, undo_beginning
from tooltrace.debugger.session.session import Clock, Session
from tooltrace.debugger.world.branch_worlds import BranchWorlds, folder_beside, snapshots_in
from tooltrace.debugger.world.retention import LIMIT
from tooltrace.debugger.world.world_owner import mark
from tooltrace.engine.engine import Ports
from tooltrace.store.journal import Journal
from tooltrace.store.open import UNLOCKED
from tooltrace.tools.world.folder import Folder, missing, reason

if TYPE_CHECKING:
    from tooltrace.authoring.workflow import Workflow
    from tooltrace.debugger.replay.live_tools import LiveTools
    from tooltrace.tools.output.capture import OutputCapture

__all__ = ["Code", "Surroundings", "load_code", "new_run", "now", "reopen"]


class Code(Struct, frozen=True):
    """A workflow that a person named, and how they named it."""

    ref: str
    workflow: Workflow


class Surroundings(Struct, frozen=True):
    """Where times and ids come from; ``stopwatch`` counts seconds and measures calls."""

    clock: Clock
    ident: Callable[[], str]
    stopwatch: Callable[[], float] = time.perf_counter


class _Parts(Struct, frozen=True):
    """What a session needs to go on live: ``today`` is the model that a replay may ask anew."""

    ports: Ports
    worlds: BranchWorlds | None
    today: ModelPort | None
    rerun: LiveTools


_ELSEWHERE = "give --session FILE, or set TOOLTRACE_SESSIONS to a folder that you can write to"
_TRIES = 100
"""How often another process may take the next free name before this one gives up."""

REAL = Surroundings(now, lambda: os.urandom(8).hex())


def load_code(ref: str) -> Code:
    """Import a workflow because a person named it. Raises BadWorkflow."""
    from tooltrace.authoring.load import load

    return Code(ref, load(ref))


def new_run(
    code: Code,
    path: Path | None,
    settings: Settings,
    text: str | None = None,
    capture: OutputCapture | None = None,
    points: BreakpointFile | None = None,
    around: Surroundings = REAL,
) -> Debugger:
    """A new session file with one run in it, paused before its first step.

    Without ``path`` it gets the next free name. When the person leaves before anything happened,
    it goes again. Raises ToolTraceError, and then there is no new file and no world.
    """
    workflow = code.workflow
    said = text if text is not None else workflow.spec.input
    if not said.strip():
        raise BadCommand(f"{workflow.name} needs something to begin with: give --input TEXT")
    _check_model(workflow, settings)
    journal = _created(path, workflow)
    ident, named = around.ident(), frozenset[str]()
    worlds: BranchWorlds | None = None
    try:
        parts = _parts(code, journal.path, settings, capture, around.stopwatch)
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
        session.append(UserSaid(said), "live")
        session.sync()
    except BaseException:
        # It was made just now, and holds no run that anybody could open.
        _undo_beginning(journal, ident, named, worlds)
        journal.close()
        raise
    session.begun(lambda: undo_beginning(journal, ident, named))
    return _debugger(session, workflow, parts, points, _unlocked(journal))


def _check_model(workflow: Workflow, settings: Settings) -> None:
    """Refuse a model that could never answer, before there is a file."""
    if settings.model == "scripted":
        _model(workflow, settings)
        return
    from tooltrace.models.anthropic.port import AnthropicModel

    why = AnthropicModel(settings.model, settings.base_url).keyless()
    if why is not None:
        raise BadCommand(why)


def _created(path: Path | None, workflow: Workflow) -> Journal:
    """A new session's file: of that name, or of the next that nobody else takes meanwhile."""
    if path is not None:
        path = as_given(path)
        if cannot_begin_as(path):
            raise BadCommand(
                f"{one_line(str(path))!r} is no name for a session: choose another one"
            )
        _no_old_world(path, workflow)
        return Journal.create(path, hide=hider())
    for _ in range(_TRIES):
        fresh = folders.fresh_session(workflow.name)
        try:
            return Journal.create(fresh, hide=hider())
        except NotSaved as error:
            if not os.path.lexists(fresh):
                raise NotSaved(f"{error} ({one_line(str(fresh.parent))}): {_ELSEWHERE}") from error
    return Journal.create(fresh, hide=hider())


def _undo_beginning(
    journal: Journal, ident: str, named: frozenset[str], worlds: BranchWorlds | None
) -> None:
    # What went wrong is about to be raised, and says more than what cannot be cleared away.
    with suppress(ToolTraceError):
        folder = folder_beside(journal.path)
        if worlds is not None and folder.is_dir() and not folder.is_symlink():
            mark(folder, journal.path, ident)  # Nothing was in it when this began.
    with suppress(ToolTraceError):
        undo_beginning(journal, ident, named)


def _unlocked(journal: Journal) -> tuple[str, ...]:
    return (UNLOCKED,) if journal.read_only is None and not journal.locked else ()


def _no_old_world(path: Path, workflow: Workflow) -> None:
    """A world that another session left behind would be taken for this one's beginning."""
    folder = folder_beside(path)
    if workflow.world is None:
        return
    try:
        if missing(folder) or not (missing(path) or path.lstat().st_size == 0):
            return
        with Folder.open(folder) as opened:
            left = opened.names()
    except OSError as error:
        raise BadWorld(f"no world can be made: {one_line(reason(error))}") from error
    if left and not remove_unbegun_world(path):
        raise BadWorld(
            f"{folder} was left by a session that is gone: remove it, or choose another name"
        )


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
    last: LastPositions | None = None,
) -> Debugger:
    """A recorded session; with a workflow it can go on live. Nothing is changed by opening it.

    ``last`` knows where one stood in it, and keeps where one stands when it is left.

    A file must not decide where an API key is sent: a session that went to another host than the
    API's own goes on there only if ``base_url`` names it again.
    """
    path = as_given(path)
    with _no_collection():
        session, journal, told = _opened(path, last)
    if not session.path:
        journal.close()
        raise BadSession(f"{path}: there is no run in it")
    found = (*map(str, journal.problems), *session.tree.stray_notes())
    problems = (*told, *found, *_unlocked(journal))
    settings = session.snapshot.settings
    if code is None:
        return Debugger(session, points=points, problems=problems)
    recorded = session.snapshot.workflow
    if recorded.name != code.workflow.name:
        session.close()
        raise BadCommand(
            f"{path} is a session of {recorded.name}, and --workflow names {code.workflow.name}"
        )
    if recorded != code.workflow.spec:
        problems += (
            f"{code.ref} has changed since this was recorded: going on uses it as it is now",
        )
    # A password in the address was not written down.
    if not alike(settings.base_url or "", hide(base_url or "")):
        session.close()
        raise BadCommand(_other_host(path, settings.base_url))
    settings = replace(settings, base_url=base_url)
    parts = _parts(code, journal.path, settings, capture, REAL.stopwatch)
    return _debugger(session, code.workflow, parts, points, problems)


def _opened(path: Path, last: LastPositions | None) -> tuple[Session, Journal, tuple[str, ...]]:
    """The session of a file, to go on with; of a recording that came along, a copy."""
    if recordings.came_along(path):
        session, told = recordings.start_from(path, last)
        assert session.journal is not None
        return session, session.journal, told
    journal = Journal.open(path, writable=True, hide=hider())
    return Session(now, journal, last), journal, ()


def _other_host(path: Path, url: str | None) -> str:
    if url is None:
        return f"{path} did not use another host: leave out --base-url"
    return f"{path} went to {url}: give --base-url {url} to go on there, if you trust it"


def _parts(
    code: Code,
    path: Path,
    settings: Settings,
    capture: OutputCapture | None,
    stopwatch: Callable[[], float],
) -> _Parts:
    from tooltrace.debugger.replay.live_tools import LiveTools
    from tooltrace.tools.functions.function_port import FunctionPort

    workflow = code.workflow
    worlds = None
    if workflow.world:
        worlds = BranchWorlds(folder_beside(path), workflow.world, _limit(), workflow.name)
    world = (lambda: worlds.world) if worlds else None
    model, today = _model(workflow, settings)
    ports = Ports(model, FunctionPort(workflow.tools, world, capture, stopwatch))
    rerun = LiveTools(
        lambda copy: FunctionPort(workflow.tools, copy, capture, stopwatch),
        workflow.world,
        worlds.where if worlds else lambda _: snapshots_in(folder_beside(path)),
    )
    return _Parts(ports, worlds, today, rerun)


def _debugger(
    session: Session,
    workflow: Workflow,
    parts: _Parts,
    points: BreakpointFile | None,
    problems: tuple[str, ...] = (),
) -> Debugger:
    return Debugger(
        session,
        parts.ports,
        parts.worlds,
        points,
        parts.today,
        workflow.spec,
        workflow.check_context,
        problems,
        parts.rerun,
    )


def _limit() -> int:
    """How many bytes of snapshots of the world a session keeps. Raises BadCommand."""
    named = os.environ.get("TOOLTRACE_SNAPSHOTS_MB", "")
    if not named:
        return LIMIT
    if not (named.isascii() and named.isdecimal() and len(named) < 10):
        raise BadCommand(
            "TOOLTRACE_SNAPSHOTS_MB is no whole number of megabytes: change or unset it"
        )
    return int(named) << 20


def _model(workflow: Workflow, settings: Settings) -> tuple[ModelPort, ModelPort | None]:
    if settings.model != "scripted":
        from tooltrace.models.anthropic.port import AnthropicModel
        from tooltrace.models.priced import Priced

        model = AnthropicModel(settings.model, settings.base_url, settings.placement)
        return Priced(model, settings.model, settings.priced_as), None
    if workflow.policy is None:
        raise ToolTraceError(
            f"{workflow.name} has no scripted policy: name a model with --model MODEL-ID"
        )
    from tooltrace.models.scripted import ScriptedModel

    scripted = ScriptedModel(workflow.policy)
    return scripted, scripted
