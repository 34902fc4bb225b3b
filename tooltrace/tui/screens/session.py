"""The screen of a session: its panes, the status, the caption, the timeline, the keys.

It renders what the debugger's View says and hands each key to its controller; it decides nothing.
One tick of a clock looks whether anything changed: however many facts arrive, there is one repaint.
The clock rests while nothing goes on.
"""

from __future__ import annotations

import time
from functools import partial

from textual.app import ComposeResult
from textual.events import Key, Resize
from textual.screen import Screen

from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.view import View
from tooltrace.tui.actions.controller import SessionController
from tooltrace.tui.actions.edit_targets import block_of
from tooltrace.tui.file_watch import FileWatch
from tooltrace.tui.input.key_buffer import KeyBuffer
from tooltrace.tui.input.offers_keys import OffersKeys
from tooltrace.tui.input.text_marking import MarksText
from tooltrace.tui.keys.action import Action
from tooltrace.tui.keys.keymap import in_scope, textual_bindings
from tooltrace.tui.panes.pane_message import LineClicked
from tooltrace.tui.panes.possible_keys import PossibleKeys
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.panes.session_box import SessionBox
from tooltrace.tui.panes.session_panes import SessionPanes
from tooltrace.tui.panes.signed_pane import SignedPane
from tooltrace.tui.present.stage import Stage
from tooltrace.tui.rows.branches.status import status_line
from tooltrace.tui.rows.branches.status_keys import status_keys
from tooltrace.tui.rows.calls.call_row import CallRow
from tooltrace.tui.rows.calls.log_row import LogRow, log_detail
from tooltrace.tui.rows.calls.time_row import AxisRow, MoreRow, TimeRow
from tooltrace.tui.rows.caption_lines import caption_lines
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.rows.selected import selected_of
from tooltrace.tui.rows.session_rows import SessionRows
from tooltrace.tui.rows.signs import sign_of
from tooltrace.tui.rows.workflow.graph_rows import GraphRow
from tooltrace.tui.rows.workflow.watch_rows import WatchRow
from tooltrace.tui.rows.workflow.workflow import one_line_state
from tooltrace.tui.run_signals import RunSignals
from tooltrace.tui.screen_clock import Clocked, ScreenClock
from tooltrace.tui.screens import dialogs
from tooltrace.tui.widgets.find_line import FindLine
from tooltrace.tui.widgets.key_lines import KeyLines
from tooltrace.tui.widgets.lines_label import LinesLabel
from tooltrace.tui.widgets.timeline_bar import TimelineBar
from tooltrace.tui.window_lookup import WindowLookup

__all__ = ["SessionScreen"]

HERTZ = 30
SLICE = 0.012
"""Seconds of a tick in which rows of a long session are made that nobody sees yet."""


class SessionScreen(Clocked, OffersKeys, MarksText, KeyBuffer, Screen[None]):
    """Conversation, workflow, tool calls and inspector of one session."""

    BINDINGS = textual_bindings("app")
    DEFAULT_CSS = """
    SessionScreen #status { height: 1; }
    SessionScreen #state { height: 1; padding: 0 1; }
    SessionScreen #caption { height: 2; padding: 0 1; }
    SessionScreen #timeline { height: 2; padding: 0 1; }
    SessionScreen #keys { height: 2; padding: 0 1; }
    """

    def __init__(
        self,
        debugger: Debugger,
        stdio: tuple[int, int, int] | None = None,
        signals: RunSignals | None = None,
        rendered: bool = True,
    ) -> None:
        super().__init__()
        self._signals = signals
        self.debugger = debugger
        self.stdio = stdio
        self.panes = SessionPanes(self)
        self._keys = PossibleKeys(self.panes)
        self.rows = SessionRows(rendered)
        parts = (self, debugger, self.panes, self.rows, stdio)
        self.controller = SessionController(*parts, self.tick, self.repaint_all)
        for entry in in_scope("app"):  # Textual calls what has the action's name here.
            setattr(self, f"action_{entry.id}", partial(self.controller.press, entry.id))
        self._windows = WindowLookup(self.repaint_all)
        self._seen = -1
        self.clock = ScreenClock(self.tick, self._glance, HERTZ)
        self._told = 0
        self._began: float | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield KeyLines(id="status")
        yield LinesLabel(id="state")
        yield SessionBox(self.panes.share, self.panes.zoom_or_back, id="panes")
        yield LinesLabel(id="caption")
        yield TimelineBar(id="timeline")
        yield FindLine(self.controller.finding, id="find")
        yield self._keys.bar
        yield Stage(id="stage")

    def on_mount(self) -> None:
        """The panes are there from the first paint; the clock follows."""
        self.panes.begin()
        self.clock.begin(self)
        self.debugger.on_change(self.clock.wake_from_afar)
        self.call_after_refresh(self.debugger.warm)
        FileWatch(self.debugger, self.controller).begin(self)

    def _glance(self) -> object:
        return self.debugger.changes, self.debugger.session.saved, self._seen

    def on_key(self, event: Key) -> None:
        """Any key, before it acts: an escape counts by what came before it; one stops autoplay."""
        self.controller.escape.saw(event.key)
        if self.controller.presenting.saw(event.key):
            event.stop().prevent_default()

    def on_resize(self, event: Resize) -> None:
        """Another layout, and everything measured anew."""
        self.panes.resize(event.size.width)
        self.repaint_all()
        self.tick()
        self.call_after_refresh(self.panes.share)

    def on_descendant_focus(self) -> None:
        """On a narrow screen the focused pane is the one that is seen."""
        self.panes.lay_out()
        view = self.debugger.view()
        self._foot(view)
        self.controller.inspection.follow(view)

    def repaint_all(self) -> None:
        """Paint everything at the next tick, whether it changed or not."""
        self._seen = -1

    def tick(self) -> None:
        """Repaint what changed, at most thirty times a second."""
        view = self.debugger.view()
        mark = hash((view.changes, view.saved, self.panes.rooms()))
        self.rows.begin(view, self.panes.inner_widths)
        if self._seen != -1 and self.rows.fill(SLICE):
            self._seen = -1
            self.rows.followed = (-1, False)
        if self._seen != -1 and self.rows.shown.looking:
            self.panes.show_calls(self.rows, view)
        self.controller.finding.go_on()
        slow = self.rows.filling or self.rows.shown.looking or self.controller.finding.looking
        self.clock.ticked(busy=mark != self._seen or view.running or slow)
        if mark == self._seen and not view.running:
            return
        if view.running and time.monotonic() - self.controller.given_at < 1 / HERTZ:
            return  # Most commands have ended by the next tick: then there is one picture, not two.
        moved = mark != self._seen
        self.rows.moves.update(view)
        self._seen = mark
        if moved:
            self._panes(view)
            self._foot(view)
            self._tell(view)
        self.controller.presenting.draw(view, self.rows.moves.last)
        self._arriving(view, moved)
        self._status(view)

    def _arriving(self, view: View, moved: bool) -> None:
        """The reply that is on its way, as far as it has come."""
        incoming = self.debugger.incoming
        fresh = incoming.drain() or (moved and incoming.blocks)
        if fresh and view.running and view.snapshot.awaiting_model:
            arriving = self.rows.conversation.arriving(view, incoming.blocks)
            self.panes.pane("conversation").set_items(*arriving)

    def _status(self, view: View) -> None:
        now = time.monotonic()
        if not view.running:
            self._began = None
        elif self._began is None:
            self._began = now
        elapsed = None if self._began is None else now - self._began
        file = path.name if (path := self.debugger.session.file) else "in memory"
        if self._signals is not None:
            self._signals.show(view, file, elapsed)
        wait = None if view.retry is None else max(0.0, view.retry.until - now)
        line = status_line(view, self.rows.steps, self.app.size.width, file, elapsed, wait)
        self.query_one("#status", KeyLines).show_keys([line], status_keys(line))

    def _panes(self, view: View) -> None:
        self.panes.pane("conversation").set_items(*self.rows.conversation.update(view))
        self.panes.show_calls(self.rows, view)
        move, room = self.rows.moves.last, self.panes.workflow_room()
        self.panes.pane("workflow").set_items(self.rows.workflow.update(view, move, room))
        for pane in self.query(SignedPane):
            pane.sign(partial(sign_of, move))
        self.panes.share()
        self._follow_head(view)
        self.controller.inspection.follow(view)

    def _follow_head(self, view: View) -> None:
        """Where the head went, the cursors go, unless they were left elsewhere on purpose."""
        # What comes next is only known once nothing runs, and the head may be there before that.
        place = (view.head, view.running)
        # A command that leaves the head alone, as a bookmark does, leaves the cursors alone, too.
        if place == self.rows.followed or (view.running and view.head == self.rows.followed[0]):
            return
        self.rows.followed = place
        for name, index in (
            ("conversation", self.rows.index_of_head(view)),
            ("calls", self.rows.shown.index_of_head(view)),
        ):
            if index is not None:
                self.panes.pane(name).cursor_to(index)

    def _foot(self, view: View) -> None:
        width, move = self.app.size.width - 2, self.rows.moves.last
        self.query_one("#state", LinesLabel).show(one_line_state(view, width, move))
        self.query_one("#caption", LinesLabel).show(*caption_lines(view, width))
        window = self._windows.of(view.snapshot.settings)
        self.query_one(TimelineBar).draw(view, self.rows.steps, width, window, move)
        self._keys.show(view)

    def why_not(self, entry: Action) -> str | None:
        """Why an action is not possible now."""
        view = self.debugger.view()
        return entry.when(view) or entry.on(view, self.panes.selected().record)

    def pane_name(self) -> str:
        """The pane that has the focus, or had it last."""
        return self.panes.focused()

    def _tell(self, view: View) -> None:
        """Say once what is wrong with the file, and what the last command came to."""
        fresh = view.problems[self._told :]
        self._told = len(view.problems)
        if fresh:
            more = f" (and {len(fresh) - 1} more: see pane 2)" if len(fresh) > 1 else ""
            self.controller.tell(fresh[0] + more, "warning")

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        """Enter opens or closes an item, shows all of a call, and edits a context value."""
        match event.pane.id, event.item:
            case "workflow", WatchRow():
                self.controller.press("breakpoints")
            case "calls", LogRow():
                shown = dialogs.DetailScreen("Printed", log_detail(event.item))
                self.controller.show(shown)
            case "workflow", _:
                self.controller.press("edit")
            case "calls", MoreRow():
                self.controller.call_views.reach(event.pane, event.item)
            case "calls", CallRow() | TimeRow():
                self.controller.inspection.read()
            case "inspector", item:
                self.controller.inspection.chosen(item)
            case "conversation", Entry(block=int(), parts=()) as entry:
                block = block_of(self.debugger.view(), selected_of(entry))
                if block is not None:
                    self.controller.show(dialogs.BlockScreen(block))
            case "conversation", item:
                event.pane.set_items(*self.rows.conversation.toggle(item.key))
            case _:
                pass

    def on_rows_pane_highlighted(self, event: RowsPane.Highlighted) -> None:
        """Inspector and keys are about what is selected; where the time view ends it goes on."""
        self.controller.call_views.reach(event.pane, event.item)
        if self._seen == -1:
            return
        if event.pane.id == self.panes.source():
            self.controller.inspection.follow(self.debugger.view())
        self._keys.follow(self.debugger.view())

    def on_timeline_bar_asked(self, event: TimelineBar.Asked) -> None:
        """A click on the timeline goes to a step, as a jump does."""
        self.controller.go_to_step(event.step)

    def on_line_clicked(self, event: LineClicked) -> None:
        """A click on a state or an edge of the graph says what can be done there."""
        if isinstance(event.item, AxisRow):
            self.controller.press("closer")
        if isinstance(event.item, GraphRow):
            row = event.item.row_at(event.line)
            self.controller.graph_clicks.clicked(row, event.item.taken)
