"""A reply on its way into a recording, and the answer that it came in."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

__all__ = ["HttpAnswer", "ImportedReply"]


class HttpAnswer(Struct, frozen=True):
    """What is known of the answer that a reply came in, as in ``ModelReplied``.

    ``retryable`` is said of one that is no reply.
    """

    raw: str | None = None
    request_id: str | None = None
    ms: float = 0.0
    first_ms: float = 0.0
    status: int | None = None
    retryable: bool = False


class ImportedReply(Struct, frozen=True):
    """A reply as the Messages API shapes it, in parts; ``stop`` is left out where nobody said it.

    ``error`` says that the model, or the request, failed in the middle of it.
    """

    content: list[Any]
    id: str = ""
    model: str = ""
    stop: str | None = None
    usage: dict[str, Any] | None = None
    error: str | None = None
    cost: float | None = None
    answer: HttpAnswer | None = None
