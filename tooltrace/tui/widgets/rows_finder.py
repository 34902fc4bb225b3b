"""Finding in one list of rows as one types: what is found is marked, counted and gone to."""

from __future__ import annotations

from collections.abc import Callable

from tooltrace.tui.panes.cursor import Where
from tooltrace.tui.panes.layout import Way
from tooltrace.tui.panes.limited_pattern import Finds, LimitedPattern
from tooltrace.tui.panes.needle import Search
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.widgets.find_line import TOO_SLOW, FindLine

__all__ = ["RowsFinder"]

_SLICE, _PAUSE = 0.04, 0.01
"""Seconds for which it is looked at once, and between two such looks."""


class RowsFinder:
    """What a line to find in looks for in a pane. ``reveal`` opens what the cursor has come to."""

    def __init__(
        self,
        pane: Callable[[], RowsPane],
        line: Callable[[], FindLine],
        reveal: Callable[[], None],
        tell: Callable[[str], None],
    ) -> None:
        self._pane, self._line = pane, line
        self._reveal, self._say = reveal, tell
        self._search: Search | None = None
        self._pattern: Finds | None = None
        self._began: Where | None = None
        self._typing = self._waits = False

    @property
    def is_open(self) -> bool:
        """Whether the line is there."""
        return bool(self._line().display)

    def begin(self) -> None:
        """Find as one types."""
        self._began = self._pane().where
        self._typing = True
        self._line().begin()
        self.sought()

    def find_on(self, direction: Way) -> None:
        """The next match, or the one before; asks for what, where nothing was looked for."""
        if self._line().needle.text and self.is_open:
            self.on(direction)
        else:
            self.begin()

    def sought(self) -> None:
        """Something else is looked for: from where one was, the nearest first."""
        if not self._typing:
            return
        pane, wrong = self._pane(), ""
        if self._began is not None:
            pane.back_to(self._began)
        try:
            self._pattern = self._line().needle.pattern()
        except ValueError as error:
            self._pattern, wrong = None, str(error)
        pane.mark(self._pattern)
        self._search = None
        if self._pattern is not None:
            self._search = Search(pane.items, self._pattern, pane.cursor or 0)
        if wrong:
            self._line().tell(f"× {wrong}", "error")
        else:
            self._look()

    def _look(self) -> None:
        """Look for a while, and on a little later where that was not all."""
        search = self._search
        if search is not None:
            had = search.total
            search.go_on(_SLICE, most=1)
            if not had and self._typing and (nearest := search.first) is not None:
                self._go(nearest)
            search.go_on(_SLICE)
            if not search.done and not self._waits:
                self._waits = True
                self._pane().set_timer(_PAUSE, self._look_on)
        self._tell()

    def _look_on(self) -> None:
        self._waits = False
        self._look()

    def _go(self, index: int) -> None:
        pane = self._pane()
        pane.cursor_to(index)
        self._reveal()
        if self._pattern is not None:
            pane.show_found(index, self._pattern)
        self._tell()

    def _tell(self) -> None:
        search, line = self._search, self._line()
        if self._is_slow:
            self._search = None
            line.tell(f"× {TOO_SLOW}", "error")
        elif search is None:
            line.tell("")
        elif not search.total:
            line.tell("0" if search.done else "looking …", "warn" if search.done else "dim")
        else:
            cursor = self._pane().cursor
            place = search.place(cursor) if search.done and cursor is not None else None
            at = "" if place is None else f"{place:,}/"
            line.tell(f"{at}{search.total:,}{'' if search.done else ' …'}")

    @property
    def _is_slow(self) -> bool:
        return isinstance(self._pattern, LimitedPattern) and self._pattern.is_slow

    def on(self, direction: Way) -> None:
        """To the next match, or the one before, round the end."""
        search, cursor = self._search, self._pane().cursor
        if search is None:
            return
        found = search.beside(-1 if cursor is None else cursor, direction)
        found = search.end(direction) if found is None else found
        if found is not None:
            self._go(found)
        else:
            self._say(f"{self._line().needle.text!r} is not here")

    def take(self) -> None:
        """Stay at what was found; the line stays to be seen, and goes with an escape."""
        search = self._search
        if not self._line().needle.text:
            self.let_go()
        elif self._is_slow:
            self._say(TOO_SLOW)
        elif search is not None and (search.total or not search.done):
            self._typing = False
            self._pane().focus()
        else:
            self._say(f"{self._line().needle.text!r} is not here")

    def give_up(self) -> None:
        """Leave it, and go back to where one was."""
        if self._began is not None:
            self._pane().back_to(self._began)
        self.let_go()

    def let_go(self) -> bool:
        """Mark nothing any more; whether anything was."""
        was = self.is_open
        if was:
            self._typing, self._pattern, self._search = False, None, None
            self._pane().mark(None)
            self._line().display = False
            self._pane().focus()
        return was
