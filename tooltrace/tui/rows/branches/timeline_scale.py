"""Which steps of a branch stand in which cell of the timeline: all of them, or those around one.

Three cells a step where that fits, else one, else several steps in a cell. Pure arithmetic.
"""

from __future__ import annotations

from msgspec import Struct

__all__ = ["MOST_ZOOM", "TimelineScale", "timeline_scale"]

MOST_ZOOM = 12
_STEP, _ENDS = 3, 4


class TimelineScale(Struct, frozen=True):
    """Steps from ``first`` on, ``per`` of them in each of ``count`` marks, ``cells`` cells apart.

    ``more`` says whether there are steps before the first mark, and behind the last.
    """

    first: int
    per: int
    count: int
    cells: int
    total: int

    @property
    def more(self) -> tuple[bool, bool]:
        """Whether there are steps on the left, and on the right, that have no mark."""
        return self.first > 0, self.first + self.per * self.count <= self.total

    def steps(self, mark: int) -> range:
        """The steps that a mark stands for."""
        first = self.first + mark * self.per
        return range(first, min(first + self.per, self.total + 1))

    def step_at(self, cell: int) -> int:
        """The step nearest to a cell, counted from the first mark; the last one of several."""
        mark = max(0, min((cell + self.cells // 2) // self.cells, self.count - 1))
        return self.steps(mark)[-1]


def timeline_scale(total: int, head: int, room: int, zoom: int = 0) -> TimelineScale:
    """The scale of steps 0 to ``total`` in ``room`` cells; ``zoom`` halves what is seen so often.

    ``head`` is always in it.
    """
    room, span = max(1, room), total + 1
    if zoom > 0:
        span = max(min(span, max(1, room // _STEP - 2)), span >> zoom)
    if span < total + 1:
        room = max(1, room - _ENDS)
    cells = _STEP if (span - 1) * _STEP + 1 <= room else 1
    per = 1 if cells > 1 else -(-span // room)
    count = -(-span // per)
    # Two thirds of the room are for what was, because that is where one goes back to.
    first = max(0, min(head - span * 2 // 3, total + 1 - span))
    return TimelineScale(first, per, count, cells, total)
