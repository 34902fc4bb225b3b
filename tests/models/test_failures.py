"""The live port with the real SDK: everything that is not a reply, in words, without secrets."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.loopback import Loopback, Step, fault, plain, reply, text
from tests.models.build import calls, request, results, user
from tests.models.live import GO, MODEL, alone, ask, asking, no
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.models.anthropic.port import AnthropicModel
from tooltrace.models.live.connection import tls

__all__ = ["alone"]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (no(400, "tools.0: bad"), ["The request was refused (400 from", "tools.0: bad"]),
        (no(401, "nope"), ["key was refused", "ANTHROPIC_API_KEY", "nope"]),
        (no(402, "no money"), ["credit balance", "no money"]),
        (no(403, "not yours"), ["--model", "not yours"]),
        (no(404, "Not Found"), [MODEL, "--base-url", "/v1/messages"]),
        (no(413, "big"), ["too large (413", "shorten a long tool result"]),
        (no(422, "odd"), ["refused (422", "odd"]),
        (no(429, "slow", "12"), ["Too many requests (429", "wait 12 s, then ask again"]),
        (
            no(429, "", "Tue, 24 Nov 2026 10:00:00 GMT"),
            ["wait until Tue, 24 Nov 2026 10:00:00 GMT"],
        ),
        (no(500, "oops"), ["The API failed (500", "wait a moment", "oops"]),
        (no(503, "down", "1.5"), ["wait 1.5 s"]),
        (no(529, "Overloaded"), ["overloaded (529", "wait a moment"]),
        (Step((b"<p>Bad\x1b[2J way",), 502), ["failed (502", "<p>Bad\\u{1b}[2J way"]),
        (Step((b"x" * 9_000,), 500), ["x" * 300 + "…"]),
        (Step((b"",), 418), ["refused (418"]),
        (
            Step((), 302, {"location": "http://evil.example/{x}"}),
            ["to http://evil.example/{x} (302"],
        ),
    ],
)
async def test_refusals(step: Step, words: list[str]) -> None:
    with Loopback(step, reply(text("a retry"))) as server:
        async with asking(server) as model:
            answer = (await model.ask(GO)).event
        assert isinstance(answer, ModelFailed)
        assert len(server.requests) == 1
        for word in [*words, server.url]:
            assert word in answer.error
    assert (answer.status, answer.request_id) == (step.status, "req_loopback")
    assert answer.raw == step.body.decode()
    assert answer.error.isprintable()
    assert answer.ms > 0


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"type":"message","content":[{"typ', "Unterminated string"),
        (b"not JSON", "Expecting value"),
        (b"\xff\xfe\xfd", "are no text"),
        (b'{"content":[],"usage":{"n":NaN}}', "NaN is not JSON"),
        (b'{"content":' + b"[" * 300 + b"]" * 300 + b"}", "nested deeper than 200"),
        (b"[]", "not an object"),
        (b'{"choices":[{"message":"hi"}]}', "not a message"),
        (b'{"type":"error","error":{"message":"no such route"}}', "no such route"),
        (b'{"content":"hi"}', "not a message"),
        (b'{"content":["hi"]}', "content block 0 has no type"),
        (b'{"content":[],"stop_reason":1}', "stop_reason"),
        (b'{"content":[],"usage":[]}', "usage"),
    ],
    ids=range(12),
)
async def test_answers_that_are_no_reply(raw: bytes, words: str) -> None:
    answer = await ask(plain(raw=raw))
    assert isinstance(answer, ModelFailed)
    assert answer.error.startswith("No usable reply from http://127.0.0.1:")
    assert words in answer.error
    assert (answer.status, answer.request_id) == (200, "req_loopback")
    assert answer.raw == raw.decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("cut", [0, 1, 40])
async def test_a_connection_that_breaks(cut: int) -> None:
    answer = await ask(plain(text("never whole"), cut=cut), reply(text("a retry")))
    assert isinstance(answer, ModelFailed)
    assert "broke before a whole reply came: ask again" in answer.error
    assert (answer.status, answer.kind) == ((200, "incomplete") if cut else (None, "failed"))
    assert answer.retryable


async def test_a_reply_that_ends_with_its_connection() -> None:
    answer = await ask(plain(text("hi"), ends="close"))
    assert isinstance(answer, ModelReplied)
    whole = json.dumps(answer.reply).encode()
    # Nothing but the JSON itself says here that it was cut.
    answer = await ask(Step((whole[:60],), ends="close"))
    assert isinstance(answer, ModelFailed)
    assert (answer.raw, answer.kind, answer.retryable) == (whole[:60].decode(), "incomplete", True)


async def test_no_reply_in_time() -> None:
    answer = await ask(reply(text("late"), hold=threading.Event()), timeout=0.2)
    assert isinstance(answer, ModelFailed)
    assert "within 0.2 s: ask again" in answer.error


async def test_nobody_listens() -> None:
    with Loopback() as server:
        url = server.url
    model = AnthropicModel(MODEL, url)
    answer = (await model.ask(GO)).event
    assert isinstance(answer, ModelFailed)
    assert answer.error.startswith(f"Cannot reach {url}: is it running")
    await model.aclose()


async def test_nobody_answers_the_door() -> None:
    # The backlog is full, so the kernel drops whoever knocks.
    with socket.socket() as door, ExitStack() as crowd:
        door.bind(("127.0.0.1", 0))
        door.listen(0)
        for _ in range(3):
            visitor = crowd.enter_context(socket.socket())
            visitor.setblocking(False)
            visitor.connect_ex(door.getsockname())
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        model = AnthropicModel(MODEL, url, timeout=0.1)
        answer = (await model.ask(GO)).event
        await model.aclose()
    assert isinstance(answer, ModelFailed)
    assert answer.error.startswith(f"Cannot reach {url}: ")


async def test_certificates_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    tls.cache_clear()
    try:
        answer = (await AnthropicModel(MODEL).ask(GO)).event
    finally:
        tls.cache_clear()
    assert isinstance(answer, ModelFailed)
    assert "No such file" in answer.error


@pytest.mark.parametrize(
    "url", ["nowhere", "ftp://127.0.0.1/x", "http://[::1", "http://127.0.0.1:99999"]
)
async def test_an_address_that_is_none(url: str) -> None:
    answer = (await AnthropicModel(MODEL, url).ask(GO)).event
    assert isinstance(answer, ModelFailed)
    assert "--base-url" in answer.error


async def test_cancelling_hangs_up() -> None:
    hold = threading.Event()
    with Loopback(reply(text("late"), hold=hold), reply(text("next"))) as server:
        async with asking(server) as model:
            task = asyncio.create_task(model.ask(GO))
            await asyncio.to_thread(server.arrived.acquire)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            answer = (await model.ask(GO)).event
            assert isinstance(answer, ModelReplied)
            assert answer.reply["content"] == [text("next")]


async def test_nothing_impossible_is_sent() -> None:
    with Loopback() as server:
        async with asking(server) as model:
            answer = (
                await model.ask(request(user("go"), calls("a", "b"), results(("c", 1))))
            ).event
        assert isinstance(answer, ModelFailed)
        assert answer.error == (
            "Not sent, the API would refuse message 1: call a has no result in the next message"
            " (and 2 more)"
        )
        assert server.requests == []


@pytest.mark.parametrize("variable", ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"])
@pytest.mark.parametrize(
    "step",
    [
        lambda secret: fault(401, "authentication_error", f"bad key {secret}"),
        lambda secret: Step((f"<p>{secret}</p>".encode(),), status=500),
        lambda secret: plain(raw=json.dumps({"error": {"message": secret}}).encode()),
        lambda secret: plain(raw=secret.encode()),
        lambda secret: Step((), status=307, headers={"location": f"/?key={secret}"}),
        lambda secret: Step((b"{}",), status=500, headers={"request-id": secret}),
    ],
)
async def test_no_credential_in_a_failure(
    monkeypatch: pytest.MonkeyPatch, variable: str, step: Callable[[str], Step]
) -> None:
    secret = "sk-ant-planted'\"-0123456789"
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setenv(variable, secret)
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Gateway-Token: gate-0123456789")
    for planted in (secret, "gate-0123456789"):
        with Loopback(step(planted), key=secret) as server:
            async with asking(server) as model:
                answer = (await model.ask(GO)).event
            assert server.requests[0].headers["authorization"] == f"Bearer {secret}"
        assert isinstance(answer, ModelFailed)
        assert planted not in f"{answer.error}{answer.raw}{answer.request_id}"
        assert "[secret]" in f"{answer.error}{answer.raw}{answer.request_id}"


async def test_no_password_of_an_address_in_a_failure() -> None:
    with Loopback(no(500, "it was pass-0123456789, or bWU6cGFzcy0wMTIzNDU2Nzg5")) as server:
        url = server.url.replace("http://", "http://me:pass-0123456789@")
        async with asking(server, base_url=url) as model:
            answer = (await model.ask(GO)).event
    assert isinstance(answer, ModelFailed)
    # A password makes httpx replace the bearer by basic authentication, which the server refuses.
    assert server.url in answer.error
    assert "pass-0123456789" not in repr(answer)


async def test_a_key_that_no_header_can_carry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-0123456789\r\nX-Evil: 1")
    answer = await ask(reply(text("never")))
    assert isinstance(answer, ModelFailed)
    assert "0123456789" not in repr(answer)
    assert "X-Evil" not in repr(answer)


async def test_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    for url in (None, "https://models.example/api"):
        answer = (await AnthropicModel(MODEL, url).ask(GO)).event
        assert isinstance(answer, ModelFailed)
        assert answer.error == (
            "No API key: set ANTHROPIC_API_KEY, or replay a session without one:"
            " tooltrace open FILE"
        )


async def test_a_server_on_this_machine_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    with Loopback(reply(text("hi")), key=None) as server:
        for url in (server.url, server.url.replace("127.0.0.1", "localhost")):
            server.script(reply(text("hi")))
            async with asking(server, base_url=url) as model:
                assert isinstance((await model.ask(GO)).event, ModelReplied)
        assert server.refused == []


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_a_proxy_does_not_get_what_is_local(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with Loopback() as proxy:
        monkeypatch.setenv(variable, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert isinstance(await ask(reply(text("hi"))), ModelReplied)
        assert proxy.requests == []


async def test_the_time_that_a_server_gives_in_thousandths_is_told_as_well() -> None:
    busy = fault(529, "overloaded_error", "busy", headers={"retry-after-ms": "1500"})
    failed = await ask(busy)
    assert isinstance(failed, ModelFailed)
    assert failed.retry_after == 1.5
    assert "wait 1.5 s" in failed.error
