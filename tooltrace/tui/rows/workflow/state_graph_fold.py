"""Which states of a machine are drawn where there is no room for all, and which with their edges.

What is near the current state stays: its edges always, those of the states around it while there is
room. Where not even the names of all states have room, the states around the current one are left.
"""

from __future__ import annotations

from msgspec import Struct

from tooltrace.core.graph.machine import EdgeKey, Machine

__all__ = ["DrawnPart", "drawn_part"]


class DrawnPart(Struct, frozen=True):
    """States ``first`` up to but without ``end`` of a machine; ``opened`` with all of their edges.

    ``glimpse`` is an edge that is drawn although its state is not opened.
    """

    first: int
    end: int
    opened: frozenset[int]
    glimpse: EdgeKey | None = None


def drawn_part(
    machine: Machine,
    now: str | None,
    before: str | None,
    rows: int | None,
    just: EdgeKey | None = None,
) -> DrawnPart:
    """What has room in ``rows`` lines, around the current state; None is room for everything."""
    count = len(machine.states)
    whole = DrawnPart(0, count, frozenset(range(count)))
    if rows is None or not count:
        return whole
    here = machine.place.get(now or "", 0)
    if count + _height(machine, here) > rows:
        return _window(machine, here, rows)
    room = rows - count
    heights = [_height(machine, index) for index in range(count)]
    if room >= sum(heights):
        return whole
    came = machine.place.get(before or "", here)
    nearest = sorted(range(count), key=lambda at: (at != here, at != came, abs(at - here), -at))
    opened = set()
    glimpse = None
    for index in nearest:
        if index == here or heights[index] <= room:
            room -= heights[index]
            opened.add(index)
        elif index == came and just is not None and just[0] == before and room > 0:
            room -= 1
            glimpse = just
    return DrawnPart(0, count, frozenset(opened), glimpse)


def _height(machine: Machine, index: int) -> int:
    """How many lines the edges of a state take, if each has one."""
    name = machine.states[index].name
    return len(machine.leaving[name]) + sum(map(len, machine.forks[name]))


def _window(machine: Machine, here: int, rows: int) -> DrawnPart:
    """As many states around one as there is room for, with a line for what is left out each way."""
    count, first, end = len(machine.states), here, here + 1
    room = rows - 3 - _height(machine, here)
    grows = True
    while grows:
        grows = False
        for after in (True, False):
            index = end if after else first - 1
            if 0 <= index < count and 1 + _height(machine, index) <= room:
                room -= 1 + _height(machine, index)
                first, end = min(first, index), max(end, index + 1)
                grows = True
    return DrawnPart(first, end, frozenset(range(first, end)))
