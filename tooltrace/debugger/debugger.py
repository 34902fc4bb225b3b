"""The one object that every front end drives: a screen, the command line, a notebook, a test.

It lives on a thread and an event loop of its own, so that a tool that blocks never freezes a
screen. Commands go in and come back as a Stop; what is there to see comes out as a View. It decides
nothing about workflows (``core`` does) and performs nothing itself (``engine``).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Any

from msgspec.structs import replace

from tooltrace.core.model.errors import BadSession
from tooltrace.core.model.ports import ModelPort, Warmable
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.commands import Commands
from tooltrace.debugger.loaded_code import CodeSource
from tooltrace.debugger.parts import CheckContext, Parts
from tooltrace.debugger.python_words import for_python
from tooltrace.debugger.reading import Reading
from tooltrace.debugger.replay.live_tools import LiveTools
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.debugger.run.consent import Consent
from tooltrace.debugger.run.partial_reply import PartialReply
from tooltrace.debugger.session.prefold import warm_up
from tooltrace.debugger.session.published_place import (
    PlaceFollower,
    PlacePublisher,
    PublishedPlaces,
)
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop, raised
from tooltrace.debugger.view import View, look
from tooltrace.debugger.world.branch_worlds import BranchWorlds
from tooltrace.engine.engine import Ports
from tooltrace.models.chosen import warm_apart

__all__ = ["FINISHING", "Debugger"]

FINISHING = 0.8
"""Seconds that whatever is about to come back has for it when a front end is left."""

FOLLOW_EVERY = 0.1
"""Seconds between two looks at what the writer of a read-only session has added, and where."""

_GLANCE = 0.5
"""Seconds after which waiting for a command looks whether it is interrupted: a kernel may ask for
that without a signal."""


class Debugger(Commands[Stop], Reading):
    """Step, go on, pause, go back, edit, fork, force, replay: over one session.

    Every verb waits until it is done, gives a Stop that says why the run stands still, and raises
    what kept it from being done: BadCommand, ReadOnly, NotSaved, BadWorld. The same verbs under
    ``submit`` give a future of the Stop at once, for a front end that must not wait; it never
    raises, and what went wrong is its Stop of kind ``error``. One command runs at a time: another
    is refused. Works inside a running event loop as well. As a context manager it closes itself.

    ``ports`` is None when no code was named: then nothing can run, and everything else works.
    """

    def __init__(
        self,
        session: Session,
        ports: Ports | None = None,
        worlds: BranchWorlds | None = None,
        points: BreakpointFile | None = None,
        today: ModelPort | None = None,
        workflow: WorkflowSpec | None = None,
        check_context: CheckContext | None = None,
        problems: tuple[str, ...] = (),
        rerun: LiveTools | None = None,
        code: str = "",
        source: CodeSource | None = None,
    ) -> None:
        parts = Parts(
            *(session, ports, worlds, points, today, workflow, check_context, problems, rerun),
            *(code, source),
        )
        super().__init__(parts, self._wait)
        self.submit: Commands[Future[Stop]] = Commands(parts, parts.loop.submit)
        self._view: View | None = None
        if session.read_only:
            parts.loop.soon(self._following)
        warm_up(session, parts.loop)

    def _wait(self, command: Coroutine[Any, Any, Stop], /, *, quiet: bool = False) -> Stop:
        answer = self._parts.loop.submit(command, quiet=quiet)
        while True:
            try:
                stop = answer.result(_GLANCE)
            except NotYet:
                continue
            except KeyboardInterrupt:
                self.cancel()
                raise
            stop = replace(stop, text=for_python(stop.text))
            if stop.kind == "error":
                raise raised(stop)
            return stop

    def __enter__(self) -> Debugger:
        return self

    def __exit__(self, *error: object) -> None:
        self.close(remember=True)

    # -- what there is to see ---------------------------------------------------------------

    @property
    def session(self) -> Session:
        """The session that is being debugged."""
        return self._parts.session

    @property
    def changes(self) -> int:
        """Grows whenever a new View would differ."""
        return self._parts.changes

    def view(self) -> View:
        """The present moment. May be called from any thread."""
        changes, saved = self.changes, self.session.saved
        view = self._view
        if view is None or view.changes != changes or view.saved != saved:
            self._view = view = look(self._parts, changes)
        return view

    @property
    def incoming(self) -> PartialReply:
        """The reply that is on its way, as far as it has come."""
        return self._parts.incoming

    @property
    def consent(self) -> Consent:
        """What was allowed for going on from here, and still holds."""
        return self._parts.runner.consent

    # -- what needs no waiting --------------------------------------------------------------

    def pause(self) -> None:
        """Stop at the next safe point: a reply that arrives is let finish, no attempt follows."""
        self._parts.loop.pause()
        self._parts.loop.beside(self._parts.retry.stop)

    def ask_now(self) -> None:
        """Make the next attempt at a model call now, instead of waiting for its time."""
        self._parts.loop.beside(self._parts.retry.now)

    def warm(self) -> None:
        """Load in the background what the first request needs, if that takes long."""
        model = self._parts.ports.model
        if isinstance(model, Warmable):
            warm_apart(model)

    @property
    def changed_code(self) -> tuple[str, ...]:
        """The workflow's files that changed on disk since they were loaded: ``reload`` takes them.

        Looks at the status of each file.
        """
        self._parts.look_at_code()
        return self._parts.changed_code

    def cancel(self) -> None:
        """Give up what is running now: a call gets an error result that says so, a reply is cut."""
        self._parts.loop.pause()
        self._parts.loop.beside(self._parts.give_up)

    def save(self) -> None:
        """Put on disk soon what happened so far, while what runs goes on."""
        self._parts.loop.soon(self._parts.save)

    @property
    def unsaved(self) -> tuple[bytes, ...]:
        """The lines of what happened and is not known to be in the file; for whoever leaves."""
        return self.session.unsaved

    @property
    def gone(self) -> str | None:
        """What became of the session's file, if it was deleted, replaced or changed meanwhile."""
        return self.session.gone

    def take_over(self) -> bool:
        """Write from now on, if whoever wrote the session has left; each command tries it, too."""
        try:
            return self.session.take_over()
        except BadSession as error:
            self._parts.tell(str(error))
            return False

    def share(self, places: PublishedPlaces) -> None:
        """Publish there where one stands while one writes; follow the writer while one reads."""
        parts = self._parts
        publisher = parts.publisher = PlacePublisher(places, self.session)
        parts.follow = PlaceFollower(places, self.session).follow
        parts.loop.ended = publisher.publish
        parts.loop.soon(publisher.publish)

    def on_change(self, told: Callable[[], object]) -> None:
        """Have ``told`` called whenever something changes, on any thread: it must not wait.

        What a command changes while it runs is seen by looking; ``told`` hears of its beginning
        and its end. The last one that was given counts.
        """
        self._parts.loop.changed = told

    def _following(self) -> None:
        before = self.changes
        try:
            self._parts.follow()
        except BadSession as error:
            self._parts.tell(str(error))
            return
        finally:
            if self.changes != before:
                self._parts.loop.changed()
        if not self.session.read_only:
            return  # This is the writer now.
        self._parts.loop.later(FOLLOW_EVERY, self._following)

    def close(self, timeout: float = 1.5, *, remember: bool = False, patience: float = 0.0) -> None:
        """Save, let go of the file, and end the thread; a call still running is given up.

        What comes back within ``patience`` seconds is written down first. ``remember`` notes in
        the session where one stands, or takes a new one away in which nothing happened; leaving
        ``with`` does. Raises NotSaved.
        """
        self._parts.loop.beside(self._parts.retry.stop)
        self._parts.loop.close(lambda: self._parts.leave(remember), timeout, patience)
