"""A row of the tool calls pane: a call on one line, or a model reply between calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tooltrace.core.model.events import CallRef
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.calls.call_facts import CallFacts
from tooltrace.tui.rows.columns import cell, cells_of
from tooltrace.tui.rows.conversation.entry import call_key
from tooltrace.tui.rows.lines import Line, OneLine, fit, tidy
from tooltrace.tui.rows.values import brief

__all__ = ["CallRow", "Look", "ModelRow"]

Look = Literal["done", "bad", "next", "runs", "warning", "ahead"]

_SIGNS: dict[Look, tuple[str, str]] = {
    "done": (labels.DONE, "ok"),
    "bad": (labels.BAD, "error"),
    "next": (labels.NEXT, "head"),
    "runs": (labels.RUNS, "warn"),
    "warning": (labels.DOUBT, "warn"),
    "ahead": (labels.AHEAD, "dim"),
}
_WIDE, _MIDDLE, _LEAST_STATE = 50, 34, 7


class CallRow(OneLine, frozen=True, gc=False):
    """A call as one line: step, how it went, tool, effect, source, time, the state it led to."""

    facts: CallFacts
    look: Look
    watched: bool = False
    source: str = "–"
    starred: bool = False

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
        return self.look, self.watched, self.source, self.starred, self.facts.edited

    def lines(self, width: int) -> Sequence[Line]:
        """The one line: with less room there is less in it, the tool's name always."""
        facts, known = self.facts, self.look not in ("next", "runs")
        sign, style = _SIGNS[self.look]
        if self.look in ("done", "bad") and self.source == "edited":
            sign, style = labels.TYPED, "edited"
        elif self.look in ("done", "bad") and self.source == "injected":
            sign, style = labels.INJECTED, "injected"
        effect, effect_style = labels.effect_word(facts.effect)
        took = labels.duration(facts.ms) if known and facts.returned else "–"
        moved = f"→ {facts.transition}" if known and facts.transition else ""
        rest = width - 9
        line: list[tuple[str, str]] = [
            (labels.BREAK if self.watched else " ", "break"),
            cell(str(facts.step), 5, "dim", right=True),
            cell(sign, 3, style),
        ]
        if self.starred:
            number = cell(str(facts.step), 4, "dim", right=True)[0].rstrip()
            line[1:2] = [(number, "dim"), (f"{labels.STAR} ", "key")]
        if width >= _WIDE:
            left = rest - 24
            tool = max(16, min(24, left * 6 // 10))
            room = left - tool
            tool += room if 0 < room < _LEAST_STATE else 0
            line += [
                *_called(facts, tool),
                cell(_short(effect), 7, effect_style),
                cell(self.source, 9, self.source),
                cell(took, 8, "dim", right=True),
                (fit(f" {moved}", room), "state.done") if room >= _LEAST_STATE else ("", ""),
            ]
        elif width >= _MIDDLE:
            line += [
                *_called(facts, rest - 9),
                cell(effect if len(effect) <= 6 else "idemp.", 7, effect_style),
            ]
        else:
            line += [*_called(facts, rest - 1), (effect[0], effect_style)]
        if self.look == "ahead":
            line = [(text, "dim") for text, _ in line]
        return [tidy(tuple(line), width)[0]]

    def text(self) -> str:
        """What a search looks at: the row, the arguments and the result."""
        facts = self.facts
        told = f"{facts.tool} {facts.effect} {facts.source or ''} {facts.transition or ''}"
        return f"{told}\n{brief(facts.arguments)}\n{brief(facts.told)}"


def _called(facts: CallFacts, width: int) -> Line:
    """The tool, and what tells the call from others of it: both, however little room there is."""
    if not facts.apart:
        return (cell(facts.tool, width, "tool"),)
    most = max(width // 2 - 1, width - 2 - len(facts.tool))
    which = fit(facts.apart, most)
    tool = (f"{fit(facts.tool, width - 2 - cells_of(((which, ''),)))} ", "tool")
    return (tool, cell(which, width - cells_of((tool,)), "arg"))


def _short(effect: str) -> str:
    return "idem." if effect == "idempotent" else effect


class ModelRow(OneLine, frozen=True, gc=False):
    """A model reply as one dim line: step, tokens, time."""

    record: int
    step: int
    usage: str

    @property
    def key(self) -> int:
        """The record's id."""
        return self.record

    def lines(self, width: int) -> Sequence[Line]:
        """The one line."""
        number = cell(str(self.step), 5, "dim", right=True)
        return [tidy((("  ", ""), number, (f"·  model · {self.usage}", "dim")), width)[0]]

    def text(self) -> str:
        """What a search looks at."""
        return f"model {self.usage}"
