"""What goes through the proxy: bytes as they came, held, retried, cut, and left by its client."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from httpx2 import AsyncClient, HTTPError, Response

from tests.attach.proxied import Heard, proxied, until
from tests.loopback import Loopback, Step, fault, reply, text
from tests.loopback.steps import streamed
from tooltrace.attach.proxy import Proxy
from tooltrace.attach.proxy_request import ProxyRequest
from tooltrace.attach.splice import splice
from tooltrace.core.text.exact_json import dumps, loads

ASKED = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 9,
    "messages": [{"role": "user", "content": "hi"}],
}
HEADERS = {
    "authorization": "Bearer sk-ant-loopback-0123456789abcdef",
    "anthropic-version": "2023-06-01",
    "content-type": "application/json",
    "x-mine": "1",
}
ODD = (
    b'{ "max_tokens":9,\n"model":"claude-sonnet-5-5",'
    b'"messages":[{"role":"user","content":"\\u00e9"}]}'
)


def body_of(**more: Any) -> bytes:
    return dumps({**ASKED, **more}).encode()


async def ask(
    proxy: Proxy,
    body: bytes,
    client: AsyncClient | None = None,
    more: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    url = f"{proxy.url('anthropic')}/v1/messages?beta=true"
    headers = {**HEADERS, **more}
    if client is not None:
        return await client.post(url, content=body, headers=headers)
    async with AsyncClient(timeout=10) as client:
        return await client.post(url, content=body, headers=headers)


async def test_a_request_and_its_reply_go_through_byte_for_byte() -> None:
    with Loopback(reply(text("hello"))) as server:
        async with proxied(server.url) as (proxy, heard):
            back = await ask(proxy, ODD)
        (came,) = server.requests
        assert came.raw == ODD
        assert came.path == "/v1/messages?beta=true"
        assert came.headers["x-mine"] == "1"
        assert came.headers["authorization"] == HEADERS["authorization"]
        assert came.headers["accept-encoding"] == "identity"
        assert came.headers["host"] == server.url.removeprefix("http://")
    assert back.status_code == 200
    assert back.headers["request-id"] == "req_loopback"
    assert heard.order == ["came", "answered"]
    assert heard.answers[0].body == back.content
    assert heard.requests[0].body == ODD
    assert heard.requests[0].protocol == "messages"


async def test_a_stream_is_relayed_as_it_comes() -> None:
    go_on = threading.Event()
    made = streamed(reply(text("hello"), text("world")).message or {})
    first, *rest = (chunk for chunk in made.chunks if isinstance(chunk, bytes))
    step = replace(made, chunks=(first, go_on, *rest))
    with Loopback(step) as server:
        async with proxied(server.url) as (proxy, heard), AsyncClient(timeout=5) as client:
            url = f"{proxy.url('anthropic')}/v1/messages"
            stream = client.stream("POST", url, content=body_of(stream=True), headers=HEADERS)
            async with stream as back:
                chunks = back.aiter_raw()
                got = await anext(chunks)
                assert first.startswith(got) or got == first
                assert heard.order == ["came"]
                go_on.set()
                async for chunk in chunks:
                    got += chunk
    assert got == step.body
    assert heard.answers[0].body == got


async def test_what_the_upstream_refuses_is_refused() -> None:
    limits = fault(429, "rate_limit_error", "slow down", headers={"retry-after": "7"})
    with Loopback(limits) as server:
        async with proxied(server.url) as (proxy, heard):
            back = await ask(proxy, body_of())
    assert back.status_code == 429
    assert back.headers["retry-after"] == "7"
    assert "slow down" in back.text
    assert (heard.answers[0].status, heard.answers[0].broken) == (429, "")


async def test_an_upstream_that_cannot_be_reached_is_named() -> None:
    async with proxied("http://user:hunter22@127.0.0.1:9") as (proxy, heard):
        back = await ask(proxy, body_of())
    assert back.status_code == 502
    assert "127.0.0.1:9 cannot be asked" in back.json()["error"]["message"]
    assert "hunter22" not in back.text
    assert heard.answers[0].status == 502


async def test_a_reply_that_is_cut_is_cut_for_the_client() -> None:
    with Loopback(replace(reply(text("hello")), cut=20)) as server:
        async with proxied(server.url) as (proxy, heard):
            with pytest.raises(HTTPError):
                await ask(proxy, body_of())
    assert "cannot be asked" in heard.answers[0].broken


async def test_what_asks_no_model_goes_through_beside() -> None:
    with Loopback() as server:
        async with proxied(server.url, gate=never) as (proxy, heard), AsyncClient() as client:
            back = await client.head(proxy.url("anthropic") + "/", headers=HEADERS)
            assert back.status_code == 501  # The scripted server knows no HEAD: its own word.
            assert back.content == b""
            back = await client.post(
                proxy.url("anthropic") + "/v1/messages/count_tokens", content=b"{}", headers=HEADERS
            )
            assert back.status_code == 404
    assert [request.protocol for request in heard.requests] == [None, None]


async def never(request: ProxyRequest) -> bytes:
    await asyncio.Event().wait()
    return request.body


async def test_a_hundred_requests_at_once() -> None:
    with Loopback(policy=lambda body: reply(text(body["messages"][0]["content"]))) as server:
        async with proxied(server.url) as (proxy, heard), AsyncClient(timeout=30) as client:
            bodies = [
                body_of(messages=[{"role": "user", "content": f"number {n}"}]) for n in range(100)
            ]
            backs = await asyncio.gather(*(ask(proxy, body, client) for body in bodies))
    assert [back.json()["content"][0]["text"] for back in backs] == [
        f"number {n}" for n in range(100)
    ]
    assert len(heard.answers) == 100


# -- holding ----------------------------------------------------------------------------------


class Holding:
    """A gate that opens when told, with another body if there is one."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.asked = 0
        self.body: bytes | None = None

    async def __call__(self, request: ProxyRequest) -> bytes:
        self.asked += 1
        await self.open.wait()
        return self.body or request.body


PATIENT = {"x-stainless-read-timeout": "0.9"}


async def held_for(
    seconds: float, body: bytes, *script: Step
) -> tuple[Response | BaseException, Heard, Loopback]:
    gate = Holding()
    with Loopback(*script) as server:
        async with proxied(server.url, gate) as (proxy, heard), AsyncClient(timeout=0.9) as client:
            asking = asyncio.create_task(ask(proxy, body, client, PATIENT))
            await asyncio.sleep(seconds)
            gate.open.set()
            (back,) = await asyncio.gather(asking, return_exceptions=True)
        return back, heard, server


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_waits_a_second_is_held_for_longer(stream: bool) -> None:
    back, heard, _ = await held_for(1.3, body_of(stream=stream), reply(text("at last")))
    assert isinstance(back, Response)
    assert back.status_code == 200
    filler = b": tooltrace\n\n" if stream else b" "
    assert back.content.startswith(filler * 3)
    fillers = len(back.content) - len(heard.answers[0].body)
    assert back.content == filler * (fillers // len(filler)) + heard.answers[0].body
    if not stream:
        assert loads(back.content)["content"][0]["text"] == "at last"


async def test_a_short_hold_keeps_the_upstreams_status() -> None:
    back, _, server = await held_for(0.15, body_of(), fault(529, "overloaded_error", "busy"))
    assert isinstance(back, Response)
    assert back.status_code == 529
    assert len(server.requests) == 1


async def test_after_the_early_200_the_upstream_is_asked_again() -> None:
    busy = fault(529, "overloaded_error", "busy", headers={"retry-after-ms": "20"})
    back, heard, server = await held_for(0.5, body_of(stream=True), busy, busy, reply(text("yes")))
    assert isinstance(back, Response)
    assert back.content.endswith(heard.answers[0].body)
    assert b"message_stop" in heard.answers[0].body
    assert len(server.requests) == 3
    assert heard.order == ["came", "answered"]


async def test_after_the_early_200_a_refusal_is_told_in_the_stream() -> None:
    no = fault(400, "invalid_request_error", "no such model")
    back, heard, _ = await held_for(0.5, body_of(stream=True), no)
    assert isinstance(back, Response)
    assert b"event: error" in back.content
    assert b"no such model" in back.content
    assert heard.answers[0].broken == "the upstream answered 400"


async def test_after_the_early_200_a_refusal_cuts_a_plain_body() -> None:
    back, _, _ = await held_for(0.5, body_of(), fault(400, "invalid_request_error", "no"))
    assert isinstance(back, HTTPError)


async def test_an_edit_goes_on_in_place_of_what_came() -> None:
    gate = Holding()
    gate.open.set()
    gate.body = splice(ODD, ("messages", 0, "content"), "edited")
    with Loopback(reply(text("yes"))) as server:
        async with proxied(server.url, gate) as (proxy, heard):
            await ask(proxy, ODD)
        assert server.requests[0].raw == ODD.replace(b'"\\u00e9"', b'"edited"')
    assert heard.order == ["came", "sent", "answered"]


async def test_a_retry_joins_what_is_held() -> None:
    gate = Holding()
    with Loopback(reply(text("once"))) as server:
        async with proxied(server.url, gate) as (proxy, heard), AsyncClient(timeout=0.2) as client:
            with pytest.raises(HTTPError):
                await ask(proxy, body_of(), client)
            second = asyncio.create_task(
                ask(proxy, body_of(), more={"x-stainless-retry-count": "1"})
            )
            await asyncio.sleep(0.1)
            gate.open.set()
            assert (await second).json()["content"][0]["text"] == "once"
        assert len(server.requests) == 1
    assert gate.asked == 1
    assert heard.order == ["came", "left: it was closed", "answered"]


async def test_a_client_that_has_gone_costs_no_request() -> None:
    gate = Holding()
    with Loopback() as server:
        async with proxied(server.url, gate) as (proxy, heard), AsyncClient(timeout=0.2) as client:
            with pytest.raises(HTTPError):
                await ask(proxy, body_of(), client)
            await until(lambda: len(heard.order) == 2)
            gate.open.set()
            await until(lambda: len(heard.order) == 3)
        assert server.requests == []
    assert heard.order == ["came", "left: it was closed", "answered"]
    assert heard.answers[0].status == 0


# -- how long it takes ------------------------------------------------------------------------


async def plain_server() -> asyncio.Server:
    """A server that answers at once, and always the same."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")

    return await asyncio.start_server(serve, "127.0.0.1", 0)


@pytest.mark.benchmark
async def test_what_a_request_costs_more() -> None:
    server = await plain_server()
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    body = body_of(messages=[{"role": "user", "content": "x" * 100_000}])
    async with proxied(url) as (proxy, _), AsyncClient() as client:
        times: dict[str, list[float]] = {url: [], proxy.url("anthropic"): []}
        for _ in range(200):
            for to, taken in times.items():
                begin = time.perf_counter()
                await client.post(f"{to}/v1/messages", content=body, headers=HEADERS)
                taken.append((time.perf_counter() - begin) * 1000)
    server.close()
    direct, through = (sorted(taken)[100] for taken in times.values())
    print(f"\nthrough {through:.2f} ms, direct {direct:.2f} ms: {through - direct:.2f} ms more")
    assert through - direct <= 3
