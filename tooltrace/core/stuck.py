"""Stuck detection: does the run only repeat itself?

Thresholds are those of ``StuckSpec``; the same call means equal arguments and an equal result.
"""

from __future__ import annotations

from typing import Any

from tooltrace.core.snapshot import Snapshot
from tooltrace.core.spec import StuckSpec

__all__ = ["MOST_RECENT", "stuck", "window"]

MOST_RECENT = 200
"""How many calls are looked back on; a larger threshold counts as this one."""


def window(limits: StuckSpec) -> int:
    """How many recent calls a snapshot has to hold for these thresholds."""
    longest = max(limits.same_call, limits.same_error, limits.ping_pong, 2)
    return min(longest, MOST_RECENT)


def stuck(s: Snapshot) -> str | None:
    """Why the run counts as stuck, in a few words; None when it does not."""
    limits = s.workflow.stuck
    if limits.idle > 0 and s.workflow.states and s.idle >= limits.idle:
        idle = f"{s.idle} tool calls changed neither state nor context"
    else:
        idle = None
    if not s.recent:
        return idle
    tool, _, content, is_error = s.recent[-1]
    errors = _tail(s, limits.same_error)
    if is_error and errors and all(c[0] == tool and c[3] and c[2] == content for c in errors):
        times = f"{len(errors)} times in a row" if len(errors) > 1 else "once"
        return f"{tool} failed the same way {times}"
    same = _tail(s, limits.same_call)
    if len(same) > 1 and all(call == same[-1] for call in same):
        return f"{tool} was called {len(same)} times in a row with the same result"
    turns = _tail(s, limits.ping_pong)
    if len(turns) > 2 and turns[-1] != turns[-2] and _alternate(turns):
        return (
            f"{turns[-2][0]} and {tool} have taken turns {len(turns)} times with the same results"
        )
    return idle


def _tail(s: Snapshot, count: int) -> tuple[tuple[Any, ...], ...]:
    """The last ``count`` calls; none when the check is off or there were not so many."""
    count = min(count, MOST_RECENT)
    return s.recent[-count:] if 0 < count <= len(s.recent) else ()


def _alternate(calls: tuple[tuple[Any, ...], ...]) -> bool:
    return all(calls[at] == calls[at - 2] for at in range(2, len(calls)))
