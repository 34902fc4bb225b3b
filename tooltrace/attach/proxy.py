"""The proxy itself: a port of this machine that only who knows its token may use."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from socket import socket
from typing import get_args

from tooltrace.attach.admission import Admitted, admitted
from tooltrace.attach.connection import ClientConnection, ClientLimits
from tooltrace.attach.endpoint import Family, asks_model, upstream_path
from tooltrace.attach.exchange import ProxyExchange
from tooltrace.attach.headers import Headers, by_name
from tooltrace.attach.proxy_request import Gate, ProxyListener, ProxyRequest
from tooltrace.attach.upstream import Upstream

__all__ = ["Proxy"]

_MOST_CONNECTIONS = 256


class Proxy:
    """Between a client and its model: what it sends goes on as it came, and so does the answer.

    ``upstreams`` are the base URLs to go on to, ``now`` gives the time of day in UTC as records
    have it, ``gate`` may hold each request that asks for a reply.
    """

    def __init__(
        self,
        upstreams: Mapping[Family, str],
        listener: ProxyListener,
        now: Callable[[], str],
        gate: Gate | None = None,
        limits: ClientLimits | None = None,
    ) -> None:
        self.token = secrets.token_urlsafe(24)
        self.port = 0
        self._upstream = Upstream(upstreams)
        self._listener, self._now, self._gate = listener, now, gate
        self._limits = limits or ClientLimits()
        self._connections: set[asyncio.Task[None]] = set()
        self._exchanges: dict[ProxyExchange, None] = {}
        self._number = 0
        self._server: asyncio.Server | None = None

    def url(self, family: Family, run: str = "") -> str:
        """What a client is given as base URL, for the run of that name if it has one."""
        named = f"s/{run}/" if run else ""
        version = "/v1" if family == "openai" else ""
        return f"http://127.0.0.1:{self.port}/{self.token}/{named}{family}{version}"

    @property
    def connections(self) -> int:
        """How many connections clients have open."""
        return len(self._connections)

    def urls(self) -> dict[str, str]:
        """The base URLs by family."""
        return {family: self.url(family) for family in get_args(Family)}

    async def start(self, port: socket) -> None:
        """Listen on a socket that is bound to the loopback address."""
        self._server = await asyncio.start_server(self._accept, sock=port)
        self.port = self._server.sockets[0].getsockname()[1]
        await self._upstream.connect()

    async def aclose(self) -> None:
        """Stop listening; what is on its way ends where it is."""
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        if self._connections:
            await asyncio.wait(self._connections)
        for exchange in [*self._exchanges]:
            await exchange.close()
        await self._upstream.aclose()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= _MOST_CONNECTIONS:
            writer.close()
            return
        connection = ClientConnection(reader, writer, self._begin, self._limits)
        task = asyncio.create_task(connection.serve())
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    def _begin(
        self, method: str, target: str, headers: Headers
    ) -> Callable[[bytes], ProxyExchange]:
        to = admitted(method, target, headers, self.port, self.token)
        return lambda body: self._taken(to, method, headers, body)

    def _taken(self, to: Admitted, method: str, headers: Headers, body: bytes) -> ProxyExchange:
        self._exchanges = {one: None for one in self._exchanges if not one.done}
        path = upstream_path(to.family, to.path)
        joined = self._retried(to, path, by_name(headers), body)
        if joined is not None:
            return joined
        self._number += 1
        protocol = asks_model(method, path)
        request = ProxyRequest(
            self._number, self._now(), to.family, method, path, headers, body, protocol, to.run
        )
        self._listener.came(request)
        made = ProxyExchange(request, self._upstream, self._listener, self._now, self._gate)
        self._exchanges[made] = None
        return made

    def _retried(
        self, to: Admitted, path: str, headers: Mapping[str, str], body: bytes
    ) -> ProxyExchange | None:
        """The exchange that a request is asked for again: the same one, which nobody reads.

        A client that says so may not have closed the connection that it gave up.
        """
        again = headers.get("x-stainless-retry-count", "0") != "0"
        for one in self._exchanges:
            asked = one.request
            same = (asked.family, asked.run, asked.path) == (to.family, to.run, path)
            if same and asked.protocol and asked.body == body and (again or not one.readers):
                return one
        return None
