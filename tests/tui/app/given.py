"""Places in a run that tests speak of."""

from __future__ import annotations

from collections.abc import Callable

from tooltrace.debugger.view import View

__all__ = ["before"]


def before(tool: str) -> Callable[[View], bool]:
    """Whether a call of that tool comes next."""
    return lambda view: any(c.tool == tool and c.status == "waiting" for c in view.snapshot.calls)
