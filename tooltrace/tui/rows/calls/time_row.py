"""A row of the time view: a call, a reply or a wait, its bar on the axis of its turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from rich.cells import cell_len

from tooltrace.core.decide.budgets import dollars
from tooltrace.core.model.events import CallRef
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.calls.call_columns import short_time
from tooltrace.tui.rows.calls.call_row import DIGITS, Look, call_sign
from tooltrace.tui.rows.calls.time_axis import TimeAxis
from tooltrace.tui.rows.calls.time_spans import TimeSpan
from tooltrace.tui.rows.columns import cell
from tooltrace.tui.rows.conversation.entry import call_key
from tooltrace.tui.rows.lines import Line, OneLine, Span, fit, tidy
from tooltrace.tui.rows.values import brief

__all__ = ["AxisRow", "MoreRow", "TimeRow"]

REPLY = "◇"
"""A reply of the model."""

_STYLES = {"call": "tool", "reply": "assistant", "failed": "error", "wait": "dim"}


class _Parts(NamedTuple):
    """The cells of each column; what is not there has none."""

    label: int
    bar: int
    time: int
    money: int
    tokens: int


def _parts(width: int, digits: int, priced: bool) -> _Parts:
    rest = width - digits - 4
    label = max(8, min(24, rest // 3))
    time = 8 if rest - label >= 16 else 0
    money = 8 if priced and rest - label - time >= 24 else 0
    tokens = 15 if rest - label - time - money >= 40 else 0
    return _Parts(label, max(0, rest - label - time - money - tokens), time, money, tokens)


class TimeRow(OneLine, frozen=True, gc=False):
    """A span on its axis; ``look`` is how it stands as of the head.

    ``priced`` says that money is known of what is shown, so that there is a column of it.
    """

    span: TimeSpan
    axis: TimeAxis
    look: Look = "done"
    source: str = "–"
    digits: int = DIGITS
    priced: bool = False

    @property
    def key(self) -> int:
        """That of the call, or the record of the reply; a wait has that of what came after it."""
        facts = self.span.facts
        if facts is not None:
            return call_key(facts.ref)
        return self.span.record if self.span.kind != "wait" else -self.span.record

    @property
    def seen(self) -> tuple[object, ...]:
        """What may change about it; not what a tool was given or gave, which may be large."""
        span = self.span
        place = (span.begin, span.end, span.timed, span.kind, span.record)
        return self.key, place, self.axis, self.look, self.source, self.digits, self.priced

    @property
    def selectable(self) -> bool:
        """A wait is no record on which one could stand."""
        return self.span.kind != "wait"

    @property
    def record(self) -> int:
        """The record that ended it."""
        return self.span.record

    @property
    def ref(self) -> CallRef | None:
        """The call, if it is one."""
        return None if self.span.facts is None else self.span.facts.ref

    def lines(self, width: int) -> Sequence[Line]:
        """The one line: what it is, its bar, its time; of a reply, what it used."""
        span, at = self.span, _parts(width, self.digits, self.priced)
        number = "" if span.kind == "wait" else str(span.record)
        line: list[Span] = [
            (number.rjust(self.digits + 1) + " ", "dim"),
            self._sign(),
            (" ", ""),
            *self._label(at.label),
            *self._bar(at.bar),
            cell(short_time(span.ms) if span.timed else "–", at.time, "dim", right=True),
            cell(self._money(), at.money, "dim", right=True),
            cell(self._tokens(), at.tokens, "dim", right=True),
        ]
        if self.look == "ahead":
            line = [(text, "dim") for text, _ in line]
        return [tidy(tuple(line), width)[0]]

    def _sign(self) -> Span:
        match self.span.kind:
            case "call":
                return call_sign(self.look, self.source)
            case "reply":
                return (labels.AHEAD if self.look == "ahead" else REPLY, "assistant")
            case "failed":
                return (labels.BAD, "error")
            case _:
                return (" ", "")

    def _label(self, room: int) -> Line:
        span = self.span
        if span.facts is not None:
            which = fit(span.facts.apart, max(0, room // 2 - 1))
            left = room - (cell_len(which) + 1 if which else 0)
            tool = cell(span.facts.tool, left, "tool")
            return (tool, cell(which, cell_len(which) + 1, "arg")) if which else (tool,)
        words = {"reply": "model", "failed": "model, failed"}.get(span.kind, f"waits {span.words}")
        short = words if cell_len(words) < room else words.partition(" ")[0]
        return (cell(short.rstrip(","), room, "dim"),)

    def _bar(self, room: int) -> Line:
        if not room or not self.span.timed:
            return ((" " * room, ""),)
        free, bar = self.axis.bar(self.span, room - 1)
        rest = " " * (room - free - cell_len(bar))
        return (" " * free, ""), (bar, _STYLES[self.span.kind]), (rest, "")

    def _money(self) -> str:
        used = self.span.used
        return dollars(used.cost) if used is not None and used.priced else ""

    def _tokens(self) -> str:
        used = self.span.used
        if used is None or not used.tokens:
            return ""
        return f"{used.tokens - used.output:,} → {used.output:,}"

    def text(self) -> str:
        """What a search looks at."""
        facts = self.span.facts
        if facts is None:
            return f"#{self.span.record} model" if self.selectable else "waits"
        return f"#{facts.record} {facts.tool}\n{brief(facts.arguments)}\n{brief(facts.told)}"


class AxisRow(OneLine, frozen=True, gc=False):
    """The axis above the bars of some turns; ``first`` and ``last`` count them from 1."""

    first: int
    last: int
    axis: TimeAxis
    at: str
    timed: bool
    digits: int = DIGITS
    priced: bool = False

    @property
    def key(self) -> int:
        """Below zero, and no call's: those are odd there."""
        return -2 * self.first

    @property
    def selectable(self) -> bool:
        """Never."""
        return False

    def lines(self, width: int) -> Sequence[Line]:
        """The turns, then the axis from nothing to as long as they took."""
        at = _parts(width, self.digits, self.priced)
        left = cell(f" {self._turns()}", self.digits + 4 + at.label, "title")
        if not self.timed:
            return [tidy((left, ("no times in this file", "warn")), width)[0]]
        line = (left, (self._ruler(at.bar - 1), "dim"), (" ", ""), *self._heads(at))
        return [tidy(line, width)[0]]

    def _turns(self) -> str:
        if self.first == self.last:
            return f"turn {self.first}"
        return f"turns {self.first}–{self.last}"

    def _ruler(self, room: int) -> str:
        end = short_time(self.axis.ms)
        if room < len(end) + 4:
            return " " * max(0, room)
        waited = f" {short_time(self.axis.waited)} of it waiting " if self.axis.shortened else ""
        line = "─" * (room - len(end) - 3)
        if waited and len(line) > len(waited) + 4:
            middle = (len(line) - len(waited)) // 2
            line = line[:middle] + waited + line[middle + len(waited) :]
        return f"0 {line} {end}"

    def _heads(self, at: _Parts) -> Line:
        return (
            cell("time", at.time, "dim", right=True),
            cell("cost", at.money, "dim", right=True),
            cell("in → out", at.tokens, "dim", right=True),
        )

    def text(self) -> str:
        """What a search looks at."""
        return f"{self._turns()} {self.at}"


class MoreRow(OneLine, frozen=True, gc=False):
    """That there is more before or behind; standing on it brings it."""

    way: Literal[-1, 1]
    count: int

    @property
    def key(self) -> int:
        """Its own, at each end."""
        return 0 if self.way < 0 else -(2**62)

    def lines(self, width: int) -> Sequence[Line]:
        """The one line."""
        where = "before" if self.way < 0 else "behind"
        return [tidy(((f"   … {self.count:,} more records {where}", "dim"),), width)[0]]

    def text(self) -> str:
        """What a search looks at."""
        return ""
