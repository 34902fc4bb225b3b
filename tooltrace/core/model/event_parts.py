"""What events are made of: their base, which call, which settings, why a tool failed."""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import Struct

from tooltrace.core.model.request_settings import RequestSettings

__all__ = ["CallRef", "ErrorDetail", "Event", "Settings"]


class Event(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of all events; ``name`` is what stands in the record's ``type``.

    A field that an event does not have is refused when decoding, so that the journal notices it
    and keeps it in ``Record.extra`` instead of losing it.
    """

    name: ClassVar[str] = ""


class CallRef(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A tool call, named by the record of its reply and its place in it: ``[17, 0]``.

    Ids that a model hands out repeat inside one run, so they do not name a call.
    """

    reply: int
    index: int

    def __str__(self) -> str:
        return f"#{self.reply}.{self.index}"


class Settings(Struct, frozen=True, omit_defaults=True):
    """What a run was started with.

    ``max_tokens`` limits one reply; ``token_budget`` (tokens in and out) and ``cost_budget`` (US
    dollars) pause the branch that has spent as much. ``priced_as`` is the model whose prices hold
    behind another host than the API's own, if a person named one. ``drop_bound_thinking`` lets the
    API leave out thinking whose conversation was changed before it, which it would refuse else.
    ``attempts`` are made at a request before a person has to say that it is worth another.
    ``key_env`` is the variable with the key that a person named for that host, never the key.
    ``request`` is what a person set for all requests of the run, ``result_limit`` how much of one
    tool result the model is given, in bytes of UTF-8.
    """

    model: str = "scripted"
    base_url: str | None = None
    max_tokens: int = 4096
    placement: Literal["auto", "message", "beside", "system"] = "auto"
    max_turns: int | None = None
    token_budget: int | None = None
    cost_budget: float | None = None
    priced_as: str | None = None
    drop_bound_thinking: bool = False
    attempts: int = 5
    request: RequestSettings | None = None
    result_limit: int | None = None
    key_env: str | None = None


class ErrorDetail(Struct, frozen=True, omit_defaults=True):
    """Why a tool failed, in full, for the person; the model reads only the message."""

    type: str
    message: str
    traceback: str = ""
