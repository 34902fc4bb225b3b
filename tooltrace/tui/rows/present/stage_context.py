"""The context before an audience: a line for each value, in its place from the first step on."""

from __future__ import annotations

from tooltrace.core.compare.json_diff import MISSING, Missing
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.view import View
from tooltrace.tui.rows.columns import cell, cells_of
from tooltrace.tui.rows.last_move import LastMove
from tooltrace.tui.rows.lines import Line, Span, fit, tidy
from tooltrace.tui.rows.present.stage_step import telling

__all__ = ["context_lines"]

_NAME, _MOST = 16, 400


def context_lines(view: View, move: LastMove | None, width: int, rows: int) -> list[Line]:
    """At most ``rows`` lines; what the last move changed stands out, and says what it was.

    Only a step says that: where one went back, just what stood there is said.
    """
    s = view.snapshot
    if not s.context:
        return [(("nothing is kept between the steps", "dim"),)]
    names = min(_NAME, width * 2 // 5, 1 + max(map(len, s.context)))
    # Whoever goes back or aside changes nothing: what stands there is no new value of a step.
    onward = move is not None and move.begin == move.before.at
    back = move is not None and move.sign == "-"
    then = None if onward else "  as it stood then" if back else ""
    found = []
    for name, value in list(s.context.items())[:rows]:
        was = MISSING if move is None else move.was(s, name)
        head = cell(name, names, "arg")
        found.append(
            tidy((head, *_value(was, value, width - cells_of((head,)), then=then)), width)[0]
        )
    left = len(s.context) - rows
    if left > 0:
        found[-1] = ((f"… {left + 1} more values", "dim"),)
    return found


def _value(was: object, value: object, room: int, *, then: str | None) -> list[Span]:
    now = _told(value)
    if isinstance(was, Missing):
        return [(fit(now, room), "dim" if value is None else "text")]
    if then is not None:
        return [(fit(now, room), "changed"), (then, "dim")]
    before = fit(_told(was), max(4, room // 3))
    return [
        (before, "old"),
        (" → ", "dim"),
        (fit(now, max(4, room - 3 - cells_of(((before, ""),)))), "changed"),
    ]


def _told(value: JsonValue) -> str:
    return "–" if value is None else telling(value)[:_MOST]
