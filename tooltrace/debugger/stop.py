"""Say why the debugger stands still, in a form that every front end can show."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tooltrace.core.decide.breakpoints import Breakpoint
from tooltrace.core.model.errors import BadCommand, NotSaved, ReadOnly, ToolTraceError
from tooltrace.core.model.ports import Divergence
from tooltrace.core.text.sanitize import visible
from tooltrace.debugger.session.repeat_warning import RepeatWarning

__all__ = ["REFUSALS", "Stop", "StopKind", "raised", "stopped_by"]

REFUSALS = (BadCommand, ReadOnly)
"""What a command raises that is not possible, and that has done nothing."""

StopKind = Literal[
    "step",  # did what was asked
    "paused",  # a person asked for it
    "breakpoint",
    "await",  # only a person can go on: text says what is wanted
    "finished",  # the run is over
    "limit",  # too many turns, tokens or dollars
    "stuck",  # the run only repeats itself
    "confirm",  # something would run a second time, or the world changed: see warnings, world
    "thinking",  # what was thought may be refused: it belongs to a history that was changed
    "divergence",  # a replay met something else than was recorded
    "end",  # the end of a recording, or of a replay
    "start",  # the beginning, going back
    "no_code",  # nothing here can run: no workflow was named
    "error",  # could not be done: text says what, where, what next
]


class Stop(Struct, frozen=True):
    """A reason and a sentence; for ``confirm`` also what a yes would allow.

    ``saving`` says that the error is that something could not be saved; ``moved`` that a yes would
    hand over the world's folder to the file that the session is in; ``lost`` that ``world`` is a
    snapshot that is not there, so that nothing can be put back; ``refused`` that the command
    was not possible and did nothing, so that what one stood still for before still holds. ``cause``
    is the kind of what was raised."""

    kind: StopKind
    text: str = ""
    warnings: tuple[RepeatWarning, ...] = ()
    world: str | None = None
    divergence: Divergence | None = None
    breakpoint: Breakpoint | None = None
    saving: bool = False
    moved: bool = False
    lost: bool = False
    refused: bool = False
    cause: type[Exception] | None = None

    def __repr__(self) -> str:
        said = {"kind": self.kind, "text": visible(self.text)}
        said |= {f: v for f in _DETAILS if (v := getattr(self, f))}
        return f"Stop({', '.join(f'{name}={value!r}' for name, value in said.items())})"


_DETAILS = tuple(f for f in Stop.__struct_fields__ if f not in ("kind", "text", "cause"))


def stopped_by(error: Exception, text: str) -> Stop:
    """The Stop that tells of an error, in these words."""
    return Stop(
        "error",
        text,
        saving=isinstance(error, NotSaved),
        refused=isinstance(error, REFUSALS),
        cause=type(error),
    )


def raised(stop: Stop) -> ToolTraceError:
    """The error that a Stop of kind ``error`` tells of, for whoever waits for the command."""
    kind = stop.cause
    if kind is None or not issubclass(kind, ToolTraceError):
        kind = ToolTraceError
    return kind(stop.text)
