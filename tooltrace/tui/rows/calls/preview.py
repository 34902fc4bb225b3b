"""The calls ahead as a table: what each does to the world, and whether it will run.

One row a call. Nothing is told by colour alone. Each line is safe and no wider than asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tooltrace.core.text.exact_json import readable
from tooltrace.debugger.edit.preview import CallAhead
from tooltrace.tui.rows.columns import cell
from tooltrace.tui.rows.lines import Line, Row, fit

__all__ = ["effect_rows", "told"]

_EFFECTS = {"reads": "reads", "idempotent": "idempotent", "writes": "WRITES"}
_PLANS = {
    "recorded": ("from the recording", "recorded"),
    "runs": ("will run", "live"),
    "on a copy": ("runs on a copy", "live"),
}
_TOOL, _EFFECT, _PLAN = 22, 11, 20


def effect_rows(ahead: Iterable[CallAhead], allowed: Collection[int], width: int) -> list[Row]:
    """The rows, by record; ``allowed`` are the records of blocked calls that may run."""
    rows = []
    for call in ahead:
        what, style = _plan(call, call.record in allowed)
        sign = "  " if call.plan != "blocked" else "☑ " if call.record in allowed else "☐ "
        ran = f"ran {call.ran}×" if call.ran else ""
        arguments = readable(call.arguments) if call.arguments is not None else ""
        room = max(8, width - _TOOL - _EFFECT - _PLAN - len(ran) - 6)
        line: Line = (
            (sign, "key"),
            cell(call.tool, _TOOL, "tool"),
            (_EFFECTS.get(call.effect, call.effect).ljust(_EFFECT), call.effect),
            (what.ljust(_PLAN), style),
            (f"{ran} " if ran else "", "dim"),
            (fit(arguments, room), "dim"),
        )
        rows.append(Row(call.record, line))
    return rows


def _plan(call: CallAhead, allowed: bool) -> tuple[str, str]:
    if call.plan != "blocked":
        return _PLANS[call.plan]
    return ("will run: allowed", "warn") if allowed else ("blocked until yes", "error")


def told(ahead: Collection[CallAhead], allowed: Collection[int]) -> str:
    """The table in one sentence."""
    blocked = sum(call.plan == "blocked" and call.record not in allowed for call in ahead)
    runs = len(ahead) - blocked - sum(call.plan == "recorded" for call in ahead)
    count = f"{len(ahead)} call{'' if len(ahead) == 1 else 's'}"
    return f"{count} ahead: {runs} would run, {blocked} blocked"
