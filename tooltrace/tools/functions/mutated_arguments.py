"""Whether a tool changed what it was given: its own copies, so nothing else is touched by it.

It is worth a word all the same: a tool that changes its arguments does so elsewhere too, where
nobody made a copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tooltrace.core.model.ports import ToolCall
from tooltrace.tools.functions.function import FunctionTool
from tooltrace.tools.functions.tool_context import ToolContext

__all__ = ["changed", "noted"]

_UNCHANGING = (str, int, float, bool, bytes, type(None))


def changed(tool: FunctionTool, call: ToolCall, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the arguments that are no longer as they were, and ``context``; never raises."""
    found: list[str] = []
    fresh: Any = None
    try:
        for name, now in given.items():
            if type(now) in _UNCHANGING:
                continue
            if isinstance(now, ToolContext):
                found += [] if now.arguments == call.arguments else [f"{name}.arguments"]
                found += [] if now.context == call.context else [f"{name}.context"]
                continue
            if fresh is None:
                fresh = tool.signature.shape.given(call.arguments)
            # What is not even equal to itself, like NaN, tells nothing, nor does what was left out.
            if name in fresh and now != fresh[name] and now == now:
                found.append(name)
    except BaseException:  # noqa: BLE001 - what stands in there now may be the tool's own code
        found.append("arguments that cannot be compared any more")
    return tuple(found)


def noted(output: str, names: tuple[str, ...]) -> str:
    """What a call wrote, with a line for the person about what it changed."""
    break_ = "" if not output or output.endswith("\n") else "\n"
    what = ", ".join(names)
    return f"{output}{break_}[the tool changed {what}: recorded is what it was called with]\n"
