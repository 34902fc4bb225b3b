"""What a person reads before a tool that writes runs where it has run elsewhere already."""

from __future__ import annotations

from tooltrace.core.text.exact_json import readable
from tooltrace.core.text.sanitize import clip
from tooltrace.debugger.session.repeat_warning import RepeatWarning

__all__ = ["warning_lines"]

_MOST = 200
"""Characters of arguments that are shown."""


def warning_lines(warning: RepeatWarning) -> list[str]:
    """The call, and what ran: with which arguments, when, where, and what has become of it."""
    call = warning.call
    lines = [f"{call.tool} {clip(readable(call.arguments), _MOST)}"]
    lines.append(
        f"  {call.tool} has run {_times(warning.times)} past this point on another branch:"
    )
    for run in warning.runs:
        arguments = clip(readable(run.arguments), _MOST)
        lines.append(f"  {run.branch} #{run.record} · {_time(run.at)} · {arguments}")
    if warning.times > len(warning.runs):
        lines.append(f"  and {warning.times - len(warning.runs)} before")
    lines.append(f"  {_WORLD[warning.undone]}")
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
