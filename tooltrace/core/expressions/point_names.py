"""The names that breakpoints, logpoints and watches may use beside those of guards, and where."""

from __future__ import annotations

from types import MappingProxyType

from tooltrace.core.expressions.parse import NAMES

__all__ = ["NOT_KNOWN", "PARTS", "POINT_NAMES", "names_known"]

POINT_NAMES = (*NAMES, "call", "reply", "request")
"""All of them."""

PARTS = {
    "call": ("tool", "args", "result", "failed", "status"),
    "reply": ("text", "thinking", "calls", "stop_reason", "problem", "model", "usage"),
    "request": ("model", "system", "tools", "messages", "settings", "max_tokens", "attempt"),
}
"""What these three consist of."""

_CALL = frozenset({"args", "tool", "call"})
_BEFORE_CALL, _NO_CALL = frozenset({"result", "request"}), _CALL | {"result"}

NOT_KNOWN = MappingProxyType(
    {
        **dict.fromkeys(("tool", "call", "repeat", "illegal"), _BEFORE_CALL),
        **dict.fromkeys(("any", "transition", "error"), frozenset({"request"})),
        **dict.fromkeys(("request", "watch"), _NO_CALL),
        **dict.fromkeys(("state", "reply", "divergence", "stuck", "limit"), _NO_CALL | {"request"}),
    }
)
"""By the kind of a breakpoint, and for a watch, the names that have no value there."""


def names_known(where: str) -> tuple[str, ...]:
    """What an expression of that kind of breakpoint, or of a watch, may use."""
    unknown = NOT_KNOWN.get(where, frozenset())
    return tuple(name for name in POINT_NAMES if name not in unknown)
