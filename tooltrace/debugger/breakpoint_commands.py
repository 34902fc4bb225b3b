"""``debugger.breakpoints`` and ``debugger.watches``: where to stop, what to print, what to show.

Kept with the project where the app sets them, and for this sitting only where others do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.decide.point_trace import Printed
from tooltrace.core.decide.watches import Watch, WatchValue, parse_watch
from tooltrace.debugger.parts import Parts
from tooltrace.debugger.run.breakpoint_file import Kept
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.verbs import T, Verbs

__all__ = ["Breakpoints", "Watches"]


class Breakpoints(Verbs[T]):
    """The breakpoints and logpoints in force, in order. A text stands for one, as it is typed."""

    def __iter__(self) -> Iterator[Breakpoint]:
        return iter(self._parts.points.breakpoints)

    def __repr__(self) -> str:
        return f"[{', '.join(map(str, self))}]"

    def set(self, points: Sequence[Breakpoint | str]) -> None:
        """Replace all of them.

        The app keeps them with the project, where others may have added some; what Python and the
        command line set holds for this sitting.

        Raises BadExpression for one that is new and does not fit the workflow.
        """
        _set(self._parts, (*_points(points), *self._parts.points.watches))

    def add(self, points: Sequence[Breakpoint | str]) -> None:
        """Add some for this sitting only; they are not kept with the project.

        Raises BadExpression for one that does not fit the workflow.
        """
        self._parts.points.add(_points(points))

    def met(self) -> Stop | None:
        """Why to stop where one stands, if a breakpoint says so; going on from here passes it."""
        return self._parts.points.stop()

    def read_again(self) -> None:
        """Read the files that they are kept in again, which others may have changed."""
        found = self._parts.points.read_again()
        self._parts.problems += tuple(one for one in found if one not in self._parts.problems)

    def printed(self) -> tuple[Printed, ...]:
        """What logpoints print along the current branch: the record before, the text, the point."""
        return self._parts.points.all_printed()

    def hits(self) -> Mapping[Breakpoint, int]:
        """How often each that prints or counts hits was met on the path to where one stands."""
        self._parts.points.all_printed()
        return self._parts.points.hits()


class Watches(Verbs[T]):
    """The watches in force, in order. A text stands for one."""

    def __iter__(self) -> Iterator[Watch]:
        return iter(self._parts.points.watches)

    def __repr__(self) -> str:
        return f"[{', '.join(watch.expression for watch in self)}]"

    def set(self, watches: Sequence[Watch | str]) -> None:
        """Replace all of them; kept as breakpoints are.

        Raises BadExpression for one that is new and means nothing in the workflow.
        """
        _set(self._parts, (*self._parts.points.breakpoints, *_watches(watches)))

    def add(self, watches: Sequence[Watch | str]) -> None:
        """Add some for this sitting only.

        Raises BadExpression for one that means nothing in the workflow.
        """
        self._parts.points.add(_watches(watches))

    def values(self) -> tuple[WatchValue, ...]:
        """What they show where one stands, each with what it was a step before."""
        return self._parts.points.values()


def _set(parts: Parts, wanted: Sequence[Kept]) -> None:
    problem = parts.points.set(wanted)
    if problem is not None:
        parts.tell(problem)


def _points(points: Sequence[Breakpoint | str]) -> tuple[Breakpoint, ...]:
    points = (points,) if isinstance(points, str) else points
    return tuple(parse(point) if isinstance(point, str) else point for point in points)


def _watches(watches: Sequence[Watch | str]) -> tuple[Watch, ...]:
    watches = (watches,) if isinstance(watches, str) else watches
    return tuple(parse_watch(watch) if isinstance(watch, str) else watch for watch in watches)
