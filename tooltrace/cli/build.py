"""Puts a debugger together: which ports, which world, which journal.

Nothing else knows more than one of these. A recording opened without a workflow gets no ports at
all, so nothing can run.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tooltrace import __version__
from tooltrace.cli.clock import now
from tooltrace.cli.hiding import hide, hider
from tooltrace.core.difference import alike
from tooltrace.core.errors import BadCommand, BadSession, BadWorld, ToolTraceError
from tooltrace.core.events import RunStarted, Settings, UserSaid
from tooltrace.core.forms import FORM
from tooltrace.core.ports import ModelPort
from tooltrace.core.text import one_line
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.kept import LIMIT
from tooltrace.debugger.last_places import LastPlaces
from tooltrace.debugger.points import PointsFile
from tooltrace.debugger.session import Clock, Session
from tooltrace.debugger.worlds import Worlds, folder_beside, snapshots_in
from tooltrace.engine.engine import Ports
from tooltrace.store.journal import Journal
from tooltrace.tools.folder import Folder, missing, reason

if TYPE_CHECKING:
    from tooltrace.authoring.workflow import Workflow
    from tooltrace.debugger.rerunning import Rerun
    from tooltrace.tools.capture import OutputCapture

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
    worlds: Worlds | None
    today: ModelPort | None
    rerun: Rerun


REAL = Surroundings(now, lambda: os.urandom(8).hex())


def load_code(ref: str) -> Code:
    """Import a workflow because a person named it. Raises BadWorkflow."""
    from tooltrace.authoring.loading import load

    return Code(ref, load(ref))


def new_run(
    code: Code,
    path: Path,
    settings: Settings,
    text: str | None = None,
    capture: OutputCapture | None = None,
    points: PointsFile | None = None,
    around: Surroundings = REAL,
) -> Debugger:
    """A new session file with one run in it, paused before its first step.

    Raises ToolTraceError, and then there is no new file.
    """
    workflow = code.workflow
    said = text if text is not None else workflow.spec.input
    if not said.strip():
        raise BadCommand(f"{workflow.name} needs something to begin with: give --input TEXT")
    _no_old_world(path, workflow)
    parts = _parts(code, path, settings, capture, around.stopwatch)
    journal = Journal.create(path, hide=hider())
    ident = around.ident()
    try:
        session = Session(around.clock, journal)
        world = None
        if parts.worlds is not None:
            parts.worlds.belongs_to(path, ident, new=True)
            world = parts.worlds.snapshot()
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
        path.unlink(missing_ok=True)
        journal.close()
        raise
    return _debugger(session, workflow, parts, points)


def _no_old_world(path: Path, workflow: Workflow) -> None:
    """A world that another session left behind would be taken for this one's beginning."""
    if workflow.world is None:
        return
    folder = folder_beside(path)
    try:
        if not missing(path) or missing(folder):
            return
        with Folder.open(folder) as opened:
            left = opened.names()
    except OSError as error:
        raise BadWorld(f"no world can be made: {one_line(reason(error))}") from error
    if left:
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
    points: PointsFile | None = None,
    base_url: str | None = None,
    places: LastPlaces | None = None,
) -> Debugger:
    """A recorded session; with a workflow it can go on live. Nothing is changed by opening it.

    ``places`` knows where one stood in it, and keeps where one stands when it is left.

    A file must not decide where an API key is sent: a session that went to another host than the
    API's own goes on there only if ``base_url`` names it again.
    """
    with _no_collection():
        journal = Journal.open(path, writable=True, hide=hider())
        session = Session(now, journal, places)
    if not session.way:
        journal.close()
        raise BadSession(f"{path}: there is no run in it")
    problems = (*map(str, journal.problems), *session.tree.stray_notes())
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
    parts = _parts(code, path, settings, capture, REAL.stopwatch)
    return _debugger(session, code.workflow, parts, points, problems)


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
    from tooltrace.debugger.rerunning import Rerun
    from tooltrace.tools.port import FunctionPort

    workflow = code.workflow
    worlds = None
    if workflow.world:
        worlds = Worlds(folder_beside(path), workflow.world, _limit(), workflow.name)
    world = (lambda: worlds.world) if worlds else None
    model, today = _model(workflow, settings)
    ports = Ports(model, FunctionPort(workflow.tools, world, capture, stopwatch))
    rerun = Rerun(
        lambda copy: FunctionPort(workflow.tools, copy, capture, stopwatch),
        workflow.world,
        worlds.where if worlds else lambda _: snapshots_in(folder_beside(path)),
    )
    return _Parts(ports, worlds, today, rerun)


def _debugger(
    session: Session,
    workflow: Workflow,
    parts: _Parts,
    points: PointsFile | None,
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
        from tooltrace.models.anthropic import AnthropicModel
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
