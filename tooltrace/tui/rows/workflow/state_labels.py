"""How a workflow state is written: its sign, its name, how often it was entered."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.tui.rows.labels import AHEAD, BAD, BREAK, DONE
from tooltrace.tui.rows.lines import Line, fit

__all__ = ["By", "StateMarks", "state_line"]

By = Literal["row", "force", "critical"]


class StateMarks(Struct, frozen=True):
    """What is to be said about the states at one moment.

    ``before`` is the state one came from, ``by`` how, if not by a row of the table.
    """

    now: str | None
    visits: dict[str, int]
    forced: frozenset[str]
    watched: frozenset[str]
    bad_ends: frozenset[str]
    before: str | None = None
    by: By = "row"

    def not_here(self) -> StateMarks:
        """The same, where the current state is named once more, but is not how one came to it."""
        visits = {name: times for name, times in self.visits.items() if name != self.now}
        return replace(self, now=None, visits=visits)


def state_line(name: str, marks: StateMarks, most: int) -> Line:
    """A state: ``✓`` was entered, ``●`` is the current one, ``○`` was not; ``⇒`` by force."""
    times = marks.visits.get(name, 0)
    if name == marks.now:
        sign, style = (BAD if name in marks.bad_ends else "●"), "state.now"
    elif times:
        sign, style = DONE, "state.done"
    else:
        sign, style = AHEAD, "state.todo"
    forced = "⇒" if name in marks.forced and times else ""
    count = f" ×{times}" if times > 1 else ""
    room = max(1, most - len(forced) - len(count) - 2 - 2 * (name in marks.watched))
    line: Line = ((f"{forced}{sign} {fit(name, room)}{count}", style),)
    return (*line, (f" {BREAK}", "break")) if name in marks.watched else line
