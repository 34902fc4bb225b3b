"""The panes of a session in columns: what was said, the machine over its calls, the inspector.

``SessionPanes`` says which of them are there; the rules here say how wide and high they are, and
the mouse may move the borders between them. A double click on a frame asks for that pane alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.events import Click, MouseDown, MouseMove, MouseUp
from textual.widget import Widget

from tooltrace.tui.keys.said_keys import with_keys
from tooltrace.tui.panes.pane_shares import ACROSS, Border, PaneShares, Way, weights
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.panes.signed_pane import SignedPane

__all__ = ["SessionBox"]


class Meeting(NamedTuple):
    """Two that meet at a border, as they are on the screen now."""

    border: Border
    before: Widget
    after: Widget

    @property
    def across(self) -> bool:
        """Whether one is above the other."""
        return self.border in ACROSS

    @property
    def total(self) -> int:
        """The cells that both have, in the direction in which the border moves."""
        first, second = self.before.region, self.after.region
        return first.height + second.height if self.across else first.width + second.width

    def share(self, x: int, y: int) -> int:
        """The cells of the first if the border were at a place of the screen."""
        first = self.before.region
        return y - first.y if self.across else x - first.x

    def is_at(self, x: int, y: int) -> bool:
        """Whether a place is on the frames of both where they meet."""
        first, second = self.before.region, self.after.region
        if self.across:
            return first.x <= x < first.right and y in (first.bottom - 1, second.y)
        return first.y <= y < first.bottom and x in (first.right - 1, second.x)


class SessionBox(Horizontal):
    """The inspector is the third column where there is room, else it shares the second one.

    ``shared`` is called when a border was moved, ``doubled`` at a double click on the frame of the
    pane with that name.
    """

    DEFAULT_CSS = """
    SessionBox { height: 1fr; }
    SessionBox #conversation { width: 9fr; height: 1fr; }
    SessionBox #right { width: 11fr; height: 1fr; layout: vertical; }
    SessionBox #right.roomy { width: 20fr; layout: horizontal; }
    SessionBox #middle { width: 1fr; height: 1fr; }
    SessionBox #inspector { width: 1fr; height: 1fr; }
    SessionBox #right.shared #inspector { height: 3fr; }
    SessionBox #right.shared #middle { height: 2fr; }
    SessionBox #right.roomy #middle, SessionBox #right.roomy #inspector { height: 1fr; }
    SessionBox #workflow { height: 1fr; }
    SessionBox #calls { height: 1fr; }
    """

    def __init__(
        self,
        shared: Callable[[], object],
        doubled: Callable[[str], object],
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._shared, self._doubled = shared, doubled
        self.shares = PaneShares()
        self._held: Meeting | None = None
        self._told: dict[tuple[str, str], str | None] = {}

    def compose(self) -> ComposeResult:
        """From left to right, and in the second column from top to bottom."""
        yield SignedPane(id="conversation", empty="nothing was said yet")
        with Container(id="right"):
            with Vertical(id="middle"):
                yield RowsPane(id="workflow")
                yield SignedPane(id="calls", empty=with_keys("no tool was called yet: n steps"))
            yield RowsPane(id="inspector")

    # -- where they meet --------------------------------------------------------------------

    def meetings(self) -> list[Meeting]:
        """Where two of those on the screen meet now."""
        one = self.query_one
        names: tuple[tuple[Border, str, str], ...] = (
            ("three columns" if self._roomy else "two columns", "#conversation", "#right"),
            ("last column" if self._roomy else "inspector", "#middle", "#inspector"),
            ("workflow", "#workflow", "#calls"),
        )
        both = [Meeting(border, one(first), one(second)) for border, first, second in names]
        return [each for each in both if each.before.display and each.after.display]

    @property
    def _roomy(self) -> bool:
        return self.query_one("#right").has_class("roomy")

    def fit(self) -> None:
        """Give each of them what was chosen, as far as there is room now, and else by the rules."""
        wanted: dict[tuple[str, str], str | None] = dict.fromkeys(self._told)
        for border, before, after in self.meetings():
            if border == "workflow":
                continue  # ``SessionPanes`` counts its lines.
            side = "height" if border in ACROSS else "width"
            total = _room(before, side) + _room(after, side)
            cells = self.shares.cells(border, total)
            both = (None, None) if cells is None else weights(cells, total)
            for widget, weight in zip((before, after), both, strict=True):
                wanted[str(widget.id), side] = weight
        for (name, side), weight in wanted.items():
            if weight != self._told.get((name, side)):
                setattr(self.query_one(f"#{name}").styles, side, weight)
        self._told = wanted

    def move(self, pane: str, way: Way, by: int) -> bool:
        """Move the border of a pane: the one behind it, else the one before; False without one."""
        here = self.query_one(f"#{pane}")
        around = {here, *here.ancestors}
        across = way in ("up", "down")
        found = [each for each in self.meetings() if each.across == across]
        own = [each for each in found if each.before in around]
        own += [each for each in found if each.after in around]
        if not own:
            return False
        meeting = own[0]
        first = meeting.before.region
        now = first.height if across else first.width
        self._choose(meeting, now + (by if way in ("right", "down") else -by))
        return True

    def _choose(self, meeting: Meeting, cells: int) -> None:
        if self.shares.choose(meeting.border, cells, meeting.total):
            self._fit_again()

    def even_out(self) -> bool:
        """Give all of them their own sizes again; False where no border was moved."""
        moved = self.shares.reset()
        if moved:
            self._fit_again()
        return moved

    def _fit_again(self) -> None:
        self.fit()
        self._shared()
        self.call_after_refresh(self._shared)

    # -- the mouse --------------------------------------------------------------------------

    def on_mouse_down(self, event: MouseDown) -> None:
        """Take hold of the border under the mouse."""
        if event.button != 1:
            return
        x, y = event.screen_x, event.screen_y
        self._held = next((each for each in self.meetings() if each.is_at(x, y)), None)
        if self._held is not None:
            event.stop()
            self.capture_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        """The border goes where the mouse goes."""
        if self._held is not None and self.app.mouse_captured is self:
            cells = self._held.share(event.screen_x, event.screen_y)
            if not self._held.is_at(event.screen_x, event.screen_y):
                self._choose(self._held, cells)

    def on_mouse_up(self, event: MouseUp) -> None:
        """Let go of it."""
        self._held = None
        self.release_mouse()

    def on_click(self, event: Click) -> None:
        """A double click on a frame means the pane within."""
        at = (event.screen_x, event.screen_y)
        pane = next((each for each in self.query(RowsPane) if each.on_frame(*at)), None)
        if pane is not None and pane.id and event.button == 1 and event.chain == 2:
            event.stop()
            self._doubled(pane.id)


def _room(widget: Widget, side: str) -> int:
    return widget.region.height if side == "height" else widget.region.width
