"""A request and its answer, apart from the connections of the client.

So a client's retry joins the exchange that is held instead of asking the upstream again, and a
client that goes away ends nothing at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from functools import cached_property
from typing import TYPE_CHECKING

from tooltrace.attach.headers import Headers, by_name, client_headers, passed_on
from tooltrace.attach.keepalive import failure_told
from tooltrace.attach.proxy_request import Gate, ProxyAnswer, ProxyListener, ProxyRequest
from tooltrace.attach.upstream import Upstream, UpstreamLost
from tooltrace.core.text.exact_json import dumps, loads
from tooltrace.models.live.retry_after import retry_after, retryable

if TYPE_CHECKING:
    from httpx2 import Response

__all__ = ["LINGER", "ProxyExchange", "Reader"]

LINGER = 10.0
"""Seconds that an answer nobody reads is waited for: SDKs ask again within eight."""

_ATTEMPTS = 5
_LONGEST_WAIT = 60.0
_MOST_REFUSED = 1 << 20
_MOST_AHEAD = 16 << 20
"""Bytes of an answer that wait for a client which reads slowly."""


class Reader:
    """One connection that an answer goes to; ``changed`` is set when there is more to do."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.chunk = self.taken = 0
        """How many pieces, and how many bytes, it has taken."""
        self.committed = False
        """Whether it has begun to answer before the upstream did."""


class ProxyExchange:
    """One request on its way: held, sent, answered. ``status`` is 0 as long as nothing came."""

    def __init__(
        self,
        request: ProxyRequest,
        upstream: Upstream,
        listener: ProxyListener,
        now: Callable[[], str],
        gate: Gate | None = None,
    ) -> None:
        self.request = request
        self.held = False
        """Whether somebody has held it up for longer than a moment."""
        self.status = 0
        self.headers: Headers = []
        self.pieces: list[bytes] = []
        self.done = False
        self.broken = ""
        self.refused = False
        """Whether what came is the last of the refusals of an upstream, or says that it is lost."""
        self.told: bytes | None = None
        """What tells of a failure to who has had a 200 already; None where only a cut does."""
        self.readers: set[Reader] = set()
        self._upstream, self._listener, self._gate, self._now = upstream, listener, gate, now
        self._room = asyncio.Event()
        self._size = 0
        self._sent = False
        self._began = self._first = 0.0
        self._task = asyncio.create_task(self._run())
        self._leaving: asyncio.TimerHandle | None = None

    # -- readers ----------------------------------------------------------------------------

    def join(self) -> Reader:
        """One more connection that wants the answer."""
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
        reader = Reader()
        self.readers.add(reader)
        return reader

    def leave(self, reader: Reader, why: str = "") -> None:
        """A connection has all of it, or went away before, which ``why`` then says."""
        self.readers.discard(reader)
        self._room.set()
        if why and not self.done:
            self._listener.left(self.request, why)
        if not self.readers and not self.done and self._sent:
            loop = asyncio.get_running_loop()
            self._leaving = loop.call_later(LINGER, self._task.cancel)

    def took(self, reader: Reader, size: int) -> None:
        """A connection has written so many bytes more."""
        reader.taken += size
        self._room.set()

    async def close(self) -> None:
        """End it, wherever it is."""
        self._task.cancel()
        await asyncio.wait([self._task])

    # -- the way to the upstream and back ---------------------------------------------------

    async def _run(self) -> None:
        try:
            body = await self._through_gate()
            if self._gate is not None and not self.readers:
                self._end("the client had gone when the request was let on")
                return
            self._sent = True
            if not self.readers:
                self._leaving = asyncio.get_running_loop().call_later(LINGER, self._task.cancel)
            await self._ask(body)
        except asyncio.CancelledError:
            self._end("the client had gone")
            raise
        finally:
            if self._leaving is not None:
                self._leaving.cancel()

    async def _through_gate(self) -> bytes:
        if self._gate is None or self.request.protocol is None:
            return self.request.body
        waiting = asyncio.ensure_future(self._gate(self.request))
        try:
            await asyncio.wait([waiting], timeout=0.1)
            if not waiting.done():
                self.held = True
                self._changed()
            body = await waiting
        finally:
            waiting.cancel()
        if body != self.request.body:
            self._listener.sent(self.request, body)
        return body

    async def _ask(self, body: bytes) -> None:
        request = self.request
        headers = passed_on(request.headers)
        for attempt in range(1, _ATTEMPTS + 1):
            self._began = time.monotonic()
            try:
                response = await self._upstream.send(
                    request.family, request.method, request.path, headers, body
                )
            except UpstreamLost as error:
                status, wait = 502, self._wait(502, {}, attempt)
                came: Headers = [(b"content-type", b"application/json")]
                refusal = _error_body(str(error))
            else:
                if response.status_code < 400 or not self._committed:
                    await self._relay(response)
                    return
                status, came = response.status_code, response.headers.raw
                refusal = await self._beginning(response)
                wait = self._wait(status, by_name(came), attempt)
            if wait is None or not self._committed:
                self._fail(status, came, refusal)
                return
            await asyncio.sleep(wait)

    @property
    def _committed(self) -> bool:
        return any(reader.committed for reader in self.readers)

    def _wait(self, status: int, headers: dict[str, str], attempt: int) -> float | None:
        """Seconds until it is asked again; None where that would not help."""
        if attempt == _ATTEMPTS or not retryable(status, headers):
            return None
        wait = retry_after(headers, time.time())
        wait = float(2 ** (attempt - 1)) if wait is None else wait
        return wait if wait <= _LONGEST_WAIT else None

    async def _relay(self, response: Response) -> None:
        from httpx2 import HTTPError

        self.status = response.status_code
        self.headers = client_headers(response.headers.raw)
        self._first = time.monotonic()
        self._changed()
        why = ""
        try:
            async with aclosing(response), aclosing(response.aiter_raw()) as chunks:
                async for chunk in chunks:
                    self.pieces.append(chunk)
                    self._size += len(chunk)
                    self._changed()
                    await self._for_room()
        except (HTTPError, OSError, ExceptionGroup) as error:
            why = self._upstream.lost(self.request.family, error)
            self.told = self._in_band(502, why)
        self._end(why)

    async def _for_room(self) -> None:
        while self.readers and self._size - min(r.taken for r in self.readers) > _MOST_AHEAD:
            self._room.clear()
            await self._room.wait()

    async def _beginning(self, response: Response) -> bytes:
        from httpx2 import HTTPError

        found = b""
        try:
            async with aclosing(response), aclosing(response.aiter_raw()) as chunks:
                async for chunk in chunks:
                    found += chunk
                    if len(found) > _MOST_REFUSED:
                        break
        except (HTTPError, OSError, ExceptionGroup):
            pass  # The status says it; what follows only explains it.
        return found[:_MOST_REFUSED]

    def _fail(self, status: int, headers: Headers, body: bytes) -> None:
        """There will be no reply: as an answer, and in the stream of who has had its head."""
        self._first = time.monotonic()
        self.refused = True
        self.status = status
        self.headers = client_headers(headers)
        self.pieces = [body]
        self._size = len(body)
        self.told = self._in_band(status, body.decode("utf-8", "replace"))
        self._end(f"the upstream answered {status}" if self._committed else "")

    def _in_band(self, status: int, why: str) -> bytes | None:
        protocol = self.request.protocol
        return failure_told(protocol, self.streams, status, why) if protocol else None

    @cached_property
    def streams(self) -> bool:
        """Whether the client asked for a stream of events."""
        try:
            body = loads(self.request.body)
        except ValueError:
            return False
        return isinstance(body, dict) and body.get("stream") is True

    def _end(self, broken: str) -> None:
        if self.done:
            return
        self.done, self.broken = True, broken
        self._changed()
        end = time.monotonic()
        began = self._began or end
        first = (self._first or end) - began
        answer = ProxyAnswer(
            self._now(),
            self.status,
            self.headers,
            b"".join(self.pieces),
            (end - began) * 1000,
            first * 1000,
            broken,
        )
        self._listener.answered(self.request, answer)

    def _changed(self) -> None:
        for reader in self.readers:
            reader.changed.set()


def _error_body(why: str) -> bytes:
    """An error as all three protocols have it, near enough for any client to show its message."""
    error = {"type": "api_error", "message": why, "code": None, "param": None}
    return dumps({"type": "error", "error": error}).encode("ascii")
