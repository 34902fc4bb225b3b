"""The rows of a long session, made a little at a time: first what is on the screen, then the rest.

Making them all takes longer than a person should look at an empty screen. So what is around the
head is made for the first picture, and all of it after that, in slices between two frames.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from msgspec.structs import replace

from tooltrace.core.fold.steps import Steps, place_of
from tooltrace.debugger.view import View
from tooltrace.tui.rows.calls.calls import TraceRows
from tooltrace.tui.rows.conversation.conversation import ConversationRows

__all__ = ["LONG", "IncrementalRows", "around", "stands_in"]

LONG = 1200
"""Records on a path from which on its rows are made a little at a time."""

_AROUND, _ROOM = 250, 60
_SLICE = 300
_MEASURED = 40


def around(view: View) -> range:
    """The places on the path around the head: more than fits on any screen."""
    here = place_of(view.tree, view.path, view.head)
    return range(here - _AROUND, here + _AROUND)


def stands_in(view: View, window: range) -> bool:
    """Whether the head is among these places, with room around it."""
    here = place_of(view.tree, view.path, view.head)
    return here - _ROOM in window and here + _ROOM in window


class IncrementalRows:
    """All rows of one view, on their way. ``widths`` are those of the two panes, in cells."""

    def __init__(
        self,
        view: View,
        steps: Steps,
        widths: Callable[[], tuple[int, int]],
        rendered: bool = True,
    ) -> None:
        self.view = view
        self.conversation = ConversationRows(rendered=rendered)
        self.calls = TraceRows(steps)
        self._widths = widths
        self._slices = self._made()

    def go_on(self, seconds: float) -> bool:
        """Make some more for about so long; True when nothing is left to be made."""
        end = time.perf_counter() + seconds
        with suppress(StopIteration):
            while time.perf_counter() < end:
                next(self._slices)
            return False
        return True

    def _made(self) -> Iterator[None]:
        view, path = self.view, self.view.path
        done = 0
        for upto in [*range(_SLICE, len(path), _SLICE), len(path)]:
            items, _ = self.conversation.update(replace(view, path=path[:upto]))
            width = self._widths()[0]
            if width > 0:
                for number, item in enumerate(items[done:], 1):
                    item.height(width)
                    if not number % _MEASURED:
                        yield
            done = len(items)
            yield
        step = _SLICE * 3
        for upto in [*range(step, len(path), step), len(path)]:
            self.calls.fill(view, upto)
            yield
