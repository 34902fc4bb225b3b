"""The stage: a whole screen before an audience, every block at a fixed place.

At 80×24, from top to bottom: where one is; the machine at the left, the one thing of this step and
the context at the right; two lines of caption; the keys. A row that says the same as before is the
same row.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tooltrace.core.caption.beats import beat_at, beat_caption
from tooltrace.debugger.view import View
from tooltrace.tui.rows.branches.status import mode
from tooltrace.tui.rows.caption_lines import caption_rows
from tooltrace.tui.rows.columns import cell, cells_of
from tooltrace.tui.rows.last_move import LastMove
from tooltrace.tui.rows.lines import Line, Span, fit, tidy, wrap
from tooltrace.tui.rows.present.stage_context import context_lines
from tooltrace.tui.rows.present.stage_machine import LEGEND, StageMachine
from tooltrace.tui.rows.present.stage_step import step_lines

__all__ = ["Cue", "StageRows", "top_line"]

SCRIPTED = "scripted"
_STEP = 7
"""Rows of this step, its heading included."""
_LOW = 30
"""Rows of a screen up to which this step has no more than that."""
_LEAST, _MOST = 30, 64
_WORD, _WIDE = 16, 72
"""Cells of the word for what goes on, and of a screen that has room for more than it and names."""
_FRAME = "rule"


class Cue(Struct, frozen=True):
    """What the presenter adds: a caption of their own, the keys to press, the keys pressed.

    ``word`` says what goes on in place of the word of the status line.
    """

    caption: str = ""
    keys: Line = ()
    pressed: Line = ()
    word: str = ""


class StageRows:
    """Makes the rows of one view after another."""

    def __init__(self) -> None:
        self._machine = StageMachine()

    def lines(
        self, view: View, move: LastMove | None, cue: Cue, width: int, height: int
    ) -> list[Line]:
        """Exactly ``height`` lines of at most ``width`` cells."""
        left = max(_LEAST, min(_MOST, width * 9 // 20)) if width > 2 * _LEAST else width // 2
        right = max(8, width - left - 4)
        body = max(_STEP + 3, height - 5)
        room = max(_STEP, body // 2 if height > _LOW else 0)
        beat = beat_at(view.tree, view.head)
        machine = self._machine.lines(view, move, left - 1, body)
        title = f"this step: {beat.title}" if beat.title else "this step"
        step = step_lines(view, beat, right, room - 1)
        context = context_lines(view, move, right, body - room)
        column: list[Line] = [*_filled(step, room - 1), _rule("context", width - left - 1)]
        column += _filled(context, body - room)
        if len(machine) < body:
            machine = [*_filled(machine, body - 1), LEGEND]
        rows: list[Line] = [top_line(view, width, cue.word), self._heads(left, title, width)]
        for index in range(body):
            rows.append(_beside(machine, column, index, left, is_rule=index == room - 1))
        rows += [*self._caption(view, cue, width), _foot(cue, width)]
        return rows[:height]

    def _heads(self, left: int, title: str, width: int) -> Line:
        return (*_rule("workflow", left), ("┬", _FRAME), *_rule(title, width - left - 1))

    def _caption(self, view: View, cue: Cue, width: int) -> list[Line]:
        room = width - 2
        if cue.caption:
            own: list[Line] = [((line, "strong"),) for line in wrap(cue.caption, room)[:2]]
            lines = _filled(own, 2)
        else:
            told = beat_caption(view.tree, beat_at(view.tree, view.head))
            lines = list(caption_rows(told, room))
        return [((" ", "text"), *line) for line in lines]


def top_line(view: View, width: int, said: str = "") -> Line:
    """Workflow, branch, the others, the model, whether it stands: each in a column of its own."""
    s = view.snapshot
    word = mode(view)
    shown = cell(said, _WORD, "live") if said else cell(word.word, _WORD, word.style)
    name = max(8, min(30, width // 8))
    model = min(30, width // 5) if width >= _WIDE else 0
    room = max(0, width - 1 - name - model - _WORD)
    mine = room // 2 if width >= _WIDE else room
    others = ", ".join(one.name for one in view.branches if one.name != view.branch.name)
    by = s.settings.model
    line = (
        (" ", "text"),
        cell(s.workflow.name, name, "strong"),
        cell(f"branch {view.branch.name}", mine, "branch"),
        cell(f"others: {others}" if others else "", room - mine, "dim"),
        cell("scripted model" if by == SCRIPTED else f"model {by}", model, "dim"),
    )
    taken = cells_of(line)
    return (*line, (" " * max(0, width - taken - _WORD), "text"), shown)


def _rule(title: str, width: int) -> Line:
    shown = fit(title, max(0, width - 4))
    before = ("─ ", _FRAME)
    used = 2 + cells_of(((shown, ""),)) + 1
    return (before, (shown, "title"), (" " + "─" * max(0, width - used), _FRAME))


def _filled(lines: Sequence[Line], count: int) -> list[Line]:
    return [*lines[:count], *[()] * (count - len(lines))]


def _beside(
    machine: Sequence[Line], column: Sequence[Line], index: int, left: int, *, is_rule: bool
) -> Line:
    drawn: Sequence[Span] = machine[index] if index < len(machine) else ()
    shown, used = tidy(((" ", "text"), *drawn), left)
    rest = column[index] if index < len(column) else ()
    mark = ("├", _FRAME) if is_rule else ("│ ", _FRAME)
    return (*shown, (" " * (left - used), "text"), mark, *rest)


def _foot(cue: Cue, width: int) -> Line:
    pressed, used = tidy(cue.pressed, width * 2 // 3)
    keys, taken = tidy(cue.keys, width - used - 2)
    return ((" ", "text"), *keys, (" " * max(1, width - taken - used - 2), "text"), *pressed)
