"""The names that breakpoints, logpoints and watches may use beside those of guards."""

from __future__ import annotations

from tooltrace.core.expressions.parse import NAMES

__all__ = ["PARTS", "POINT_NAMES"]

POINT_NAMES = (*NAMES, "call", "reply", "request")
"""All of them; which are known where is said by ``core/decide/breakpoint_check``."""

PARTS = {
    "call": ("tool", "args", "result", "failed", "status"),
    "reply": ("text", "thinking", "calls", "stop_reason", "problem", "model", "usage"),
    "request": ("model", "system", "tools", "messages", "settings", "max_tokens", "attempt"),
}
"""What these three consist of."""
