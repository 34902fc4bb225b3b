"""Give an expression the names it may use: those of a snapshot, and of one call's result."""

from __future__ import annotations

from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["brief", "names_for"]

MOST_CHARS = 200


def names_for(s: Snapshot, call: Call | None = None) -> dict[str, JsonValue]:
    """What an expression sees at this snapshot, and at one call's result."""
    failed = brief(call.content) if call is not None and call.is_error else None
    return {
        "args": call.arguments if call else None,
        "result": call.content if call else None,
        "tool": call.tool if call else None,
        "results": s.here,
        "context": s.context,
        "state": s.state,
        "usage": s.usage.as_json(),
        "error": failed or s.error,
        "turn": s.turn,
        "tokens": s.usage.tokens,
        "cost": s.usage.known_cost,
    }


def brief(content: JsonValue) -> str:
    """The first line of a result, for sentences about it."""
    if not isinstance(content, str):
        try:
            content = str(content)
        except (ValueError, RecursionError):
            return "(too large to show)"
    return next(iter(content[: 4 * MOST_CHARS].splitlines()), "")[:MOST_CHARS]
