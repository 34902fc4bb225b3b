"""The list of breakpoints, logpoints and watches: add, switch off, edit, delete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace
from textual.widget import Widget

from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.decide.watches import Watch, parse_watch
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.run.project_file import PROJECT_FILE
from tooltrace.tui import safe_text
from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.dialog.prompt import PromptScreen
from tooltrace.tui.keys.keymap import Scope, textual_bindings
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.breakpoints import (
    FORMS,
    WATCH_HINT,
    PointRow,
    point_problem,
    point_rows,
    points_title,
    watch_problem,
)
from tooltrace.tui.screens.help import HelpScreen

__all__ = ["BreakpointsScreen"]

OFTEN = 0.1
"""Seconds between two looks whether something was met, or set elsewhere."""

_WIDTH = 110

Shown = Breakpoint | Watch


class BreakpointsScreen(Dialog[None]):
    """What stops, prints and shows. ``pick`` offers the places of the workflow."""

    SCOPE: Scope = "breakpoints"
    BINDINGS = textual_bindings("breakpoints")
    DEFAULT_CSS = f"""
    BreakpointsScreen > #box {{ width: {_WIDTH}; max-width: 100%; height: 94%; }}
    BreakpointsScreen RowsPane {{ height: 1fr; }}
    """

    def __init__(self, debugger: Debugger, pick: Callable[[], None]) -> None:
        super().__init__("Breakpoints")
        self._debugger = debugger
        self._pick = pick
        self._seen = -1

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield RowsPane(classes="bare", id="points")

    def ready(self) -> None:
        """On the first of them; what others wrote into the files meanwhile is there, too."""
        self._debugger.breakpoints.read_again()
        self._pane.follow = False
        self._pane.focus()
        self._load()
        self.set_interval(OFTEN, self._look)

    @property
    def inner_width(self) -> int:
        """As wide as the screen lets it."""
        return max(20, min(_WIDTH, self.app.size.width) - 4)

    @property
    def _pane(self) -> RowsPane:
        return self.query_one("#points", RowsPane)

    @property
    def _workflow(self) -> WorkflowSpec:
        return self._debugger.view().snapshot.workflow

    @property
    def marked(self) -> Shown | None:
        """What is under the cursor."""
        row = self._pane.selected
        return row.shown if isinstance(row, PointRow) else None

    def _look(self) -> None:
        if self._debugger.changes != self._seen:
            self._load()

    def _load(self, stand_on: Shown | None = None) -> None:
        view = self._debugger.view()
        self._seen = view.changes
        rows, cursor = point_rows(view), self._pane.cursor
        places = [at for at, row in enumerate(rows) if isinstance(row, PointRow)]
        self._pane.set_items(rows)
        there = [at for at in places if getattr(rows[at], "shown", None) == stand_on]
        if there:
            self._pane.cursor_to(there[0])
        elif places:
            self._pane.cursor_to(min(places, key=lambda at: abs(at - (cursor or 0))))
        safe_text.border_title(self.query_one("#box"), points_title(view))

    def _set(self, shown: Sequence[Shown], stand_on: Shown | None = None) -> None:
        points = [one for one in shown if isinstance(one, Breakpoint)]
        watches = [one for one in shown if isinstance(one, Watch)]
        if tuple(points) != self._debugger.view().points:
            self._debugger.breakpoints.set(points)
        if tuple(watches) != self._debugger.view().watches:
            self._debugger.watches.set(watches)
        self.status()
        self._load(stand_on)

    @property
    def _all(self) -> tuple[Shown, ...]:
        view = self._debugger.view()
        return (*view.points, *view.watches)

    # what its keys do

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        """Enter, or a double click."""
        self.action_edit_point()

    def action_add_point(self) -> None:
        """A breakpoint or a logpoint, as it is written on the command line."""
        self._ask("Breakpoint or logpoint", "", None)

    def action_add_watch(self) -> None:
        """An expression to watch."""
        self._ask_watch("", None)

    def action_edit_point(self) -> None:
        """Write what is marked anew."""
        shown = self.marked
        if shown is None or self._of_the_project(shown, "change it there"):
            return
        if isinstance(shown, Watch):
            self._ask_watch(shown.expression, shown)
        else:
            self._ask("Breakpoint or logpoint", str(shown), shown)

    def _ask(self, title: str, text: str, old: Breakpoint | None) -> None:
        def check(typed: str) -> str | None:
            return point_problem(typed, self._workflow)

        def typed(answer: str | None) -> None:
            if answer:
                self._put(parse(answer), old)

        self.app.push_screen(PromptScreen(title, text, FORMS, check), typed)

    def _ask_watch(self, text: str, old: Watch | None) -> None:
        def check(typed: str) -> str | None:
            return watch_problem(typed, self._workflow)

        def typed(answer: str | None) -> None:
            if answer:
                self._put(parse_watch(answer), old)

        self.app.push_screen(PromptScreen("Watch", text, WATCH_HINT, check), typed)

    def _put(self, new: Shown, old: Shown | None) -> None:
        """In place of the old one, or at the end; one that is there already is no second one."""
        if old is not None:
            new = replace(new, enabled=old.enabled)
        rest = [one for one in self._all if one != new or one == old]
        wanted = [new if one == old else one for one in rest]
        self._set(wanted if old in rest else [*rest, new], new)

    def action_switch_point(self) -> None:
        """Off, or on again."""
        shown = self.marked
        if shown is not None:
            new = replace(shown, enabled=not shown.enabled)
            self._set([new if one == shown else one for one in self._all if one != new], new)

    def action_delete_point(self) -> None:
        """Take it away."""
        shown = self.marked
        if shown is not None and not self._of_the_project(shown, "delete it there"):
            self._set([one for one in self._all if one != shown])

    def _of_the_project(self, shown: Shown, what: str) -> bool:
        origin = self._debugger.view().origins.get(replace(shown, enabled=True))
        if origin != PROJECT_FILE:
            return False
        self.status(((f"× it stands in {origin}: {what}, or switch it off (space)", "warn"),))
        return True

    def action_pick_point(self) -> None:
        """The places that the workflow has, to pick one."""
        self._pick()

    def action_points_help(self) -> None:
        """The keys here."""
        self.app.push_screen(HelpScreen("breakpoints"))

    def action_leave_points(self) -> None:
        """Back to the session."""
        self.dismiss(None)
