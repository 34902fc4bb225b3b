"""The screen of a session: three panes, the status, the timeline, the keys.

It renders what the debugger's View says and turns keys into debugger commands; it decides nothing.
One tick of a clock looks whether anything changed: however many facts arrive, there is one repaint.
"""

from __future__ import annotations

import time
from math import inf

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Key, Resize
from textual.screen import Screen

from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.view import View
from tooltrace.tui import safe_text
from tooltrace.tui.actions.base import Waiting
from tooltrace.tui.actions.edit_targets import Selected
from tooltrace.tui.actions.editing import Changing
from tooltrace.tui.actions.faults import Faults
from tooltrace.tui.actions.inspecting import Looking
from tooltrace.tui.actions.navigating import Roaming
from tooltrace.tui.actions.rerunning import GoingOver
from tooltrace.tui.actions.sampling import Sampling
from tooltrace.tui.actions.saving import Rescue
from tooltrace.tui.actions.shown import Shown
from tooltrace.tui.actions.stepping import TWICE, Moving
from tooltrace.tui.keys.availability import available, why_not
from tooltrace.tui.keys.keymap import Cell, footer, textual_bindings
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.call_detail import call_detail, runs_of
from tooltrace.tui.rows.calls import CallRow
from tooltrace.tui.rows.lines import Line
from tooltrace.tui.screens import dialogs
from tooltrace.tui.screens.key_buffer import KeyBuffer
from tooltrace.tui.screens.mouse import MarksText
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["SessionScreen"]

HERTZ = 30
SLICE = 0.012
"""Seconds of a tick in which rows of a long session are made that nobody sees yet."""
FOLLOW = 0.5
"""Seconds between two looks at a file that someone else writes."""

WATCH = 1.0
"""Seconds between two looks whether the file that is written here is still there."""

WIDE = 120
NARROW = 80


class SessionScreen(
    Moving,
    Changing,
    GoingOver,
    Faults,
    Looking,
    Roaming,
    Rescue,
    Sampling,
    MarksText,
    KeyBuffer,
    Screen[None],
):
    """Conversation, workflow and tool calls of one session."""

    BINDINGS = textual_bindings("app")
    DEFAULT_CSS = """
    SessionScreen #status { height: 1; }
    SessionScreen #state { height: 1; padding: 0 1; }
    SessionScreen #panes { height: 1fr; }
    SessionScreen #conversation { width: 9fr; height: 1fr; }
    SessionScreen #right { width: 11fr; height: 1fr; }
    SessionScreen #workflow { height: 1fr; }
    SessionScreen #calls { height: 1fr; }
    SessionScreen #timeline { height: 2; padding: 0 1; }
    SessionScreen #find { height: 1; }
    SessionScreen #keys { height: 2; padding: 0 1; }
    """

    def __init__(self, debugger: Debugger, stdio: tuple[int, int, int] | None = None) -> None:
        super().__init__()
        self.debugger = debugger
        self.stdio = stdio
        self.shown = Shown()
        self.zoomed: str | None = None
        self.waiting: list[Waiting] = []
        self.given_at = 0.0
        self.escaped_at = -inf
        self.escaped_twice = False
        self._seen = -1
        self._told = 0
        self._width = 0
        self._began: float | None = None
        self._last_pane = "conversation"

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield LinesLabel(id="status")
        yield LinesLabel(id="state")
        with Horizontal(id="panes"):
            yield RowsPane(id="conversation", empty="nothing was said yet")
            with Vertical(id="right"):
                yield RowsPane(id="workflow")
                yield RowsPane(id="calls", empty="no tool was called yet: n steps")
        yield LinesLabel(id="timeline")
        yield LinesLabel(id="keys")

    def on_mount(self) -> None:
        """The panes are there from the first paint; the clock follows."""
        for number, name, title in (
            (1, "conversation", "Conversation"),
            (2, "workflow", "Workflow"),
            (3, "calls", "Tool calls"),
        ):
            self.pane(name).heading(number, title)
        self.pane("workflow").follow = False
        self.pane("conversation").focus()
        self.set_interval(1 / HERTZ, self.tick)
        if self.debugger.session.read_only:
            self.set_interval(FOLLOW, self._follow)
        else:
            self.set_interval(WATCH, self.look_after_file)

    def _follow(self) -> None:
        if self.debugger.session.read_only:
            self.debugger.submit.follow()
        else:
            self.look_after_file()

    def on_key(self, event: Key) -> None:
        """Whether this is a second escape, with no other key since the first."""
        # Not where the key acts: by then the keys after it may have been here.
        now, escape = time.monotonic(), event.key == "escape"
        self.escaped_twice = escape and now - self.escaped_at < TWICE
        self.escaped_at = now if escape and not self.escaped_twice else -inf

    def pane(self, name: str) -> RowsPane:
        """A pane by its name: conversation, workflow or calls."""
        return self.query_one(f"#{name}", RowsPane)

    # -- what is shown ----------------------------------------------------------------------

    def on_resize(self, event: Resize) -> None:
        """Another layout, and everything measured anew."""
        self._width = event.size.width
        self.lay_out()
        self._seen = -1
        self.tick()
        self.call_after_refresh(self._share)

    def lay_out(self) -> None:
        """Which panes are there: by width, and by what is zoomed."""
        width = self._width or self.app.size.width
        focused = self.focused_pane()
        only = self.zoomed or (focused if width < NARROW else None)
        small = width < WIDE and only is None
        shown = {
            "conversation": only in (None, "conversation"),
            "workflow": only == "workflow" or (only is None and not small),
            "calls": only in (None, "calls"),
        }
        if small and focused == "workflow":
            shown |= {"workflow": True, "calls": False}
        for name, here in shown.items():
            self.pane(name).display = here
        self.query_one("#right").display = shown["workflow"] or shown["calls"]
        self.query_one("#state").display = not shown["workflow"]
        self._share()

    def _share(self) -> None:
        """The workflow gets the lines it needs, at most two thirds; the tool calls the rest."""
        workflow, room = self.pane("workflow"), self.query_one("#right").size.height
        if self.pane("calls").display and workflow.total and room:
            workflow.styles.height = min(workflow.total + 2, room * 2 // 3)
        else:
            workflow.styles.height = "1fr"

    def focused_pane(self) -> str:
        """The pane that has the focus, or had it last."""
        focused = self.focused
        if isinstance(focused, RowsPane) and focused.id:
            self._last_pane = focused.id
        return self._last_pane

    def on_descendant_focus(self) -> None:
        """On a narrow screen the focused pane is the one that is seen."""
        self.lay_out()
        self._foot(self.debugger.view())

    def tick(self) -> None:
        """Repaint what changed, at most thirty times a second."""
        view = self.debugger.view()
        mark = hash((view.changes, view.saved))
        self.shown.begin(view, self._widths)
        if self._seen != -1 and self.shown.fill(SLICE):
            self._seen = -1
            self.shown.followed = (-1, False)
        if mark == self._seen and not view.running:
            return
        if view.running and time.monotonic() - self.given_at < 1 / HERTZ:
            return  # Most commands have ended by the next tick: then there is one picture, not two.
        moved = mark != self._seen
        self._seen = mark
        if moved:
            self._panes(view)
            self._foot(view)
            self._tell(view)
        self._arriving(view, moved)
        self._status(view)

    def _widths(self) -> tuple[int, int]:
        return self.pane("conversation").inner_width, self.pane("calls").inner_width

    def _arriving(self, view: View, moved: bool) -> None:
        """The reply that is on its way, as far as it has come."""
        incoming = self.debugger.incoming
        fresh = incoming.drain() or (moved and incoming.blocks)
        if fresh and view.running and view.snapshot.awaiting_model:
            self.pane("conversation").set_items(*self.shown.arriving(view, incoming.blocks))

    def _status(self, view: View) -> None:
        now = time.monotonic()
        if not view.running:
            self._began = None
        elif self._began is None:
            self._began = now
        elapsed = None if self._began is None else now - self._began
        path = self.debugger.session.file
        file = path.name if path else "in memory"
        wait = None if view.retry is None else max(0.0, view.retry.until - now)
        line = self.shown.status(view, file, self.app.size.width, elapsed, wait)
        self.query_one("#status", LinesLabel).show(line)

    def _panes(self, view: View) -> None:
        items, keep = self.shown.conversation(view)
        self.pane("conversation").set_items(items, keep)
        items, keep = self.shown.calls(view)
        self.pane("calls").set_items(items, keep)
        self.pane("workflow").set_items(self.shown.workflow(view))
        self._share()
        self._follow_head(view)

    def _follow_head(self, view: View) -> None:
        """Where the head went, the cursors go, unless they were left elsewhere on purpose."""
        # What comes next is only known once nothing runs, and the head may be there before that.
        place = (view.head, view.running)
        # A command that leaves the head alone, as a bookmark does, leaves the cursors alone, too.
        if place == self.shown.followed or (view.running and view.head == self.shown.followed[0]):
            return
        self.shown.followed = place
        for name, index in (
            ("conversation", self.shown.index_of_head(view)),
            ("calls", self.shown.call_of_head(view)),
        ):
            if index is not None:
                self.pane(name).cursor_to(index)

    def _foot(self, view: View) -> None:
        width = self.app.size.width - 2
        self.query_one("#state", LinesLabel).show(self.shown.state_line(view, width))
        self.query_one("#timeline", LinesLabel).show(*self.shown.timeline(view, width))
        rows = footer(width, available(view))
        self.query_one("#keys", LinesLabel).show(*(_key_row(row) for row in rows))

    def _tell(self, view: View) -> None:
        """Say once what is wrong with the file, and what the last command came to."""
        fresh = view.problems[self._told :]
        self._told = len(view.problems)
        if fresh:
            more = f" (and {len(fresh) - 1} more: see pane 2)" if len(fresh) > 1 else ""
            safe_text.notify(self, fresh[0] + more, "warning")

    # -- what keys act on -------------------------------------------------------------------

    def selected(self) -> Selected:
        """What the cursor of the focused pane is on."""
        name = self.focused_pane()
        return self.shown.selected(name, self.pane(name))

    def refused(self, ident: str) -> bool:
        """Whether an action is not possible now; if so, it has been said why."""
        why = why_not(ident, self.debugger.view())
        if why is not None and self.debugger.view().read_only and self.debugger.take_over():
            safe_text.notify(self, "whoever wrote this session has left: it is written here now")
            self._seen = -1
            why = why_not(ident, self.debugger.view())
        if why is not None:
            safe_text.notify(self, why, "warning")
        return why is not None

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        """Enter opens or closes an item, shows all of a call, and edits a context value."""
        match event.pane.id, event.item:
            case "workflow", _:
                self.action_edit()
            case "calls", CallRow(facts=facts):
                runs = runs_of(self.debugger.view().tree, facts)
                title = f"{facts.tool} {facts.ref}"
                self.app.push_screen(dialogs.CallDetailScreen(title, call_detail(facts, runs)))
            case "conversation", item:
                items, keep = self.shown.toggle(item.key)
                event.pane.set_items(items, keep)
            case _:
                pass


def _key_row(row: list[Cell]) -> Line:
    spans: list[tuple[str, str]] = []
    for cell in row:
        gap = "  " if spans else ""
        spans += [
            (f"{gap}{cell.key}", "key" if cell.enabled else "dim"),
            (f" {cell.label}", "text" if cell.enabled else "dim"),
        ]
    return tuple(spans)
