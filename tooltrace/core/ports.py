"""The two ports to the world. A mode is a pair of them, and nothing else differs between modes.

Both are asked by the engine, on the debugger's event loop. Neither ever raises for what a model or
a tool did: that is an answer.
"""

from __future__ import annotations

from typing import Any, Protocol

from msgspec import Struct, field

from tooltrace.core.events import CallRef, ErrorDetail, Source
from tooltrace.core.jsonio import JsonValue
from tooltrace.core.messages import Request

__all__ = ["Divergence", "Failure", "Given", "ModelPort", "Reply", "ToolCall", "ToolPort"]


class Reply(Struct, frozen=True):
    """A whole reply as the Messages API shapes it: ``content``, ``stop_reason``, ``usage``."""

    body: dict[str, Any]
    source: Source
    ms: float = 0.0
    request_id: str | None = None
    of: int | None = None


class Failure(Struct, frozen=True):
    """No usable reply came. ``raw`` keeps what did arrive."""

    error: str
    source: Source
    status: int | None = None
    request_id: str | None = None
    raw: str | None = None
    ms: float = 0.0


class Divergence(Struct, frozen=True):
    """A replay met something else than was recorded.

    ``record`` is the recorded fact, ``field`` names what differs, with dots and indexes.
    """

    record: int | None
    step: int
    what: str
    field: str
    recorded: JsonValue
    now: JsonValue


class ToolCall(Struct, frozen=True):
    """A call to make. ``key`` is its idempotency key, the same in every branch.

    ``state`` and ``context`` are the workflow's at this moment, for the tool to read.
    """

    ref: CallRef
    tool: str
    arguments: JsonValue
    key: str
    state: str | None = None
    context: dict[str, JsonValue] = field(default_factory=dict)


class Given(Struct, frozen=True):
    """What a tool call gave: always JSON, whatever the tool returned or raised.

    ``abandoned`` means that it went on running after its time was up and may still act. ``world``
    is the digest of the world's snapshot after a recorded call.
    """

    content: JsonValue
    source: Source
    is_error: bool = False
    ms: float = 0.0
    error: ErrorDetail | None = None
    output: str = ""
    abandoned: bool = False
    of: int | None = None
    world: str | None = None


class ModelPort(Protocol):
    """Where replies come from."""

    async def ask(self, request: Request) -> Reply | Failure | Divergence:
        """One reply to one request."""
        ...


class ToolPort(Protocol):
    """Where results come from."""

    async def call(self, call: ToolCall) -> Given | Divergence:
        """Make one call. Cancelling the task cancels the call, and leaves no answer."""
        ...

    def cancel(self, ref: CallRef) -> bool:
        """Give up on a running call: ``call`` then answers with an error. False if none runs."""
        ...
