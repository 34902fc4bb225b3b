"""The breakpoints, logpoints and watches in force, where each is from, and what they came to.

Those that a person sets in the app are kept with the project. Those of the command line, of Python
and of a project file hold for this sitting, and are not written anywhere.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from msgspec.structs import replace

from tooltrace.core.decide.breakpoint_check import unfit, unfit_watch
from tooltrace.core.decide.breakpoint_hits import (
    Moment,
    calls_hit,
    hit,
    moment_at,
    undecided,
)
from tooltrace.core.decide.breakpoints import Breakpoint
from tooltrace.core.decide.point_trace import PointTrace, Printed, common_printed
from tooltrace.core.decide.watches import Watch, WatchValue, watch_values
from tooltrace.core.model.call_labels import apart, name_among
from tooltrace.core.model.errors import BadExpression, NotSaved
from tooltrace.debugger.run.breakpoint_file import BreakpointFile, Kept
from tooltrace.debugger.run.project_file import PROJECT_FILE, project_folder, project_points
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop

__all__ = ["SITTING", "Points"]

SITTING = "this sitting"
"""Where those are from that the command line or Python gave."""

AT_A_TIME = 20
"""Places of a path that are looked at before who looks may do something else."""

A_LOOK = 0.008
"""Seconds of one look at the session that go into looking along the path."""


class Points:
    """What stops, prints and shows in one session; ``file`` keeps it, where there is one.

    ``changes`` grows whenever something else is in force. ``origins`` says of those that are not
    kept where they are from. ``printed`` is what logpoints print along the path, as soon as all of
    it was looked at, so that who shows it begins anew once and not again and again.
    """

    def __init__(self, session: Session, file: BreakpointFile | None) -> None:
        self.breakpoints: tuple[Breakpoint, ...] = ()
        self.watches: tuple[Watch, ...] = ()
        self.origins: Mapping[Kept, str] = MappingProxyType({})
        self.changes = 0
        self.printed: tuple[Printed, ...] = ()
        self._session = session
        self._file = file
        self._project: Path | None = None
        self._trace = PointTrace()
        self._shown: tuple[object, ...] = ()
        self._values: tuple[WatchValue, ...] = ()

    # -- what is in force -------------------------------------------------------------------

    @property
    def in_force(self) -> tuple[Kept, ...]:
        """All of them."""
        return (*self.breakpoints, *self.watches)

    def load(self, code: str) -> tuple[str, ...]:
        """Read what is kept, and what the project of a workflow's file gives; what is wrong."""
        path = self._session.file
        self._project = None if path is None else project_folder(code, path)
        return self.read_again()

    def read_again(self) -> tuple[str, ...]:
        """Read both files again, where others may have changed them; what is wrong with them.

        What the files do not say any more is not in force any more, unless they cannot be read.
        """
        if self._file is None:
            return ()
        workflow = self._session.snapshot.workflow
        kept, problem = self._file.load(workflow.name)
        if problem is not None and not kept:
            kept = tuple(one for one in self.in_force if not self._from(one))
        own = {one: where for one, where in self.origins.items() if where == SITTING}
        problems = [problem] if problem is not None else []
        if self._project is not None:
            found = project_points(self._project)
            problems += found.problems
            brought: tuple[Kept, ...] = (*found.points, *found.watches)
            own = dict.fromkeys(brought, PROJECT_FILE) | own
        off = {_on(one) for one in self.in_force if not one.enabled and self._from(one)}
        self.origins = MappingProxyType(own)
        more = [_off(one) if one in off else one for one in own]
        self._put((*kept, *(one for one in more if one not in kept)))
        wrong = ((one, self.unfit(one)) for one in self.in_force)
        problems += [f"{_called(one)}: {why}" for one, why in wrong if why]
        return tuple(problems)

    def set(self, wanted: Sequence[Kept]) -> str | None:
        """Have exactly these in force, and keep those that are kept; what could not be saved.

        Others may have added some meanwhile, which are in force then, too. Raises BadExpression.
        """
        self._refuse_unfit(wanted)
        given = [one for one in wanted if self._from(one)]
        kept: tuple[Kept, ...] = tuple(one for one in wanted if not self._from(one))
        self.origins = MappingProxyType({_on(one): self._from(one) for one in given})
        problem = None
        if self._file is not None:
            try:
                kept = self._file.save(self._session.snapshot.workflow.name, kept)
            except NotSaved as error:
                problem = str(error)
        place = {one: at for at, one in enumerate(wanted)}
        self._put(sorted((*kept, *given), key=lambda one: place.get(one, -1)))
        return problem

    def add(self, more: Sequence[Kept]) -> None:
        """Have these in force in this sitting, too. Raises BadExpression."""
        self._refuse_unfit(more)
        there = self.in_force
        fresh = [one for one in more if one not in there]
        self.origins = MappingProxyType({**self.origins, **{_on(o): SITTING for o in fresh}})
        self._put((*there, *fresh))

    def _put(self, wanted: Iterable[Kept]) -> None:
        each = tuple(dict.fromkeys(wanted))
        with self._session.lock:
            self.breakpoints = tuple(one for one in each if isinstance(one, Breakpoint))
            self.watches = tuple(one for one in each if isinstance(one, Watch))
            self.changes += 1

    def _from(self, one: Kept) -> str:
        return self.origins.get(_on(one), "")

    def unfit(self, one: Kept) -> str | None:
        """Why this means nothing in the workflow; None when it does."""
        workflow = self._session.snapshot.workflow
        if isinstance(one, Watch):
            return unfit_watch(one.expression, workflow)
        return unfit(one, workflow)

    def _refuse_unfit(self, wanted: Sequence[Kept]) -> None:
        known = {_on(one) for one in self.in_force}
        for one in wanted:
            why = None if _on(one) in known else self.unfit(one)
            if why is not None:
                raise BadExpression(f"{one}: {why}")

    # -- what they come to ------------------------------------------------------------------

    def stop(self) -> Stop | None:
        """Why to stop where one stands, if a breakpoint says so."""
        if not self.breakpoints:
            return None
        session = self._session
        self._look_through()
        with session.lock:
            moment, head = self._moment(), session.head
            point = hit(self.breakpoints, moment, lambda p: self._trace.reached(p, head))
        return None if point is None else _stopped(point, moment)

    def stop_told(self, stop: Stop) -> Stop:
        """The Stop of a replay at a divergence, which names the breakpoint that is met there."""
        found = self.stop()
        if found is None:
            return stop
        return replace(stop, text=f"{found.text} · {stop.text}", breakpoint=found.breakpoint)

    def look_on(self, seconds: float = 0.0) -> bool:
        """Count and print along the path for about so long; whether all of it is done."""
        session, end = self._session, time.perf_counter() + seconds
        while True:
            with session.lock:
                trace, points = self._trace, self.breakpoints
                done = trace.follow(session.tree, session.path, points, AT_A_TIME)
                same = common_printed(self.printed, trace.printed)
                if done or same < len(self.printed):
                    self.printed = trace.printed if done else trace.printed[:same]
            if done or time.perf_counter() >= end:
                return done

    def _look_through(self) -> None:
        """Do so to the end of the path; between two parts others may look at the session."""
        while not self.look_on():
            pass

    def all_printed(self) -> tuple[Printed, ...]:
        """What logpoints print along all of the path."""
        self._look_through()
        return self.printed

    def hits(self) -> Mapping[Breakpoint, int]:
        """How often those that count were met so far, up to where one stands."""
        counted = (one for one in self.breakpoints if one.counts and one.enabled)
        return {point: self._trace.hits(point, self._session.head) for point in counted}

    def values(self) -> tuple[WatchValue, ...]:
        """What the watches show where one stands."""
        if not self.watches:
            return ()
        session = self._session
        with session.lock:
            behind = session.behind()
            now = session.snapshot
            shown = (now, behind, self.watches)
            if self._shown != shown:
                tree = session.tree
                before = moment_at(tree, tree.snapshot_at(behind)) if behind is not None else None
                self._values = watch_values(self.watches, self._moment(), before)
                self._shown = shown
            return self._values

    def _moment(self) -> Moment:
        return moment_at(self._session.tree, self._session.snapshot, self._trace.cache)


def _on(one: Kept) -> Kept:
    return replace(one, enabled=True)


def _off(one: Kept) -> Kept:
    return replace(one, enabled=False)


def _called(one: Kept) -> str:
    return str(one) if isinstance(one, Watch) else f"breakpoint {one}"


def _stopped(point: Breakpoint, moment: Moment) -> Stop:
    calls = moment.snapshot.calls
    why = undecided(point, moment)
    also = "" if why is None else f" · stopped because the condition cannot be evaluated: {why}"
    told = apart(calls)
    names = [name_among(call, calls) for call in calls_hit(point, moment) if call.ref in told]
    which = f" at {', '.join(names)}" if names else ""
    return Stop("breakpoint", f"breakpoint: {point}{which}{also}", breakpoint=point)
