"""Finding in the panes as one types: what is found is marked, counted and gone to."""

from __future__ import annotations

from tooltrace.tui.actions.group import ActionGroup, Controller
from tooltrace.tui.panes.cursor import Where
from tooltrace.tui.panes.layout import Way
from tooltrace.tui.panes.limited_pattern import Finds, LimitedPattern
from tooltrace.tui.panes.needle import Search
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.panes.session_panes import PANES
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.widgets.find_line import TOO_SLOW, FindLine

__all__ = ["FindActions"]

_SLICE = 0.012
"""Seconds of a tick in which it is looked on."""
_AT_ONCE = 0.25
"""Seconds for which a key waits for the next match."""


class FindActions(ActionGroup):
    """Nothing here changes the session. A long list is looked through a little at a time."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._searches: dict[str, Search] = {}
        self._seen: dict[str, int] = {}
        self._began: dict[str, Where] = {}
        self._pattern: Finds | None = None
        self._home = "conversation"
        self._at: str | None = None
        self._opened: int | None = None
        self._typing = False

    @property
    def _line(self) -> FindLine:
        return self.controller.screen.query_one(FindLine)

    # -- keys of the session ------------------------------------------------------------------

    def find(self) -> None:
        """Find text in the focused pane, as one types."""
        self._home = self.panes.focused()
        self._began = {name: self.panes.pane(name).where for name in PANES}
        self._typing = True
        self._line.begin()
        self.sought()

    def find_next(self) -> None:
        """The next match."""
        self._find_on(1)

    def find_previous(self) -> None:
        """The match before."""
        self._find_on(-1)

    def _find_on(self, direction: Way) -> None:
        if not self.panes.sought:
            self.find()
            return
        if not self._searches:
            self._home = self.panes.focused()
            self._line.display = True
            self._search()
        elif self.panes.focused() != self._home and not self._line.everywhere:
            self._home = self.panes.focused()
            self._search()
        self.on(direction)

    # -- what the line asks -------------------------------------------------------------------

    def sought(self) -> None:
        """Something else is looked for: from where one was, the nearest first."""
        if not self._typing:
            return
        self.panes.sought = self._line.needle.text
        for name, where in self._began.items():
            self.panes.pane(name).back_to(where)
        self._search()
        if self._searches:
            self._first()

    def take(self) -> None:
        """Stay at what was found; the line stays to be seen, and goes with an escape."""
        if not self._line.needle.text:
            self.let_go()
        elif self._total() or not self._done():
            self._typing = False
            self.panes.go_to(self._at or self._home)
        elif self._is_slow:
            self.tell(TOO_SLOW, "warning")
        else:
            self.tell(f"{self.panes.sought!r} is not {self._where_it_is_not()}", "warning")

    def on(self, direction: Way) -> None:
        """To the next match, round the end, and on to the other panes where they are meant."""
        names = self._names()
        here = self._at if self._at in names else names[0]
        for each in self._searches.values():
            each.go_on(_AT_ONCE / len(names))
        at = names.index(here)
        order = [*names[at:], *names[:at]] if direction > 0 else [*names[at::-1], *names[:at:-1]]
        for index, name in enumerate(order):
            search = self._searches.get(name)
            cursor = self.panes.pane(name).cursor
            found = None
            if search is not None and index == 0:
                found = search.beside(-1 if cursor is None else cursor, direction)
            elif search is not None:
                found = search.end(direction)
            if found is not None:
                self._go(name, found)
                return
        search = self._searches.get(here)
        found = None if search is None else search.end(direction)
        if found is not None:
            self._go(here, found)
        elif self._searches:
            self.tell(f"{self.panes.sought!r} is not {self._where_it_is_not()}", "warning")

    def give_up(self) -> None:
        """Leave it, and go back to where one was."""
        self.controller.escape.forget()  # It was for this: what runs is given up by two more.
        home = self._home
        self._close_opened()
        for name, where in self._began.items():
            self.panes.pane(name).back_to(where)
        self.let_go()
        self.panes.go_to(home)

    def let_go(self) -> bool:
        """Mark nothing any more; whether anything was."""
        line = self._line
        was = bool(line.display)
        had_focus = self._typing
        self._typing, self._pattern, self._opened = False, None, None
        self._searches.clear()
        for name in PANES:
            self.panes.pane(name).mark(None)
        line.display = False
        if had_focus:
            self.panes.go_to(self._home)
        return was

    # -- looking ------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Look on for a slice; called with each tick, and does nothing when nothing is to do."""
        if not self._searches:
            return
        if any(self.panes.pane(name).changes != self._seen[name] for name in self._searches):
            self._search()
        elif self._done():
            return
        had = self._total()
        for search in self._searches.values():
            search.go_on(_SLICE)
        if not had and self._typing:
            self._first()
        self._tell()

    @property
    def looking(self) -> bool:
        """Whether there is more to look at."""
        return bool(self._searches) and not self._done()

    def _names(self) -> list[str]:
        names = list(PANES)
        at = names.index(self._home)
        return [*names[at:], *names[:at]] if self._line.everywhere else [self._home]

    def _search(self) -> None:
        self._searches.clear()
        self._at = None
        try:
            self._pattern, wrong = self._line.needle.pattern(), ""
        except ValueError as error:
            self._pattern, wrong = None, str(error)
        names = self._names()
        for name in PANES:
            pane = self.panes.pane(name)
            pane.mark(self._pattern if name in names else None)
            if self._pattern is not None and name in names:
                begun = Search(pane.items, self._pattern, pane.cursor or 0)
                self._searches[name], self._seen[name] = begun, pane.changes
        if wrong:
            self._line.tell(f"× {wrong}", "error")
        else:
            self._tell()

    def _first(self) -> None:
        """Go to the nearest match, if one is found soon; else a tick goes there."""
        for name in self._names():
            search = self._searches[name]
            search.go_on(_SLICE, most=1)
            if search.first is not None:
                self._go(name, search.first)
                break
            if not search.done:
                break
        for search in self._searches.values():
            search.go_on(_SLICE)
        self._tell()

    def _go(self, name: str, index: int) -> None:
        self._close_opened()
        self._at = name
        pane = self.panes.pane(name)
        item = pane.items[index]
        if self._pattern is not None and isinstance(item, Entry) and not item.is_open:
            seen = "\n".join(pane.texts(index))
            if name == "conversation" and item.opens and not self._pattern.search(seen):
                pane.set_items(*self.controller.rows.conversation.toggle(item.key))
                self._seen[name], self._opened = pane.changes, item.key
        if self._pattern is not None:
            pane.show_found(index, self._pattern)
        if not self._typing and self.panes.focused() != name:
            self.panes.go_to(name)
        self._tell()

    def _close_opened(self) -> None:
        """Fold again what was only opened for a match to be seen."""
        key, self._opened = self._opened, None
        if key is not None:
            pane = self.panes.pane("conversation")
            pane.set_items(*self.controller.rows.conversation.toggle(key))
            self._seen["conversation"] = pane.changes

    def _total(self) -> int:
        return sum(search.total for search in self._searches.values())

    def _done(self) -> bool:
        return all(search.done for search in self._searches.values())

    def _tell(self) -> None:
        line = self._line
        if self._is_slow:
            self._searches.clear()
            line.tell(f"× {TOO_SLOW}", "error")
            return
        if self._pattern is None:
            line.tell("")
            return
        total, done = self._total(), self._done()
        before, place = 0, None
        for name, search in self._searches.items():
            pane: RowsPane = self.panes.pane(name)
            if name == self._at and pane.cursor is not None:
                place = search.place(pane.cursor)
                break
            before += search.total
        at = f"{before + place:,}/" if place is not None and done else ""
        if not total:
            line.tell("0" if done else "looking …", "warn" if done else "dim")
        else:
            line.tell(f"{at}{total:,}{'' if done else ' …'}")

    @property
    def _is_slow(self) -> bool:
        return isinstance(self._pattern, LimitedPattern) and self._pattern.is_slow

    def _where_it_is_not(self) -> str:
        return "in any pane" if self._line.everywhere else "in this pane"
