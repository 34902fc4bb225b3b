"""A session on the home screen: one line in columns, of which a wider screen shows more.

A row is asked for its line only when it is on the screen; what the session is, is looked up then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from msgspec import Struct

from tooltrace.core.decide.budgets import dollars
from tooltrace.core.text.sanitize import bytes_in_words, one_line
from tooltrace.debugger.session.session_facts import SessionFacts
from tooltrace.tui.rows.columns import cell
from tooltrace.tui.rows.labels import AHEAD, BAD, CHANGED, DONE, DOUBT, accepted_words
from tooltrace.tui.rows.lines import Line, Span, tidy

__all__ = ["OUTCOME_SIGNS", "SessionRow", "heading", "local_time", "outcome_words"]

Facts = Callable[[Path], SessionFacts | None]
"""What is known of a session by now; None while it is not looked into yet."""


class _Column(Struct, frozen=True):
    """``least`` is the width of the pane from which on it is there, up to ``most``."""

    title: str
    width: int
    least: int
    right: bool = False
    most: int = 10_000


_COLUMNS = (
    _Column("workflow", 9, 44, most=95),
    _Column("workflow", 14, 96),
    _Column("outcome", 15, 0),
    _Column("steps", 6, 74, right=True),
    _Column("cost", 9, 96, right=True),
    _Column("when", 17, 54),
    _Column("model", 20, 112),
    _Column("size", 9, 90, right=True),
)
_NAME, _WIDE = 14, 44
OUTCOME_SIGNS = {
    "completed": (DONE, "ok"),
    "failed": (BAD, "error"),
    "stuck": (DOUBT, "warn"),
    "limit": (DOUBT, "warn"),
}


class SessionRow(Struct, frozen=True):
    """One session; ``facts`` is asked when it is drawn. ``shown`` is its name, with its folder."""

    key: int
    path: Path
    shown: str
    facts: Facts
    selectable: ClassVar[bool] = True

    def height(self, width: int) -> int:
        """Always one."""
        return 1

    def lines(self, width: int) -> Sequence[Line]:
        """The one line, cut to the width."""
        facts = self.facts(self.path)
        spans: list[Span] = [("  ", ""), cell(self.shown, _name_width(width), "strong"), (" ", "")]
        if facts is None:
            return (tidy((*spans, ("…", "dim")), width)[0],)
        if facts.why:
            word = (f"{BAD} unreadable  ", "error") if facts.unreadable else ("", "")
            return (tidy((*spans, word, (one_line(facts.why), "dim")), width)[0],)
        texts = _texts(facts)
        for column in _shown(width):
            text, style = texts[column.title]
            spans += [cell(text, column.width, style, column.right), (" ", "")]
        return (tidy((*spans, (_more(facts), "dim")), width)[0],)

    def text(self) -> str:
        """What a search looks at: what is known by now."""
        facts = self.facts(self.path)
        if facts is None:
            return self.shown
        words = (facts.workflow, facts.outcome or "not finished", facts.state or "", facts.model)
        return "  ".join((self.shown, *words, facts.why))


def heading(width: int) -> Line:
    """The titles of the columns that are there at that width."""
    spans: list[Span] = [("  ", ""), cell("session", _name_width(width), "dim"), (" ", "")]
    for column in _shown(width):
        spans += [cell(column.title, column.width, "dim", column.right), (" ", "")]
    return tidy(tuple(spans), width)[0]


def outcome_words(facts: SessionFacts) -> Span:
    """How it ended, with a mark, so that colour alone tells nothing."""
    if facts.accepted:
        return f"{CHANGED} {facts.outcome or 'not finished'} ≠{facts.accepted}", "warn"
    if facts.outcome is None:
        return f"{AHEAD} not finished", "dim"
    mark, style = OUTCOME_SIGNS.get(facts.outcome, (DOUBT, "warn"))
    return f"{mark} {facts.outcome}", style


def local_time(at: str) -> str:
    """A record's time in this place's time; as it stands when it is no time."""
    try:
        return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return at


def _texts(facts: SessionFacts) -> dict[str, Span]:
    return {
        "workflow": (facts.workflow, "text"),
        "outcome": outcome_words(facts),
        "steps": (f"{facts.steps:,}", "text"),
        "cost": (dollars(facts.cost) if facts.cost else "", "text"),
        "when": (local_time(facts.when), "dim"),
        "model": (facts.model, "dim"),
        "size": (bytes_in_words(facts.size), "dim"),
    }


def _more(facts: SessionFacts) -> str:
    told = [f"{facts.branches} branches"] if facts.branches > 1 else []
    told += [accepted_words(facts.accepted)] if facts.accepted else []
    told += ["damaged"] if facts.problems else []
    return ", ".join(told)


def _shown(width: int) -> list[_Column]:
    return [column for column in _COLUMNS if column.least <= width <= column.most]


def _name_width(width: int) -> int:
    taken = sum(column.width + 1 for column in _shown(width))
    return max(_NAME, min(_WIDE, width - taken - 4))
