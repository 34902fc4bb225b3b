"""``debugger.breakpoints``: where to stop, kept with the project, or for this sitting only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.model.errors import NotSaved
from tooltrace.debugger.verbs import T, Verbs

__all__ = ["Breakpoints"]


class Breakpoints(Verbs[T]):
    """The breakpoints in force, in order. A text stands for one, as on the command line."""

    def __iter__(self) -> Iterator[Breakpoint]:
        return iter(self._parts.runner.points)

    def __repr__(self) -> str:
        return f"[{', '.join(map(str, self))}]"

    def set(self, points: Sequence[Breakpoint | str]) -> None:
        """Replace all of them.

        The app keeps them with the project, where others may have added some; what Python and the
        command line set holds for this sitting.

        Raises BadExpression for one that is new and does not fit the workflow.
        """
        parts, wanted = self._parts, _read(points)
        parts.refuse_unfit(wanted)
        parts.runner.points = wanted
        parts.ticks += 1
        if parts.points_file is None:
            return
        try:
            workflow = parts.session.snapshot.workflow.name
            parts.runner.points = parts.points_file.save(workflow, wanted)
        except NotSaved as error:
            parts.tell(str(error))

    def add(self, points: Sequence[Breakpoint | str]) -> None:
        """Add some for this sitting only; they are not kept with the project.

        Raises BadExpression for one that does not fit the workflow.
        """
        parts, wanted = self._parts, _read(points)
        parts.refuse_unfit(wanted)
        parts.runner.points += tuple(p for p in wanted if p not in parts.runner.points)
        parts.ticks += 1


def _read(points: Sequence[Breakpoint | str]) -> tuple[Breakpoint, ...]:
    points = (points,) if isinstance(points, str) else points
    return tuple(parse(point) if isinstance(point, str) else point for point in points)
