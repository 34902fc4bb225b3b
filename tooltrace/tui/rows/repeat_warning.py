"""What a person reads before a tool that writes runs where it has run elsewhere already."""

from __future__ import annotations

from tooltrace.core.text.exact_json import readable
from tooltrace.core.text.sanitize import clip
from tooltrace.debugger.session.repeated_calls import RepeatWarning

__all__ = ["doubt_lines"]

_MOST = 200
"""Characters of arguments that are shown."""


def doubt_lines(doubt: RepeatWarning) -> list[str]:
    """The call, and what ran: with which arguments, when, where, and what has become of it."""
    call = doubt.call
    lines = [f"{call.tool} {clip(readable(call.arguments), _MOST)}"]
    lines.append(f"  {call.tool} has run {_times(doubt.times)} past this point on another branch:")
    for run in doubt.runs:
        arguments = clip(readable(run.arguments), _MOST)
        lines.append(f"  {run.branch} #{run.record} · {_time(run.at)} · {arguments}")
    if doubt.times > len(doubt.runs):
        lines.append(f"  and {doubt.times - len(doubt.runs)} before")
    lines.append(f"  {_WORLD[doubt.undone]}")
    return lines


_WORLD = {
    True: "this branch's copy of the world holds nothing of that; a yes is for all its calls here",
    False: "nothing takes that back here: it would happen once more",
}


def _times(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


def _time(at: str) -> str:
    """Date and time to the second, as people read them."""
    return at[:19].replace("T", " ")
