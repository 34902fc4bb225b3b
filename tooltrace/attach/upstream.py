"""The servers behind the proxy: one address for each family, fixed before anything is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from tooltrace.attach.endpoint import Family
from tooltrace.attach.headers import Headers
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.models.live.connection import http_client, tls

if TYPE_CHECKING:
    from httpx2 import AsyncClient, Response

__all__ = ["Upstream", "UpstreamLost"]

_CONNECT_WITHIN = 10.0


class UpstreamLost(Exception):
    """A server cannot be reached, or was lost before it answered; the text says where and why."""


class Upstream:
    """Sends requests on, as bytes. ``bases`` are URLs without a slash at their end.

    How long a reply may take is the client's business: nothing here gives up once it is connected.
    """

    def __init__(self, bases: Mapping[Family, str]) -> None:
        self._bases = dict(bases)
        self._client: AsyncClient | None = None

    async def connect(self) -> None:
        """Load the HTTP library and the certificates, which takes a moment."""

        def load() -> None:
            import httpx2

            del httpx2
            with suppress(OSError):
                tls()

        await asyncio.to_thread(load)
        from httpx2 import Limits, Timeout

        self._client = http_client(
            limits=Limits(max_connections=None, max_keepalive_connections=32),
            timeout=Timeout(None, connect=_CONNECT_WITHIN),
        )

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def send(
        self, family: Family, method: str, path: str, headers: Headers, body: bytes
    ) -> Response:
        """The answer, as soon as its headers are there; the caller closes it.

        Raises UpstreamLost.
        """
        from httpx2 import URL, HTTPError, InvalidURL, Request

        client = self._client
        assert client is not None, "connect comes first"
        base = self._bases[family]
        try:
            url = URL(base)
            url = url.copy_with(raw_path=url.raw_path.rstrip(b"/") + path.encode("ascii"))
            content = body if body or method not in ("GET", "HEAD", "DELETE") else None
            request = Request(method, url, headers=headers, content=content)
            return await client.send(request, stream=True)
        except (HTTPError, InvalidURL, OSError, ExceptionGroup) as error:
            raise UpstreamLost(self.lost(family, error)) from error

    def lost(self, family: Family, error: BaseException) -> str:
        """Why there is no answer, or no more of it, in a line."""
        why = clip(one_line(str(error)), 200) or type(error).__name__
        return f"{where(self._bases[family])} cannot be asked: {why}"


def where(base: str) -> str:
    """The address of a server for people, without a password in it."""
    from urllib.parse import urlsplit

    return one_line(urlsplit(base).netloc.rpartition("@")[2] or base)
