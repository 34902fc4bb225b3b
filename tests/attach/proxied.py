"""A proxy in front of a server on 127.0.0.1, and raw bytes sent to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

from tooltrace.attach.client import listen_on
from tooltrace.attach.connection import ClientLimits
from tooltrace.attach.proxy import Proxy
from tooltrace.attach.proxy_request import Gate, ProxyAnswer, ProxyRequest

__all__ = ["Heard", "answer_of", "proxied", "said", "until"]


class Heard:
    """What a listener was told: lists by kind, and all of it in order, by name."""

    def __init__(self) -> None:
        self.requests: list[ProxyRequest] = []
        self.bodies: list[bytes] = []
        self.answers: list[ProxyAnswer] = []
        self.order: list[str] = []

    def came(self, request: ProxyRequest) -> None:
        self.requests.append(request)
        self.order.append("came")

    def sent(self, request: ProxyRequest, body: bytes) -> None:
        self.bodies.append(body)
        self.order.append("sent")

    def answered(self, request: ProxyRequest, answer: ProxyAnswer) -> None:
        self.answers.append(answer)
        self.order.append("answered")

    def left(self, request: ProxyRequest, why: str) -> None:
        self.order.append(f"left: {why}")


@asynccontextmanager
async def proxied(
    upstream: str, gate: Gate | None = None, **limits: Any
) -> AsyncIterator[tuple[Proxy, Heard]]:
    heard = Heard()
    upstreams: dict[Any, str] = {"anthropic": upstream, "openai": upstream}
    proxy = Proxy(
        upstreams, heard, lambda: "2026-01-01T00:00:00.000Z", gate, ClientLimits(**limits)
    )
    await proxy.start(listen_on(0))
    try:
        yield proxy, heard
    finally:
        await proxy.aclose()


async def said(port: int, *pieces: bytes, wait: float = 5.0) -> bytes:
    """What comes back for some bytes, until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(wait):
            return await reader.read()
    finally:
        writer.close()


def answer_of(data: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer as it came, chunks joined."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(_split(lines))
    if headers.get("transfer-encoding") == "chunked":
        body = b"".join(_chunks(body))
    return int(first.split()[1]), headers, body


def _split(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        name, _, value = line.partition(":")
        yield name.strip().lower(), value.strip()


def _chunks(body: bytes) -> Iterable[bytes]:
    while body:
        size, _, body = body.partition(b"\r\n")
        count = int(size, 16)
        yield body[:count]
        body = body[count + 2 :]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)
