"""One connection of a client: requests read within limits, answers written as they come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import h11
from msgspec import Struct

from tooltrace.attach.admission import Refused
from tooltrace.attach.exchange import ProxyExchange, Reader
from tooltrace.attach.headers import Headers, by_name
from tooltrace.attach.keepalive import early_headers, filler, interval, silence
from tooltrace.core.text.exact_json import dumps

__all__ = ["Begin", "ClientConnection", "ClientLimits"]

_MOST_HEAD = 64 << 10
_READ = 64 << 10


class ClientLimits(Struct, frozen=True):
    """How much a client may send, and how long it may take, in seconds.

    ``idle`` is between requests, ``head`` for all of a head, ``body`` and ``write`` for a piece.
    """

    idle: float = 120.0
    head: float = 10.0
    body: float = 30.0
    write: float = 60.0
    most_body: int = 64 << 20
    most_headers: int = 100


Begin = Callable[[str, str, Headers], Callable[[bytes], ProxyExchange]]
"""Takes method, target and headers of a request, and then its body; raises Refused."""


class ClientConnection:
    """Serves one connection until it is closed."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        begin: Begin,
        limits: ClientLimits,
    ) -> None:
        self._reader, self._writer, self._begin, self._limits = reader, writer, begin, limits
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MOST_HEAD)

    async def serve(self) -> None:
        """Request after request; whatever a client does, this only ends."""
        try:
            while await self._one():
                self._http.start_next_cycle()
        except (Refused, h11.RemoteProtocolError) as error:
            await self._refuse(error)
        except (h11.LocalProtocolError, OSError, TimeoutError):
            pass  # It went away, or no answer can be written to it any more.
        finally:
            self._writer.close()

    async def _one(self) -> bool:
        """One request and its answer; whether another may follow."""
        head = await self._event(self._limits.idle, self._limits.head, "head")
        if not isinstance(head, h11.Request):
            return False
        headers: Headers = head.headers.raw_items()
        if len(headers) > self._limits.most_headers:
            raise Refused(431, "too-many-headers", "it has too many headers")
        take = self._begin(head.method.decode("latin-1"), head.target.decode("latin-1"), headers)
        exchange = take(await self._body(headers))
        await self._answer(exchange, by_name(headers), head.method == b"HEAD")
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    # -- reading ----------------------------------------------------------------------------

    async def _event(self, first: float, rest: float, what: str) -> Any:
        """The next event; ``first`` seconds until anything comes of it, ``rest`` for all of it."""
        began: float | None = None
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._http.trailing_data[0] and began is None:
                began = time.monotonic()
            left = first if began is None else began + rest - time.monotonic()
            try:
                async with asyncio.timeout(left):
                    data = await self._reader.read(_READ)
            except TimeoutError as error:
                if began is None and what == "head":
                    raise  # Nothing was asked: it only stays connected.
                raise Refused(408, f"slow-{what}", f"its {what} did not come in time") from error
            began = began or time.monotonic()
            self._http.receive_data(data)

    async def _body(self, headers: Headers) -> bytes:
        most = self._limits.most_body
        length = by_name(headers).get("content-length", "0")
        if length.isdigit() and int(length) > most:
            raise _too_large(most)
        if self._http.they_are_waiting_for_100_continue:
            await self._send(h11.InformationalResponse(status_code=100, headers=[]))
        pieces: list[bytes] = []
        size = 0
        while True:
            event = await self._event(self._limits.body, self._limits.body, "body")
            if not isinstance(event, h11.Data):
                return b"".join(pieces)
            pieces.append(bytes(event.data))
            size += len(event.data)
            if size > most:
                raise _too_large(most)

    # -- writing ----------------------------------------------------------------------------

    async def _answer(self, exchange: ProxyExchange, asked: dict[str, str], is_head: bool) -> None:
        reader = exchange.join()
        gone = asyncio.create_task(self._until_gone(reader))
        why = "it was closed"
        try:
            await _Writing(self, exchange, reader, asked, is_head, gone).all()
            why = ""
        except TimeoutError:
            why = "it reads too slowly"
            raise
        finally:
            exchange.leave(reader, why)
            gone.cancel()
            await asyncio.wait([gone])

    async def _until_gone(self, reader: Reader) -> None:
        """Ends when the client has hung up; what it sends ahead waits, up to one piece."""
        data = await self._reader.read(_READ)
        self._http.receive_data(data)
        if data:
            await asyncio.Event().wait()
        reader.changed.set()

    async def _send(self, *events: Any) -> None:
        data = b"".join(filter(None, map(self._http.send, events)))
        if data:
            self._writer.write(data)
            async with asyncio.timeout(self._limits.write):
                await self._writer.drain()

    async def _refuse(self, error: Refused | h11.RemoteProtocolError) -> None:
        if isinstance(error, h11.RemoteProtocolError):
            status = error.error_status_hint
            name = {431: "too-large-head", 501: "coding"}.get(status, "no-http")
            error = Refused(status, name, "it is no HTTP that is understood here")
        if self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        said = {"type": "refused_by_tooltrace", "message": f"{error.name}: {error.why}"}
        body = dumps({"type": "error", "error": said}).encode("ascii")
        headers = [("content-type", "application/json"), ("content-length", str(len(body)))]
        response = h11.Response(
            status_code=error.status, headers=[*headers, ("connection", "close")]
        )
        try:
            await self._send(response, h11.Data(data=body), h11.EndOfMessage())
        except (OSError, h11.LocalProtocolError):
            pass  # It does not wait to hear why.


class _Writing:
    """An answer on its way to one connection."""

    def __init__(
        self,
        connection: ClientConnection,
        exchange: ProxyExchange,
        reader: Reader,
        asked: dict[str, str],
        is_head: bool,
        gone: asyncio.Task[None],
    ) -> None:
        self._send = connection._send
        self._exchange, self._reader, self._gone = exchange, reader, gone
        self._is_head = is_head
        self._interval = interval(asked)
        self._next = time.monotonic() + silence(asked)
        self._began = False

    async def all(self) -> None:
        """Write it to its end. Raises OSError when the client is gone, or has to be."""
        exchange = self._exchange
        while True:
            self._reader.changed.clear()
            if exchange.status and not self._began:
                await self._head()
            await self._pieces()
            if exchange.done:
                await self._end()
                return
            await self._wait()
            if self._gone.done():
                raise ConnectionResetError("the client has hung up")

    async def _head(self) -> None:
        self._began = True
        exchange = self._exchange
        await self._send(
            h11.Response(status_code=exchange.status, headers=exchange.headers, reason=b"")
        )

    async def _pieces(self) -> None:
        exchange, reader = self._exchange, self._reader
        if not exchange.status or (reader.committed and exchange.refused):
            return
        while reader.chunk < len(exchange.pieces):
            piece = exchange.pieces[reader.chunk]
            reader.chunk += 1
            if not self._is_head:
                await self._send(h11.Data(data=piece))
            exchange.took(reader, len(piece))

    async def _wait(self) -> None:
        exchange, reader = self._exchange, self._reader
        filling = exchange.held and (not exchange.status)
        left = max(0.0, self._next - time.monotonic()) if filling else None
        try:
            async with asyncio.timeout(left):
                await reader.changed.wait()
            return
        except TimeoutError:
            pass
        if not self._began:
            self._began = reader.committed = True
            headers = early_headers(exchange.streams)
            await self._send(h11.Response(status_code=200, headers=headers))
        await self._send(h11.Data(data=filler(exchange.streams)))
        self._next = time.monotonic() + self._interval

    async def _end(self) -> None:
        exchange = self._exchange
        if not exchange.broken or (exchange.refused and not self._reader.committed):
            if not self._began:
                raise ConnectionResetError("nothing came")
            await self._send(h11.EndOfMessage())
            return
        if self._began and exchange.told and _takes_more(exchange, self._reader):
            await self._send(h11.Data(data=exchange.told), h11.EndOfMessage())
            return
        raise ConnectionResetError("the answer was cut")


def _takes_more(exchange: ProxyExchange, reader: Reader) -> bool:
    """Whether an error can follow in the stream, of a length that nobody has told."""
    if reader.committed:
        return True
    return exchange.status < 400 and "content-length" not in by_name(exchange.headers)


def _too_large(most: int) -> Refused:
    return Refused(413, "too-large-body", f"its body has more than {most >> 20} MB")
