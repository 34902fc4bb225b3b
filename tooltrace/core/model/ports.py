"""The two ports to the world. A mode is a pair of them, and nothing else differs between modes.

Both are asked by the engine, on the debugger's event loop. Neither ever raises for what a model or
a tool did: that is an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Literal, Protocol, TypeVar, runtime_checkable

from msgspec import Struct, field

from tooltrace.core.model.events import (
    CallRef,
    Event,
    ModelFailed,
    ModelReplied,
    Source,
    ToolReturned,
)
from tooltrace.core.model.messages import Request
from tooltrace.core.model.request_forms import FORM
from tooltrace.core.text.exact_json import JsonValue

__all__ = [
    "Beside",
    "Closeable",
    "Delta",
    "Divergence",
    "ModelAnswer",
    "ModelPort",
    "OnDelta",
    "PortAnswer",
    "ToolCall",
    "ToolPort",
    "Warmable",
]


class Delta(Struct, frozen=True, gc=False):
    """More of a reply that is on its way: ``text`` follows what came of block ``index`` before.

    ``name`` is the tool of an ``input``, or the type of an ``other`` block. A piece of a block that
    has only just begun may have no text yet.
    """

    index: int
    kind: Literal["text", "thinking", "input", "other"]
    text: str
    name: str = ""


Beside = Callable[[], None]

OnDelta = Callable[[Delta], None]
"""Told of each piece as it arrives, on the loop that asks; it must be quick and must not raise."""


E_co = TypeVar("E_co", bound=Event, covariant=True)

ModelAnswer = ModelReplied | ModelFailed
"""What becomes of a request: a whole reply, or no usable one."""


class PortAnswer(Struct, Generic[E_co], frozen=True):
    """What a port answered: the event that it becomes in the session, and where that comes from.

    ``of`` is the record that it repeats, if it repeats one.
    """

    event: E_co
    source: Source
    of: int | None = None


class Divergence(Struct, frozen=True):
    """A replay met something else than was recorded.

    ``record`` is the recorded fact, ``field`` names what differs, with dots and indexes. A side
    that has nothing there is ``MISSING``.
    """

    record: int | None
    step: int
    what: str
    field: str
    recorded: JsonValue
    now: JsonValue


class ToolCall(Struct, frozen=True):
    """A call to make. ``key`` is its idempotency key, the same in every branch.

    ``state`` and ``context`` are the workflow's at this moment, for the tool to read; ``form`` is
    that of the run's requests, for what the model is told.
    """

    ref: CallRef
    tool: str
    arguments: JsonValue
    key: str
    state: str | None = None
    context: dict[str, JsonValue] = field(default_factory=dict)
    form: int = FORM


@runtime_checkable
class ModelPort(Protocol):
    """Where replies come from."""

    async def ask(
        self, request: Request, heard: OnDelta | None = None
    ) -> PortAnswer[ModelAnswer] | Divergence:
        """One reply to one request; ``heard`` is told of its pieces as they arrive, if they do."""
        ...

    def cancel(self) -> bool:
        """Give up on the reply being received: ``ask`` then answers with a ``cancelled`` failure.

        False if there is none, or if it cannot be stopped.
        """
        ...


@runtime_checkable
class ToolPort(Protocol):
    """Where results come from."""

    async def call(
        self, call: ToolCall, beside: Beside | None = None
    ) -> PortAnswer[ToolReturned] | Divergence:
        """Make one call. Cancelling the task cancels the call, and leaves no answer.

        ``beside`` is done while the call runs; what it raises is raised here, and the call's
        answer is lost.
        """
        ...

    def cancel(self, ref: CallRef) -> bool:
        """Give up on a running call: ``call`` then answers with an error. False if none runs."""
        ...


@runtime_checkable
class Closeable(Protocol):
    """A port that holds threads or connections: it is told when nobody asks any more."""

    def close(self) -> None:
        """Let go of them, without waiting. May be called twice, from the debugger's loop."""
        ...


@runtime_checkable
class Warmable(Protocol):
    """A port whose first answer takes long, because of what it has to load before."""

    def warm(self) -> None:
        """Load it; may be called from a thread, and more than once."""
        ...
