"""The panes of a session: which are there, which has the focus, and what its cursor is on.

View state only: the width, the zoom, the pane that had the focus last. The inspector is beside the
others where there is room, and else it is there when it was asked for.
"""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from tooltrace.debugger.view import View
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.panes.session_box import SessionBox
from tooltrace.tui.rows.selected import Selected, selected_of
from tooltrace.tui.rows.session_rows import SessionRows

__all__ = ["PANES", "SessionPanes"]

PANES = {
    "conversation": "Conversation",
    "workflow": "Workflow",
    "calls": "Tool calls",
    "inspector": "Inspector",
}
"""The panes by name, in order, with the title of each."""

ROOMY = 140
WIDE = 120
NARROW = 80
_CALLS = 10


class SessionPanes:
    """Finds the panes on a screen, and shows those that fit on it."""

    def __init__(self, screen: Screen[Any]) -> None:
        self.zoomed: str | None = None
        self.sought = ""
        """What was looked for in them last."""
        self.staged = False
        """Whether the stage is up in their place."""
        self._screen = screen
        self._width = 0
        self._beside = True
        self._last = "conversation"
        self._said = ("", "", "")
        self._source = "conversation"
        self._asked = False

    def begin(self) -> None:
        """Give each its heading, and the first one the focus."""
        for number, (name, title) in enumerate(PANES.items(), 1):
            self.pane(name).heading(number, title)
        for name in ("workflow", "inspector"):
            self.pane(name).follow = False
        self.pane("conversation").focus()

    def pane(self, name: str) -> RowsPane:
        """A pane by its name."""
        return self._screen.query_one(f"#{name}", RowsPane)

    def show_calls(self, rows: SessionRows, view: View) -> None:
        """Show the tool calls, and say which ones where not all are shown as they came."""
        pane, shown = self.pane("calls"), rows.shown
        shown.room, shown.width = self.calls_room(), pane.inner_width
        pane.set_items(*rows.trace(view))
        said = (*shown.heading(), shown.none)
        if said != self._said:
            self._said = said
            above, below, none = said
            title = PANES["calls"]
            number = list(PANES).index("calls") + 1
            pane.heading(number, f"{title}: {above}" if above else title, below)
            pane.instead(none)

    def focused(self) -> str:
        """The name of the pane that has the focus, or had it last."""
        focused = self._screen.focused
        if isinstance(focused, RowsPane) and focused.id:
            self._last = focused.id
            if focused.id != "inspector":
                self._source = focused.id
        return self._last

    def source(self) -> str:
        """The name of the pane that the inspector is about."""
        self.focused()
        return self._source

    def be_about(self, name: str) -> None:
        """Let the inspector be about another pane, whatever has the focus."""
        self._source = name

    @property
    def has_inspector(self) -> bool:
        """Whether the inspector is on the screen."""
        return self.pane("inspector").display

    @property
    def is_roomy(self) -> bool:
        """Whether the inspector has a place of its own."""
        return self._columns >= ROOMY

    @property
    def box(self) -> SessionBox:
        """What holds them, and says what each has of the room."""
        return self._screen.query_one(SessionBox)

    @property
    def _columns(self) -> int:
        return self._width or self._screen.app.size.width

    def selected(self) -> Selected:
        """What the cursor of the focused pane is on; in the inspector, what its row is about."""
        name = self.focused()
        if name == "inspector":
            about = getattr(self.pane(name).selected, "about", Selected())
            return self.inspected() if about == Selected() else about
        return selected_of(self.pane(name).selected)

    def inspected(self) -> Selected:
        """What the inspector is about."""
        return selected_of(self.pane(self.source()).selected)

    def resize(self, width: int) -> None:
        """Lay them out on a screen of another width."""
        self._width = width
        self.lay_out()

    def lay_out(self) -> None:
        """Show those that there is room for: by width, by what is zoomed, by what was asked for."""
        width = self._columns
        focused = self.focused()
        only = self.zoomed or (focused if width < NARROW else None)
        shown = _alone(only) if only else self._beside_each_other(focused)
        for name, here in shown.items():
            self.pane(name).display = here
        self._beside = shown["calls"]
        middle = shown["workflow"] or shown["calls"]
        self._screen.query_one("#middle").display = middle
        right = self._screen.query_one("#right")
        right.display = middle or shown["inspector"]
        right.set_class(self.is_roomy, "roomy")
        right.set_class(middle, "shared")
        self._screen.query_one("#state").display = not shown["workflow"] and not self.staged
        self.box.fit()
        self.share()

    def _beside_each_other(self, focused: str) -> dict[str, bool]:
        inspector = self.is_roomy or self._asked
        if self._columns >= WIDE and (self.is_roomy or not inspector):
            return dict.fromkeys(PANES, True) | {"inspector": inspector}
        if not inspector:
            workflow = focused == "workflow"
            return _alone("conversation") | {"workflow": workflow, "calls": not workflow}
        # What is selected in a pane and the inspector, one below the other, beside what was said.
        return _alone("inspector") | {"conversation": True, focused: True}

    def share(self) -> None:
        """Give the workflow the lines it needs, as far as it may, and the tool calls the rest."""
        workflow, room = self.pane("workflow"), self._screen.query_one("#middle").size.height
        if self.pane("calls").display and workflow.total and room:
            chosen = self.box.shares.cells("workflow", room)
            workflow.styles.height = chosen or min(workflow.total + 2, _most_beside(room))
        else:
            workflow.styles.height = "1fr"

    def workflow_room(self) -> int | None:
        """The lines that the workflow has beside the other panes; None where it is zoomed."""
        if self.zoomed == "workflow":
            return None
        room = self.box.size.height
        if self._beside:
            room = self.box.shares.cells("workflow", room) or _most_beside(room)
        return max(0, room - 2) or None

    def calls_room(self) -> int:
        """The lines that the tool calls have now."""
        return self.pane("calls").size.height

    def go_to(self, name: str) -> None:
        """Give a pane the focus; where one is zoomed, it is this one then."""
        if self.zoomed is not None:
            self.zoomed = name
        if name == "inspector":
            self._asked = True
        pane = self.pane(name)
        pane.display = True
        for holder in ("#middle", "#right"):
            self._screen.query_one(holder).display = True
        pane.focus()
        self.lay_out()

    def leave_inspector(self) -> bool:
        """Back to the pane that the inspector is about; False where one was there already.

        It goes, too, where it has no place of its own.
        """
        there = self.focused() == "inspector"
        if not there and not (self._asked and not self.is_roomy):
            return False
        self._asked = False
        self.go_to(self.source())
        return True

    def after(self, name: str) -> str:
        """The pane that is next in turn: the inspector only where it is there."""
        names = [each for each in PANES if each != "inspector" or self.is_roomy or self._asked]
        at = names.index(name) if name in names else -1
        return names[(at + 1) % len(names)]

    def hidden(self) -> list[str]:
        """The panes that there is no room for."""
        return [name for name in PANES if not self.pane(name).display]

    def zoom_or_back(self, name: str) -> None:
        """Show one pane over the whole screen; where one is already, all again."""
        self.zoom(None if self.zoomed else name)

    def zoom(self, name: str | None) -> None:
        """Show one pane over the whole screen, or all again."""
        self.zoomed = name
        self.lay_out()

    def rooms(self) -> tuple[object, ...]:
        """All that rows are made for: lines and widths."""
        return self.workflow_room(), self.calls_room(), self.inner_widths()

    def inner_widths(self) -> tuple[int, int]:
        """The cells that a line of the conversation and of the tool calls has."""
        return self.pane("conversation").inner_width, self.pane("calls").inner_width


def _most_beside(room: int) -> int:
    """The lines that the workflow may have where the tool calls are below it."""
    return max(room * 2 // 3, room - _CALLS)


def _alone(name: str) -> dict[str, bool]:
    return {each: each == name for each in PANES}
