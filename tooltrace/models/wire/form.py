"""The form between the protocols: what each codec reads a request into, and writes one from.

A block of content is a block of the Messages API, as plain JSON; what another protocol has in its
place is read into that. What has no place here stands under ``rest``, under the name of the
protocol that it came in: the same codec writes it again, any other leaves it out (see
``wire/rest.py``). So a body which is read and written again is the same body.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from msgspec import Struct, field

from tooltrace.core.model.ports import OnDelta

__all__ = [
    "Block",
    "BrokenStream",
    "Codec",
    "ReplyStream",
    "Rest",
    "WireError",
    "WireMessage",
    "WireRequest",
]

Block = dict[str, Any]
"""A content block: ``text``, ``image``, ``document``, ``thinking``, ``tool_use``, ``tool_result``,
or one that is not known here: its ``type``, and all else of it under ``"rest"`` where it is none of
the Messages API. Any block, and a reply and its ``usage``, may have a ``"rest"``."""

Rest = dict[str, Any]
"""By the name of a protocol, what only it says of the thing that this belongs to."""


class WireMessage(Struct, frozen=True):
    """A message: results of tools stand in a user's, whatever the protocol calls their place.

    ``rest`` is what a protocol says of the message beside its content.
    """

    role: Literal["user", "assistant", "system"]
    content: list[Block]
    rest: Rest = field(default_factory=dict)


class WireRequest(Struct, frozen=True):
    """A request: ``tools`` as the Messages API shapes them, another protocol's own in ``rest``.

    ``settings`` are those that the protocols share, named and shaped as in the Messages API:
    ``max_tokens``, ``stop_sequences``, ``temperature``, ``top_p``, ``stream`` and ``tool_choice``
    (``disable_parallel_tool_use`` in it). Anything else of the body is in ``rest``.
    """

    model: str
    messages: list[WireMessage]
    system: list[Block] = field(default_factory=list)
    tools: list[Block] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    rest: Rest = field(default_factory=dict)


class WireError(Struct, frozen=True):
    """What a server says instead of a reply; ``kind`` is the server's word for it, or nothing.

    ``retryable`` says that it is about the moment and not about the request.
    """

    kind: str
    message: str
    retryable: bool


class BrokenStream(Struct, frozen=True):
    """Why a stream makes no whole reply; ``retryable`` says that the same request may make one."""

    why: str
    retryable: bool = True
    advice: str = "ask again"


class ReplyStream(Protocol):
    """Takes the events of one streamed reply, in order; nothing that comes makes it raise.

    ``over`` is set by the event that ends it; ``counted`` says that the tokens were told once the
    reply had come, ``idle`` that there was nothing yet but what keeps a connection open; ``events``
    counts them; ``broken`` says why no whole reply can come of it.
    """

    over: bool
    counted: bool
    idle: bool
    events: int
    broken: BrokenStream | None

    def take(self, name: str, data: bytes) -> None:
        """One more event: its name, empty if it has none, and its data."""
        ...

    def end(self) -> None:
        """The stream ended where it was not cut: from here on the reply is whole or broken."""
        ...

    def message(self) -> dict[str, Any] | None:
        """The reply as far as it came; no call of it counts unless all of it came.

        A call that did not come whole, or whose input is no JSON object, has no ``input``: the text
        of it is in ``partial_json`` instead.
        """
        ...


class Codec(Protocol):
    """One protocol, both ways, without input or output.

    Laws: ``write_request(read_request(body)) == body`` and ``write_reply(read_reply(body)) ==
    body`` for every body of the protocol, unknown fields included.
    """

    @property
    def name(self) -> str:
        """``messages``, ``chat`` or ``responses``."""
        ...

    @property
    def calls(self) -> bytes:
        """What stands in the bytes of every reply with a call; such a body may say no key twice."""
        ...

    def read_request(self, body: Mapping[str, Any]) -> WireRequest:
        """The request that a body is. Raises ValueError, with the place, for what is none."""
        ...

    def write_request(self, request: WireRequest) -> dict[str, Any]:
        """The body for a request, whichever protocol it came from.

        What cannot be said is left out (see ``unsaid``).
        """
        ...

    def unsaid(self, request: WireRequest) -> list[str]:
        """What of a request this protocol has no words for, one line each."""
        ...

    def read_reply(self, body: object) -> dict[str, Any]:
        """A reply as the Messages API shapes it. Raises ValueError, saying why, for what is none.

        The input of a call that is no JSON object is no input (as in a stream that was cut).
        """
        ...

    def write_reply(self, reply: Mapping[str, Any]) -> dict[str, Any]:
        """The body that a reply stands for."""
        ...

    def read_error(self, status: int, body: object) -> WireError | None:
        """What a body that is no reply says: parsed JSON, or text; None if it tells of no error."""
        ...

    def stream(self, heard: OnDelta | None = None) -> ReplyStream:
        """A reader for the events of one streamed reply."""
        ...
