"""The events of an agent that others wrote: what went between it and its model, and how it ended.

Its calls run in its own process: they are known by the results in its next request.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import field

from tooltrace.core.model.event_parts import Event

__all__ = [
    "CLIENT_EVENTS",
    "ClientAttached",
    "ClientEnded",
    "ClientLeft",
    "ReplyDelivered",
    "RequestCame",
    "RequestSent",
]


class ClientAttached(Event, frozen=True, omit_defaults=True):
    """The run is one of a client, a program that others wrote; ``argv`` is how it was started.

    ``recipe`` names how it was made to ask here. Without ``argv`` it was started by hand.
    """

    name: ClassVar[str] = "client_attached"
    argv: list[str] = field(default_factory=list)
    recipe: str = ""


class RequestCame(Event, frozen=True, omit_defaults=True):
    """The client asked its model: what its body says is told by the records that follow.

    The body itself is ``head`` characters of the body before it on the branch, ``raw``, and
    ``tail`` characters of its end (bytes that are no UTF-8 as lone surrogates). ``headers`` are
    those that are nobody's secret.
    """

    name: ClassVar[str] = "request_came"
    protocol: Literal["messages", "chat", "responses"]
    path: str
    raw: str = ""
    head: int = 0
    tail: int = 0
    headers: dict[str, str] = field(default_factory=dict)


class RequestSent(Event, frozen=True, omit_defaults=True):
    """The request went on with another body: a difference to the one that came, as there."""

    name: ClassVar[str] = "request_sent"
    raw: str = ""
    head: int = 0
    tail: int = 0


class ReplyDelivered(Event, frozen=True, omit_defaults=True):
    """What the model's server answered went to the client, which may not have read all of it."""

    name: ClassVar[str] = "reply_delivered"
    status: int
    headers: dict[str, str] = field(default_factory=dict)


class ClientLeft(Event, frozen=True, omit_defaults=True):
    """The client went away before it had its answer; it may ask again."""

    name: ClassVar[str] = "client_left"
    why: str = ""


class ClientEnded(Event, frozen=True, omit_defaults=True):
    """The client's process ended: ``code`` is its exit code, or minus the signal that ended it."""

    name: ClassVar[str] = "client_ended"
    code: int


CLIENT_EVENTS: tuple[type[Event], ...] = (
    ClientAttached,
    RequestCame,
    RequestSent,
    ReplyDelivered,
    ClientLeft,
    ClientEnded,
)
