"""The bytes of an answer, read off the connection under the SDK.

The SDK tells of a refusal only once the whole of it came, and of a stream only what its model
classes know. What is needed before that is noted here, for the attempt that the task is making.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

from tooltrace.models.live.attempt import Attempt

if TYPE_CHECKING:
    from ssl import SSLContext

    from httpx2 import Request, Response

__all__ = ["ASKING", "answers", "bracketed", "receive", "sends", "tls"]

_REST_WITHIN = 1.0
"""Seconds that the end of an answer is waited for once its reply is whole."""

_MOST_REFUSED = 1 << 20
"""Bytes that are read of an answer that is no reply; a person is shown some hundred."""

ASKING: ContextVar[Attempt | None] = ContextVar("asking", default=None)
"""The attempt whose request is being sent by this task."""


async def sends(request: Request) -> None:
    """Hook: notes what a request is sent with."""
    if attempt := ASKING.get():
        attempt.sent = request.headers


async def answers(response: Response) -> None:
    """Hook: notes the status and headers of an answer."""
    if attempt := ASKING.get():
        attempt.answers(response.status_code, response.headers)
        if not attempt.accepted:
            response.stream = _begun(response.stream)


async def receive(attempt: Attempt, response: Response) -> None:
    """Read an answer to its end, or to where nothing that follows counts any more."""
    from httpx2 import HTTPError

    async with aclosing(_chunks(response)) as chunks:
        async for chunk in chunks:
            if attempt.take(chunk):
                break
        else:
            return
        if attempt.full():
            return
        # An answer that is read to its end leaves a connection that can be used again.
        with suppress(TimeoutError, HTTPError, OSError):
            async with asyncio.timeout(_REST_WITHIN):
                async for chunk in chunks:
                    attempt.take(chunk)
                    if attempt.full():
                        break


def _begun(stream: Any) -> Any:
    """The beginning of a body that the SDK reads as a whole, however much is sent."""
    from httpx2 import AsyncByteStream

    class Begun(AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            room = _MOST_REFUSED
            async with aclosing(aiter(stream)) as parts:
                async for part in parts:
                    yield part[:room]
                    room -= len(part)
                    if room <= 0:
                        break

        async def aclose(self) -> None:
            await stream.aclose()

    return Begun()


async def _chunks(response: Response) -> AsyncGenerator[bytes, None]:
    async for chunk in response.aiter_bytes():
        yield chunk


@cache
def tls() -> SSLContext:
    """What to trust; reading the certificates takes too long for an event loop."""
    from httpx2 import create_ssl_context

    return create_ssl_context()


def bracketed(host: str) -> str:
    """A host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host
