"""Detect a run that is stuck: does it only repeat itself?

No progress is the same calls with the same results again: turn after turn, or in a round of turns
that comes again. Thresholds are those of ``StuckSpec``, which in old files counts calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.model.workflow import StuckSpec
from tooltrace.core.text.exact_json import canonical

__all__ = ["LONGEST_ROUND", "MOST_RECENT", "recent_of", "stuck"]

MOST_RECENT = 200
"""How many turns, or calls, are looked back on; a larger threshold counts as this one."""

LONGEST_ROUND = 8
"""How many turns a round may have that is noticed when it comes again."""

_Call = tuple[Any, ...]
_Turn = list[_Call]


def recent_of(s: Snapshot, calls: tuple[_Call, ...]) -> tuple[_Call, ...]:
    """As many of the last calls as the thresholds can look back on."""
    limits = s.workflow.stuck
    longest = max(limits.same_call, limits.same_error, limits.ping_pong, 2)
    if limits.counts == "calls":
        return calls[-min(longest, MOST_RECENT) :]
    longest = max(longest, limits.cycle * LONGEST_ROUND)
    oldest, cut = s.turn - min(longest, MOST_RECENT), 0
    while cut < len(calls) and calls[cut][4] <= oldest:
        cut += 1
    return calls[cut:]


def stuck(s: Snapshot) -> str | None:
    """Why the run counts as stuck, in a few words; None when it does not."""
    limits = s.workflow.stuck
    by_calls = limits.counts == "calls"
    found = None
    if s.recent:
        found = _by_calls(s, limits) if by_calls else _by_turns(s, limits)
    if found is None and s.workflow.states and 0 < limits.most_idle <= s.idle:
        unit = "tool calls" if by_calls else "turns"
        found = f"{s.idle} {unit} changed neither state nor context"
    return found


def _by_turns(s: Snapshot, limits: StuckSpec) -> str | None:
    if not s.recent[-1][3] and not _again(s.recent):
        return None
    turns = [_in_order(list(calls)) for _, calls in groupby(s.recent, itemgetter(4))]
    polling = {tool.name for tool in s.workflow.tools if tool.polling}
    waits = [bool(polling) and any(call[0] in polling for call in turn) for turn in turns]
    error = _same_error(turns, waits, limits.same_error)
    if error is not None:
        return error
    for length in range(1, LONGEST_ROUND + 1):
        count = {1: limits.same_call, 2: limits.ping_pong}.get(length, limits.cycle * length)
        count = min(count, MOST_RECENT)
        # A round has come again when it is there twice, and a part of it does not come again.
        if not length < count <= len(turns) or turns[-1] != turns[-1 - length]:
            continue
        if any(waits[-count:]):
            continue
        last = turns[-count:]
        shorter = (part for part in range(1, length) if length % part == 0)
        if _repeats(last, length) and not any(_repeats(last, part) for part in shorter):
            return _told(last, length) if _exactly(last, length) else None
    return None


def _again(recent: tuple[_Call, ...]) -> bool:
    """Whether the last call was made before, in another turn, with the same result."""
    tool, arguments, content, _, turn = recent[-1]
    return any(
        call[0] == tool and call[4] != turn and call[2] == content and call[1] == arguments
        for call in recent
    )


def _in_order(calls: list[_Call]) -> _Turn:
    """A turn's calls without their turn; in which order they were asked for is no difference."""
    turn = [call[:4] for call in calls]
    if len(turn) < 2:
        return turn
    return sorted(turn, key=lambda call: (call[0], canonical(call[1])))


def _repeats(turns: Sequence[object], length: int) -> bool:
    return all(turns[at] == turns[at - length] for at in range(length, len(turns)))


def _exactly(turns: list[_Turn], length: int) -> bool:
    """Whether they repeat to the letter: to Python 1, 1.0 and true are one."""
    return _repeats([canonical(turn) for turn in turns], length)


def _same_error(turns: list[_Turn], waits: list[bool], count: int) -> str | None:
    last = turns[-count:] if 0 < count <= len(turns) else []
    if not last or any(waits[-count:]) or not all(call[3] for turn in last for call in turn):
        return None
    told = {canonical([[call[0], call[2]] for call in turn]) for turn in last}
    if len(told) > 1:
        return None
    times = f"{count} times in a row" if count > 1 else "once"
    return f"{_named(last[-1])} failed the same way {times}"


def _told(turns: list[_Turn], length: int) -> str:
    names = [_named(turn) for turn in turns[-length:]]
    if length == 1:
        what = "was called" if len({call[0] for call in turns[-1]}) == 1 else "were called"
        end = "" if len(turns[-1]) == 1 else "s"
        return f"{names[0]} {what} {len(turns)} times in a row with the same result{end}"
    if length == 2:
        return f"{' and '.join(names)} have taken turns {len(turns)} times with the same results"
    rounds = len(turns) // length
    return f"{', '.join(names)} have come round {rounds} times with the same results"


def _named(turn: _Turn) -> str:
    """The tools of a turn, each once."""
    return " + ".join(dict.fromkeys(str(call[0]) for call in turn))


def _by_calls(s: Snapshot, limits: StuckSpec) -> str | None:
    tool, _, content, is_error, _ = s.recent[-1]
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
    return None


def _tail(s: Snapshot, count: int) -> tuple[_Call, ...]:
    """The last ``count`` calls; none when the check is off or there were not so many."""
    count = min(count, MOST_RECENT)
    return tuple([call[:4] for call in s.recent[-count:]]) if 0 < count <= len(s.recent) else ()


def _alternate(calls: tuple[_Call, ...]) -> bool:
    return all(calls[at] == calls[at - 2] for at in range(2, len(calls)))
