"""Requests that nobody should answer: each is refused by name, and none reaches the upstream."""

from __future__ import annotations

import asyncio

import pytest

from tests.attach.proxied import answer_of, proxied, said, until
from tests.loopback import Loopback, reply, text

GOOD = b"POST /TOKEN/anthropic/v1/messages HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n"
LENGTH = b"Content-Length: 2\r\n\r\n{}"


def post(path: bytes, head: bytes = b"Host: 127.0.0.1:PORT\r\n") -> bytes:
    return b"POST %b HTTP/1.1\r\n%b%b" % (path, head, LENGTH)


HERE = b"/TOKEN/anthropic/v1/messages"

HOSTILE = {
    "no token": (404, "token", post(b"/v1/messages")),
    "wrong token": (404, "token", post(b"/TOKENx/anthropic/v1/messages")),
    "part of the token": (404, "token", post(b"/T/anthropic/v1/messages")),
    "rebound name": (421, "host", post(HERE, b"Host: evil.example:PORT\r\n")),
    "another port": (421, "host", post(HERE, b"Host: 127.0.0.1:1\r\n")),
    "two hosts": (400, "no-http", post(HERE, b"Host: 127.0.0.1:PORT\r\nHost: evil\r\n")),
    "no host": (400, "no-http", post(HERE, b"")),
    "page of another site": (403, "origin", GOOD + b"Origin: https://evil.example\r\n" + LENGTH),
    "page without origin": (403, "origin", GOOD + b"Origin: null\r\n" + LENGTH),
    "picture on a page": (403, "cross-site", GOOD + b"Sec-Fetch-Site: cross-site\r\n" + LENGTH),
    "preflight": (403, "preflight", GOOD.replace(b"POST", b"OPTIONS") + b"\r\n"),
    "websocket": (404, "upgrade", GOOD + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
    "tunnel": (405, "method", GOOD.replace(b"POST " + HERE, b"CONNECT evil:443") + b"\r\n"),
    "trace": (405, "method", GOOD.replace(b"POST", b"TRACE") + b"\r\n"),
    "open proxy": (400, "absolute-target", post(b"http://evil.example/v1/messages")),
    "another server": (404, "family", post(b"/TOKEN/evil.example/v1/messages")),
    "up and away": (400, "odd-path", post(b"/TOKEN/anthropic/../../v1/messages")),
    "up, encoded": (400, "odd-path", post(b"/TOKEN/anthropic/%2e%2E/v1/messages")),
    "slash, encoded": (400, "odd-path", post(b"/TOKEN/anthropic/v1%2fmessages")),
    "line end, encoded": (400, "odd-path", post(b"/TOKEN/anthropic/v1/messages%0d%0aX:")),
    "two slashes": (400, "odd-path", post(b"/TOKEN/anthropic//evil.example/v1")),
    "run of any name": (404, "run", post(b"/TOKEN/s/a%20b/anthropic/v1/messages")),
    "two framings": (400, "two-lengths", GOOD + b"Transfer-Encoding: chunked\r\n" + LENGTH),
    "two lengths": (400, "no-http", GOOD + b"Content-Length: 3\r\n" + LENGTH),
    "negative length": (400, "no-http", GOOD + b"Content-Length: -1\r\n\r\n"),
    "unknown coding": (501, "coding", GOOD + b"Transfer-Encoding: gzip\r\n\r\n"),
    "broken chunk": (400, "no-http", GOOD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n"),
    "header without end": (431, "too-large-head", GOOD + b"X: " + b"a" * 70_000),
    "many headers": (431, "too-many-headers", GOOD + b"X: 1\r\n" * 200 + LENGTH),
    "folded into a header": (400, "no-http", GOOD + b"X : 1\r\n" + LENGTH),
    "zero byte": (400, "no-http", GOOD + b"X: a\x00b\r\n" + LENGTH),
    "huge body told": (413, "too-large-body", GOOD + b"Content-Length: 99999999999\r\n\r\n"),
    "huge body sent": (
        413,
        "too-large-body",
        GOOD + b"Transfer-Encoding: chunked\r\n\r\n7d1\r\n" + b"a" * 2001 + b"\r\n",
    ),
    "encrypted": (400, "no-http", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
    "version 2": (421, "host", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "slow head": (408, "slow-head", GOOD),
    "slow body": (408, "slow-body", GOOD + b"Content-Length: 9\r\n\r\n{"),
}


def of_proxy(data: bytes, port: int, token: str) -> bytes:
    return data.replace(b"PORT", str(port).encode()).replace(b"TOKEN", token.encode())


async def test_every_one_is_refused_by_name() -> None:
    assert len(HOSTILE) >= 25
    with Loopback(policy=lambda _: reply(text("never"))) as server:
        async with proxied(server.url, head=0.2, body=0.2, most_body=2000) as (proxy, heard):

            async def one(data: bytes) -> tuple[int, str]:
                back = await said(proxy.port, of_proxy(data, proxy.port, proxy.token))
                status, headers, body = answer_of(back)
                assert "access-control-allow-origin" not in headers
                assert proxy.token.encode() not in back
                return status, body.decode().partition('"message":"')[2].partition(":")[0]

            found = await asyncio.gather(*(one(data) for _, _, data in HOSTILE.values()))
            expected = {name: (status, why) for name, (status, why, _) in HOSTILE.items()}
            assert dict(zip(HOSTILE, found, strict=True)) == expected
            assert heard.order == []
        assert server.requests == []


async def test_a_good_one_is_answered_among_them() -> None:
    with Loopback(reply(text("hello")), key=None) as server:
        async with proxied(server.url) as (proxy, _):
            data = of_proxy(GOOD + b"Connection: close\r\n" + LENGTH, proxy.port, proxy.token)
            assert answer_of(await said(proxy.port, data))[0] in (200, 401)
        assert len(server.requests) == 1


@pytest.mark.parametrize("close", [b"", b"GET", GOOD, GOOD + b"Content-Length: 9\r\n\r\n{"])
async def test_who_hangs_up_anywhere_asks_nothing(close: bytes) -> None:
    with Loopback() as server:
        async with proxied(server.url) as (proxy, heard):
            _, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(of_proxy(close, proxy.port, proxy.token))
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            await until(lambda: not proxy.connections)
            assert heard.order == []
        assert server.requests == []


async def test_connections_that_say_nothing_end() -> None:
    with Loopback() as server:
        async with proxied(server.url, idle=0.05) as (proxy, _):
            assert await said(proxy.port) == b""
