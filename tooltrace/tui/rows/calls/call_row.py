"""A row of the tool calls pane: a call on one line, or the heading of calls side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rich.cells import cell_len

from tooltrace.core.decide.budgets import dollars
from tooltrace.core.model.events import CallRef
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.calls.call_columns import (
    CallColumns,
    columns_at,
    columns_of_tall,
    is_tall,
    short_time,
    time_bar,
)
from tooltrace.tui.rows.calls.call_facts import CallFacts
from tooltrace.tui.rows.calls.call_values import BOTH, call_values, opened_values
from tooltrace.tui.rows.columns import cell
from tooltrace.tui.rows.conversation.entry import call_key
from tooltrace.tui.rows.lines import Line, OneLine, Span, fit, tidy
from tooltrace.tui.rows.values import brief

__all__ = ["DIGITS", "CallRow", "Look", "SideBySideRow", "call_sign"]

Look = Literal["done", "bad", "next", "runs", "warning", "ahead"]

DIGITS = 4
"""Digits that a record number has room for at least."""

_SIGNS: dict[Look, Span] = {
    "done": (labels.DONE, "ok"),
    "bad": (labels.BAD, "error"),
    "next": (labels.NEXT, "head"),
    "runs": (labels.RUNS, "warn"),
    "warning": (labels.DOUBT, "warn"),
    "ahead": (labels.AHEAD, "dim"),
}
_SOURCES = {
    "recorded": "rec.",
    "edited": "edit",
    "forced": "forc",
    "imported": "imp.",
    "scripted": "scr.",
    "injected": "inj.",
    "client": "cli.",
}
_LEAST_STATE = 8


def call_sign(look: Look, source: str) -> Span:
    """How a call went, in one cell: also that a person or a fault answered it."""
    if look in ("done", "bad") and source == "edited":
        return labels.TYPED, "edited"
    if look in ("done", "bad") and source == "injected":
        return labels.INJECTED, "injected"
    return _SIGNS[look]


class CallRow(OneLine, frozen=True, gc=False):
    """A call as one line: record, how it went, tool, arguments → result, and what has room.

    ``digits`` is how many the largest record number of the session has; ``grouped`` says that it
    stands below a ``SideBySideRow`` where it runs beside others; ``tall`` that there is room for
    a second line, which then has arguments and result where one line is short; ``opened`` that
    there is room for as many as they need, up to six.
    """

    facts: CallFacts
    look: Look
    watched: bool = False
    source: str = "–"
    starred: bool = False
    digits: int = DIGITS
    grouped: bool = True
    tall: bool = False
    opened: bool = False

    @property
    def key(self) -> int:
        """The call's, whatever became of it."""
        return call_key(self.facts.ref)

    @property
    def record(self) -> int:
        """The record that says most about the call."""
        return self.facts.record

    @property
    def ref(self) -> CallRef:
        """The call."""
        return self.facts.ref

    @property
    def seen(self) -> tuple[object, ...]:
        """What may change about it while the call stays the same."""
        facts = self.facts
        return self.look, self.watched, self.source, self.starred, self.digits, facts.edited

    def height(self, width: int) -> int:
        """One, or more where there is room and it serves."""
        if self.opened:
            return 1 + len(self._values_below(width))
        return 2 if self.tall and is_tall(width) else 1

    def lines(self, width: int) -> Sequence[Line]:
        """With less room there is less in them, the tool's name always."""
        if self.height(width) == 1:
            return [self._shown(self._line(columns_at(width, self.digits)), width)]
        below = self._values_below(width)
        first = self._line(columns_of_tall(width, self.digits))
        return [self._shown(line, width) for line in (first, *below)]

    def _values_below(self, width: int) -> list[Line]:
        """The lines below the first, with the bracket of calls side by side before them."""
        indent = " " * (self.digits + 4)
        bracket = "│" if self._bracket() == "├" else " "
        room = width - len(indent) - 2
        if self.opened:
            beside = 0 if is_tall(width) else columns_at(width, self.digits).values
            values = opened_values(self.facts, self._came, room, beside)
        else:
            values = [call_values(self.facts, self._came, room)]
        return [((indent, ""), (bracket, "dim"), *line) for line in values]

    def _shown(self, line: Line, width: int) -> Line:
        if self.look == "ahead":
            line = tuple((text, "dim") for text, _ in line)
        return tidy(line, width)[0]

    def _line(self, at: CallColumns) -> Line:
        facts = self.facts
        line: list[Span] = [
            (labels.BREAK if self.watched else " ", "break"),
            (str(facts.record).rjust(at.number - 1), "dim"),
            (labels.STAR if self.starred else " ", "key"),
            call_sign(self.look, self.source),
            (" ", ""),
            (self._bracket(), "dim"),
            *self._called(at),
        ]
        if at.values:
            line += self._values(at)
        if at.effect > 1:
            line += self._rest(at)
        else:
            effect, style = labels.effect_word(facts.effect)
            line.append((effect[:1], style))
        return tuple(line)

    def _bracket(self) -> str:
        if self.facts.beside < 2 or not self.grouped:
            return " "
        return "└" if self.facts.nth == self.facts.beside - 1 else "├"

    def _called(self, at: CallColumns) -> Line:
        """The tool; where there are no values beside it, what tells it from others of it, too."""
        facts = self.facts
        if at.effect > 1 or not facts.apart:
            return (cell(facts.tool, at.tool, "tool"),)
        most = max(at.tool // 2 - 1, at.tool - 2 - len(facts.tool))
        which = fit(facts.apart, most)
        tool = f"{fit(facts.tool, at.tool - 2 - cell_len(which))} "
        return (tool, "tool"), cell(which, at.tool - cell_len(tool), "arg")

    @property
    def _came(self) -> bool:
        return self.facts.returned is not None and self.look not in ("next", "runs")

    def _values(self, at: CallColumns) -> Line:
        """Arguments and result, and the new state where that has no column of its own."""
        facts, room = self.facts, at.values - 1
        moved: Span = ("", "")
        if not at.state and facts.transition and self._came and room >= BOTH + _LEAST_STATE + 3:
            moved = (f" → {fit(facts.transition, _LEAST_STATE)}", "state.done")
        room -= cell_len(moved[0])
        values = tidy(call_values(facts, self._came, room), room)
        return (*values[0], (" " * (room - values[1]), ""), moved, (" ", ""))

    def _rest(self, at: CallColumns) -> Line:
        facts, came = self.facts, self._came
        effect, style = labels.effect_word(facts.effect)
        source = self.source if at.source > len(self.source) else _SOURCES.get(self.source, "–")
        source = self.source if self.source == "live" else source
        moved = f"→ {facts.transition}" if came and facts.transition else ""
        cost = dollars(facts.cost) if facts.first and facts.cost is not None else ""
        line = [
            cell(_fitting(effect, at.effect), at.effect, style),
            cell(source, at.source, self.source),
            cell(time_bar(facts.ms) if came else "", at.bar, "tool"),
            cell(short_time(facts.ms) if came else "–", at.time, "dim", right=True),
            cell(cost, at.cost, "dim", right=True),
            cell(moved, at.state, "state.done"),
        ]
        return tuple(span for span in line if span[0])

    def text(self) -> str:
        """What a search looks at: the row, the arguments and the result."""
        facts = self.facts
        told = f"{facts.tool} {facts.effect} {facts.source or ''} {facts.transition or ''}"
        return f"#{facts.record} {told}\n{brief(facts.arguments)}\n{brief(facts.told)}"


def _fitting(effect: str, room: int) -> str:
    if room > len(effect):
        return effect
    return "idem." if room > 5 else effect[:1]


class SideBySideRow(OneLine, frozen=True, gc=False):
    """The heading of calls that run side by side: how many, and how long they took together."""

    calls: tuple[CallFacts, ...]
    digits: int = DIGITS

    @property
    def key(self) -> int:
        """Beside that of its first call, whose it is not."""
        return call_key(self.calls[0].ref) + 1

    @property
    def record(self) -> int:
        """The reply that asked for them."""
        return self.calls[0].ref.reply

    @property
    def selectable(self) -> bool:
        """Never."""
        return False

    def lines(self, width: int) -> Sequence[Line]:
        """The one line."""
        times = [call.ms for call in self.calls if call.returned is not None]
        told = f"┌ {len(self.calls)} side by side"
        if len(times) == len(self.calls):
            longest, all_of_them = short_time(max(times)), short_time(sum(times))
            told += f" · {longest}, one by one {all_of_them}"
        return [tidy(((" " * (self.digits + 4), ""), (told, "dim")), width)[0]]

    def text(self) -> str:
        """What a search looks at."""
        return f"{len(self.calls)} side by side"
