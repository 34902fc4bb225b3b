"""Two paths side by side, as rows: what both did, what differs, what only one did.

The sign in the middle says it without colour: ``=`` the same, ``≠`` changed, ``<`` only on the
left, ``>`` only on the right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tooltrace.core.compare.branch_diff import ComparedStep as Step
from tooltrace.core.compare.branch_diff import Comparison, Is, Totals
from tooltrace.core.compare.transcript import TranscriptStep
from tooltrace.tui.rows.branches.step_words import about, said_of
from tooltrace.tui.rows.columns import cell
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.rows.conversation.part import Part
from tooltrace.tui.rows.labels import usage_words
from tooltrace.tui.rows.lines import Line, OneLine, plain, tidy, wrap
from tooltrace.tui.rows.values import brief, narrowed

__all__ = [
    "SIGNS",
    "FoldRow",
    "StepRow",
    "compare_rows",
    "folded",
    "same_words",
    "sides_line",
    "totals_rows",
    "whole_sides",
]

SIGNS: dict[Is, str] = {"same": "=", "changed": "≠", "left": "<", "right": ">"}

_STYLES: dict[Is, str] = {"same": "dim", "changed": "edited", "left": "branch", "right": "ok"}
_MOST_LINES = 4
_MOST_FIELDS = 8
_MOST_CHARS = 800
_GAP = 3


def same_words(count: int) -> str:
    """How many steps are the same."""
    return f"{count:,} step{'' if count == 1 else 's'} the same"


def folded(rows: Sequence[Step], everything: bool = False) -> Iterator[tuple[int, list[Step]]]:
    """Runs of steps that are the same as a number, and after each the others that follow it."""
    count, shown = 0, list[Step]()
    for row in rows:
        if row.verdict == "same" and not everything:
            if shown:
                yield count, shown
                count, shown = 0, []
            count += 1
        else:
            shown.append(row)
    if count or shown:
        yield count, shown


def totals_rows(found: Comparison) -> list[list[str]]:
    """Both sides as a whole: what it is called, the left one, the right one."""
    left, right = found.left, found.right
    rows = [
        ["end", _end(left), _end(right)],
        ["states", " → ".join(left.states) or "–", " → ".join(right.states) or "–"],
        ["steps", f"{left.steps:,}", f"{right.steps:,}"],
        ["turns", f"{left.turns:,}", f"{right.turns:,}"],
        ["tool calls", f"{sum(left.calls.values()):,}", f"{sum(right.calls.values()):,}"],
    ]
    for name in sorted({*left.calls, *right.calls}):
        rows.append([f"  {name}", f"{left.calls.get(name, 0)}", f"{right.calls.get(name, 0)}"])
    rows.append(["usage", usage_words(left.usage), usage_words(right.usage)])
    return rows


def _end(totals: Totals) -> str:
    end = str(totals.outcome or "not finished")
    if totals.state:
        end += f" in {totals.state}"
    return f"{end}: {totals.why}" if totals.why else end


class _Columns(Struct, frozen=True, gc=False):
    """Two columns of equal width with a sign between them."""

    width: int

    @property
    def side(self) -> int:
        """The width of each."""
        return max(1, (self.width - _GAP) // 2)

    def line(self, left: Line, sign: tuple[str, str], right: Line) -> Line:
        """One line of both."""
        begins, used = tidy(left, self.side)
        pad = (" " * (self.side - used + 1), "")
        return tidy((*begins, pad, sign, (" ", ""), *right), self.width)[0]

    def texts(self, left: str, right: str, looks: tuple[str, str], sign: str) -> list[Line]:
        """Two texts, wrapped to a few lines each."""
        sides = [self._few(left), self._few(right)]
        lines: list[Line] = []
        for at in range(max(map(len, sides))):
            a, b = (side[at] if at < len(side) else "" for side in sides)
            ours: Line = (("    ", ""), (a, looks[0])) if a else ()
            theirs: Line = (("    ", ""), (b, looks[1])) if b else ()
            lines.append(self.line(ours, (sign if at == 0 else " ", "dim"), theirs))
        return lines

    def _few(self, text: str) -> list[str]:
        if not text:
            return []
        lines = wrap(text[: self.side * (_MOST_LINES + 2)], max(1, self.side - 4))
        if len(lines) > _MOST_LINES:
            lines[_MOST_LINES - 1 :] = ["…"]
        return lines


class StepRow(Struct, frozen=True, gc=False):
    """A step, and below it what differs; ``key`` is its place in the comparison."""

    key: int
    step: Step

    @property
    def selectable(self) -> bool:
        """Always."""
        return True

    def height(self, width: int) -> int:
        """As many lines as it has."""
        return len(self.lines(width)) if self.step.verdict != "same" else 1

    def lines(self, width: int) -> Sequence[Line]:
        """The step on both sides, then each differing field with both values."""
        step, columns = self.step, _Columns(width)
        look = _STYLES[step.verdict]
        sign = (SIGNS[step.verdict], look)
        lines = [columns.line(_heading(step.left, look), sign, _heading(step.right, look))]
        for path, old, new in step.fields[:_MOST_FIELDS]:
            lines.append(tidy((("    ", ""), (path, "arg")), width)[0])
            was, now = narrowed(old, new, columns.side - 4, _MOST_CHARS)
            lines += columns.texts(was, now, ("text", "strong"), "→")
        if step.more or len(step.fields) > _MOST_FIELDS:
            lines.append(tidy((("    … and more", "dim"),), width)[0])
        if step.verdict in ("left", "right"):
            more = about(step.either)
            texts = (more, "") if step.verdict == "left" else ("", more)
            lines += columns.texts(*texts, ("text", "text"), " ") if more else []
        return lines

    def is_cut(self, width: int) -> bool:
        """Whether there is more to read than is sure to be seen: a value takes over a line."""
        step, room = self.step, max(1, _Columns(width).side - 4)
        if step.verdict in ("left", "right"):
            return len(about(step.either)) > room
        values = (value for _, *both in step.fields for value in both)
        many = step.more or len(step.fields) > _MOST_FIELDS
        return many or any(len(brief(value, room)) > room for value in values)

    def text(self) -> str:
        """Names, fields and values."""
        found = [said_of(self.step.either), about(self.step.either)]
        for path, old, new in self.step.fields:
            found += [path, *narrowed(old, new, _MOST_CHARS, _MOST_CHARS)]
        return "\n".join(found)


class FoldRow(OneLine, frozen=True, gc=False):
    """Steps that are the same, as their number; ``key`` is the place of the first."""

    key: int
    count: int

    def lines(self, width: int) -> Sequence[Line]:
        """How many there are, in the middle."""
        text = f"… {same_words(self.count)}"
        pad = " " * max(0, (width - len(text)) // 2)
        return (tidy(((pad, ""), (text, "dim")), width)[0],)

    def text(self) -> str:
        """The same."""
        return plain(self.lines(80)[0])


def sides_line(left: str, right: str, at_right: bool, width: int) -> Line:
    """The names of both sides over their columns, with a mark at the one that enter goes to."""
    spans = [
        ((mark, "key"), (name, "branch"), (f" ({side})", "dim"))
        for name, side, mark in (
            (left, "left", "  " if at_right else "► "),
            (right, "right", "► " if at_right else "  "),
        )
    ]
    return _Columns(width).line(spans[0], ("│", "dim"), spans[1])


def compare_rows(rows: Sequence[Step], everything: bool = False) -> list[StepRow | FoldRow]:
    """What the screen shows of a comparison, from top to bottom."""
    found: list[StepRow | FoldRow] = []
    place = 0
    for count, shown in folded(rows, everything):
        if count:
            found.append(FoldRow(place, count))
            place += count
        for row in shown:
            found.append(StepRow(place, row))
            place += 1
    return found


def whole_sides(step: Step) -> list[Entry]:
    """All of what differs in a step, whole: each place on the left, then on the right."""
    fields = [(path, [(old, "old"), (new, "new")]) for path, old, new in step.fields]
    if step.verdict in ("left", "right"):
        fields = [(name, [(value, "text")]) for name, value in step.either.content.items()]
    names = ("right",) if step.left is None else ("left", "right")
    shown = [
        (((path, "arg"), (f"  {side}", "dim")), Part(value, style))
        for path, values in fields
        for side, (value, style) in zip(names, values, strict=False)
    ]
    record = step.either.record
    return [
        Entry(index, record, heading, (part,), is_open=True)
        for index, (heading, part) in enumerate(shown)
    ]


def _heading(done: TranscriptStep | None, look: str) -> Line:
    if done is None:
        return ()
    number = cell(str(done.step), 5, "dim", right=True)
    source: Line = ()
    if done.source in ("edited", "forced", "injected"):
        source = ((f"  {done.source}", done.source),)
    style = "text" if look == "dim" else "strong"
    return (number, (said_of(done), style), (f"  #{done.record}", "dim"), *source)
