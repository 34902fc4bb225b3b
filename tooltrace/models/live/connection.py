"""The bytes of an answer, read off a connection, and where a connection may go.

The HTTP library is the one that the Anthropic SDK brings, for every provider. It takes a moment to
import, so nothing here does so before a request is made.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from tooltrace.models.live.attempt import Attempt

if TYPE_CHECKING:
    from ssl import SSLContext

    from httpx2 import URL, AsyncClient, Response

__all__ = ["LOCAL_KEY", "LOOPBACK", "address", "beginning", "bracketed", "http_client"]
__all__ += ["receive", "tls"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""The hosts of this machine, which need no key."""

LOCAL_KEY = "local"
"""What is sent to them in place of one: some servers want to see any."""

_REST_WITHIN = 1.0
"""Seconds that the end of an answer is waited for once its reply is whole."""

_MOST_REFUSED = 1 << 20
"""Bytes that are read of an answer that is no reply; a person is shown some hundred."""


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


async def _chunks(response: Response) -> AsyncGenerator[bytes, None]:
    async for chunk in response.aiter_bytes():
        yield chunk


def beginning(stream: Any) -> Any:
    """The beginning of a body that is read as a whole, however much is sent."""
    from httpx2 import AsyncByteStream

    class Beginning(AsyncByteStream):
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

    return Beginning()


def http_client(**more: Any) -> AsyncClient:
    """A client for any host, ``more`` as the HTTP library takes it."""
    from httpx2 import AsyncClient

    return AsyncClient(
        # Proxy settings are about the network, but swallow local servers as well.
        mounts={f"all://{bracketed(host)}": None for host in LOOPBACK},
        # A redirect would take the conversation to a host that nobody named.
        follow_redirects=False,
        verify=tls(),
        **more,
    )


@cache
def tls() -> SSLContext:
    """What to trust; reading the certificates takes too long for an event loop."""
    from httpx2 import create_ssl_context

    return create_ssl_context()


def bracketed(host: str) -> str:
    """A host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def address(url: URL) -> str:
    """A server's address for people, without the password that a URL can carry."""
    port = "" if url.port is None else f":{url.port}"
    return f"{url.scheme}://{bracketed(url.host)}{port}{url.path}".rstrip("/")
