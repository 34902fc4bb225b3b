"""The timeline on the screen: a click or a drag asks for a step, the wheel brings them nearer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.events import MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp
from textual.message import Message

from tooltrace.core.fold.steps import Steps
from tooltrace.debugger.view import View
from tooltrace.tui.rows.branches.step_marks import StepMarks
from tooltrace.tui.rows.branches.timeline import Timeline, scaled_timeline
from tooltrace.tui.rows.branches.timeline_scale import MOST_ZOOM
from tooltrace.tui.rows.last_move import LastMove
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["TimelineBar"]


class TimelineBar(LinesLabel):
    """Says which step the mouse is on; ``zoom`` is how many times what is seen was halved."""

    ALLOW_SELECT = False

    class Asked(Message):
        """The mouse asks to stand at a step."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.zoom = 0
        self._marks = StepMarks()
        self._drawn: Callable[[int], Timeline] | None = None
        self._shown: Timeline | None = None
        self._asked: int | None = None

    def draw(
        self, view: View, steps: Steps, width: int, window: int | None, move: LastMove | None
    ) -> None:
        """Show a branch in ``width`` cells; the rest is as ``scaled_timeline`` takes it."""
        self._drawn = partial(scaled_timeline, view, steps, width, self._marks, window, move)
        self._draw()

    def _draw(self) -> None:
        if self._drawn is not None:
            self._shown = self._drawn(self.zoom)
            self.show(*self._shown.lines)

    def _ask(self, event: MouseDown | MouseMove) -> None:
        offset = event.get_content_offset_capture(self)
        if self._shown is None:
            return
        step = self._shown.step_at(offset.x)
        if step != self._asked:
            self._asked = step
            self.post_message(self.Asked(step))

    def on_mouse_down(self, event: MouseDown) -> None:
        """Go to the step that is clicked, and follow the mouse from there."""
        offset = event.get_content_offset(self)
        if event.button == 1 and offset is not None and offset.y == 0:
            event.stop()
            self._asked = None
            self.capture_mouse()
            self._ask(event)

    def on_mouse_move(self, event: MouseMove) -> None:
        """While the button is held, to each step that the mouse comes to."""
        if self.app.mouse_captured is self and event.button:
            self._ask(event)

    def on_mouse_up(self, event: MouseUp) -> None:
        """Follow no further."""
        self.release_mouse()

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Fewer steps, nearer."""
        self._zoom_by(1, event)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """More of them, up to all."""
        self._zoom_by(-1, event)

    def _zoom_by(self, times: int, event: MouseScrollUp | MouseScrollDown) -> None:
        event.stop()
        zoom = max(0, min(MOST_ZOOM, self.zoom + times))
        if zoom != self.zoom:
            self.zoom = zoom
            self._draw()
