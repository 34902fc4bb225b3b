"""The events of a replay: what it met that was not as recorded, and who went on past it."""

from __future__ import annotations

from typing import ClassVar, Literal

from tooltrace.core.model.event_parts import Event
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["Diverged", "DivergenceAccepted"]


class Diverged(Event, frozen=True, omit_defaults=True):
    """A replay met something else than was recorded: ``field`` was one value, and is another now.

    ``record`` is the recorded fact, ``step`` the replay's; ``missing`` names the side that had
    nothing there, which is no null. Where a tool gave another result, that stands before this.
    """

    name: ClassVar[str] = "diverged"
    what: str
    field: str
    recorded: JsonValue = None
    now: JsonValue = None
    record: int | None = None
    step: int = 0
    missing: Literal["", "recorded", "now"] = ""


class DivergenceAccepted(Event, frozen=True, omit_defaults=True):
    """A person went on past the divergence just before this."""

    name: ClassVar[str] = "divergence_accepted"
