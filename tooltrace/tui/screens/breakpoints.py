"""The list of breakpoints, logpoints and watches: add, switch off, edit, delete."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.decide.watches import Watch, parse_watch
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.run.project_file import PROJECT_FILE
from tooltrace.tui import safe_text
from tooltrace.tui.dialog.list_dialog import ListDialog
from tooltrace.tui.dialog.prompt import PromptScreen
from tooltrace.tui.keys.keymap import Scope, textual_bindings
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

Shown = Breakpoint | Watch


class BreakpointsScreen(ListDialog[None]):
    """What stops, prints and shows. ``pick`` offers the places of the workflow."""

    SCOPE: Scope = "breakpoints"
    HINT = "only those with these words"
    NOTHING = "none has these words"
    BINDINGS = textual_bindings("breakpoints")

    def __init__(self, debugger: Debugger, pick: Callable[[], None]) -> None:
        super().__init__("Breakpoints", debugger)
        self._pick = pick
        self._undoing: list[tuple[tuple[Shown, ...], tuple[Shown, ...]]] = []
        """What there was before and after each change from here."""

    def ready(self) -> None:
        """On the first of them; what others wrote into the files meanwhile is there, too."""
        self.debugger.breakpoints.read_again()
        super().ready()

    @property
    def _workflow(self) -> WorkflowSpec:
        return self.debugger.view().snapshot.workflow

    @property
    def marked(self) -> Shown | None:
        """What is under the cursor."""
        row = self.pane.selected
        return row.shown if isinstance(row, PointRow) else None

    def load(self) -> None:
        """All of them by kind, or those that have the words."""
        self._load()

    def enter(self) -> None:
        """Write what is marked anew."""
        self.action_edit_point()

    def _load(self, stand_on: Shown | None = None) -> None:
        view = self.debugger.view()
        rows, cursor = point_rows(view, self.words), self.pane.cursor
        places = [at for at, row in enumerate(rows) if isinstance(row, PointRow)]
        self.pane.set_items(rows)
        there = [at for at in places if getattr(rows[at], "shown", None) == stand_on]
        if there:
            self.pane.cursor_to(there[0])
        elif places:
            self.pane.cursor_to(min(places, key=lambda at: abs(at - (cursor or 0))))
        safe_text.border_title(self.query_one("#box"), points_title(view))

    def _set(self, shown: Sequence[Shown], stand_on: Shown | None = None) -> None:
        before = self._all
        self._put_all(shown)
        if self._all != before:
            self._undoing.append((before, self._all))
        self.status()
        self._load(stand_on)

    def _put_all(self, shown: Sequence[Shown]) -> None:
        points = [one for one in shown if isinstance(one, Breakpoint)]
        watches = [one for one in shown if isinstance(one, Watch)]
        if tuple(points) != self.debugger.view().points:
            self.debugger.breakpoints.set(points)
        if tuple(watches) != self.debugger.view().watches:
            self.debugger.watches.set(watches)

    @property
    def _all(self) -> tuple[Shown, ...]:
        view = self.debugger.view()
        return (*view.points, *view.watches)

    # what its keys do

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
        origin = self.debugger.view().origins.get(replace(shown, enabled=True))
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

    def action_undo_points(self) -> None:
        """All of them as before the last change from here."""
        if not self._undoing:
            self.status((("nothing was changed here since it was opened", "warn"),))
            return
        before, after = self._undoing.pop()
        if self._all != after:
            self._undoing.clear()
            self.status((("× they were changed elsewhere since: nothing to undo", "warn"),))
            return
        self._put_all(before)
        self.status()
        self._load(next((one for one in before if one not in after), None))

    def action_filter_points(self) -> None:
        """Type to narrow."""
        self.narrow()

    def action_leave_points(self) -> None:
        """Let go of the filter first, then back to the session."""
        self.go_up()
