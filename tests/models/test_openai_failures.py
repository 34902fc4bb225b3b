"""Whatever a server of OpenAI's protocols does wrong: what becomes of the attempt, in words.

The table of ``docs/guide.md`` says the same.
"""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace as changed
from typing import Any

import pytest

from tests.loopback import Step, chat, responses, sse, text, tool_use
from tests.loopback.framing import reframed
from tests.loopback.openai_rules import KEY, openai_fault
from tests.models.openai_live import (
    CHAT,
    GO,
    MODEL,
    RESPONSES,
    VARIABLE,
    Protocol,
    ask,
    asking,
    failed,
    keyed,
    protocol,
)
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.models.openai.host import Host
from tooltrace.models.openai.port import HttpModel

__all__ = ["keyed", "protocol"]

PAY = tool_use("c1", "fetch_order", order_id="1001")


def no(status: int, said: str = "slow down", **headers: str) -> Step:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return openai_fault(status, said, kind="", headers=named)


@pytest.mark.parametrize(
    ("step", "words", "passes", "wait"),
    [
        (no(400, "odd"), "The request was refused (400", False, None),
        (
            no(401, "nope"),
            f"The API key was refused (401 from {{where}}): check {VARIABLE}",
            0,
            None,
        ),
        (no(403, "no"), "The key may not do this (403", False, None),
        (no(404, "none"), f"No model {MODEL}, or no {{path}} there (404", False, None),
        (no(413, "big"), "The request is too large (413", False, None),
        (no(422, "odd"), "The request was refused (422", False, None),
        (no(429), "Too many requests (429 from {where}): wait a moment", True, None),
        (no(429, retry_after="2"), "wait 2 s", True, 2.0),
        (no(429, retry_after_ms="1500", retry_after="9"), "wait 9 s", True, 1.5),
        (no(429, x_ratelimit_reset_tokens="6m0s"), "wait 360 s", True, 360.0),
        (
            no(
                429,
                x_ratelimit_reset_requests="20ms",
                x_ratelimit_remaining_requests="0",
                x_ratelimit_reset_tokens="1h",
                x_ratelimit_remaining_tokens="900",
            ),
            "wait 0.02 s",
            True,
            0.02,
        ),
        (no(429, x_ratelimit_reset_tokens="0"), "wait a moment", True, None),
        (no(429, x_should_retry="false"), "Too many requests", False, None),
        (no(500), "The API failed (500", True, None),
        (no(503, retry_after="1"), "wait 1 s", True, 1.0),
        (no(529), "The API is overloaded (529", True, None),
        (Step((b"<html><title>Bad Gateway</title>",), 502), "It said: Bad Gateway", True, None),
        (Step((b"upstream gone",), 502), "It said: upstream gone", True, None),
        (Step((b"",), 418), "it gave no reason", False, None),
        (
            Step((), 307, {"location": "http://evil.example/"}),
            "to http://evil.example/ (307",
            0,
            None,
        ),
    ],
)
async def test_refusals(
    protocol: Protocol, step: Step, words: str, passes: bool, wait: float | None
) -> None:
    with protocol.server(step, protocol.whole(text("a retry"))) as server:
        async with asking(protocol, server) as model:
            answer = (await model.ask(GO)).event
        assert len(server.requests) == 1
        where = f"{server.url}/v1"
    assert isinstance(answer, ModelFailed)
    assert words.format(where=where, path=protocol.api.path) in answer.error
    assert (answer.status, answer.retryable, answer.retry_after) == (step.status, passes, wait)
    assert answer.raw == step.body.decode()
    assert answer.error.isprintable()


async def test_an_account_without_money_is_not_asked_again(protocol: Protocol) -> None:
    step = openai_fault(429, "You exceeded your quota", kind="insufficient_quota")
    answer = await failed(protocol, step)
    assert not answer.retryable
    assert "insufficient_quota: You exceeded your quota" in answer.error


@pytest.mark.parametrize("began", [False, True])
async def test_a_reset(protocol: Protocol, began: bool) -> None:
    step = changed(protocol.whole(text("never")), cut=0, reset=True, began=began)
    answer = await failed(protocol, step)
    assert "broke before a whole reply came: ask again" in answer.error
    assert (answer.kind, answer.retryable) == ("failed", True)


async def test_a_stream_cut_at_any_event_gives_no_call(protocol: Protocol) -> None:
    whole = protocol.whole(text("Hello"), PAY)
    events = protocol.events(whole.message or {})
    ends = len(events) - (2 if protocol is CHAT else 1)
    for at in range(1, ends):
        cut = len(b"".join(events[:at]))
        answer = await failed(protocol, sse(events, cut=cut))
        assert answer.kind in ("incomplete", "failed"), at
        assert answer.retryable
        assert answer.raw is not None
        assert answer.raw.encode() == b"".join(events[:at])
        # As if it were all there was: nothing but the events says that some are missing.
        short = await ask(protocol, sse(events[:at]))
        assert isinstance(short, ModelFailed), at
        assert short.kind in ("incomplete", "failed")


async def test_a_stream_cut_inside_an_event(protocol: Protocol) -> None:
    events = protocol.events(protocol.whole(text("Hello"), PAY).message or {})
    answer = await failed(protocol, sse(events, cut=len(b"".join(events)) // 2))
    assert (answer.kind, answer.retryable) == ("incomplete", True)
    assert answer.reply is not None
    assert answer.estimate is not None


async def test_an_empty_stream(protocol: Protocol) -> None:
    answer = await failed(protocol, sse([]))
    assert "is empty: ask again" in answer.error
    assert (answer.kind, answer.retryable) == ("failed", True)


@pytest.mark.parametrize("held", ["head", "body"])
async def test_a_server_that_is_slow(protocol: Protocol, held: str) -> None:
    whole = protocol.whole(text("late"))
    events = protocol.events(whole.message or {})
    step = changed(whole, hold=threading.Event())
    if held == "body":
        step = sse([*events[:-2], threading.Event(), *events[-2:]])
    answer = await failed(protocol, step, timeout=0.1)
    words = "No reply from" if held == "head" else "Nothing more came from"
    assert answer.error.startswith(words)
    assert answer.retryable


@pytest.mark.parametrize(
    "odd",
    [
        {"newline": "\r\n"},
        {"newline": "\r"},
        {"comment": "OPENROUTER PROCESSING"},
        {"space": False},
        {"by": 1},
        {"by": 3, "newline": "\r\n", "space": False, "comment": ""},
    ],
)
async def test_an_odd_framing_says_the_same(protocol: Protocol, odd: dict[str, Any]) -> None:
    whole = protocol.whole(text("Zoë 🙂"), PAY)
    answer = await ask(protocol, sse(reframed(protocol.events(whole.message or {}), **odd)))
    assert isinstance(answer, ModelReplied)
    assert "Zoë 🙂" in [block.get("text") for block in answer.reply["content"]]


@pytest.mark.parametrize("raw", [b"{", b"", b"<html>Bad Gateway</html>", b"[]", b"\xff\xfe"])
async def test_a_body_that_is_no_reply(protocol: Protocol, raw: bytes) -> None:
    answer = await failed(protocol, Step((raw,)))
    assert answer.status == 200
    assert answer.reply is None


async def test_an_event_that_is_no_json(protocol: Protocol) -> None:
    events = protocol.events(protocol.whole(text("Hello"), PAY).message or {})
    answer = await failed(protocol, sse([*events[:2], b"data: {\n\n", *events[2:]]))
    assert answer.kind == "incomplete"


async def test_an_error_in_the_middle_of_a_stream(protocol: Protocol) -> None:
    events = protocol.events(protocol.whole(text("Hello"), PAY).message or {})
    error = {"error": {"message": "sorry", "type": "server_error", "code": None}}
    answer = await failed(protocol, sse([*events[:3], f"data: {json.dumps(error)}\n\n".encode()]))
    assert "sorry" in answer.error
    assert answer.retryable


async def test_arguments_that_are_no_json() -> None:
    for each, step in (
        (CHAT, chat.completion(None, chat.call("c1", "pay", '{"cents": 15'))),
        (RESPONSES, responses.response(responses.function_call("c1", "pay", '{"cents": 15'))),
    ):
        answer = await failed(each, step)
        assert answer.kind == "incomplete"
        assert answer.reply is not None
        assert answer.reply["content"][-1]["partial_json"] == '{"cents": 15'
        assert "input" not in answer.reply["content"][-1]


async def test_an_unknown_reason_to_stop_is_for_the_engine_to_judge() -> None:
    for each, step in (
        (CHAT, chat.completion("hi", finish_reason="tea_break")),
        (RESPONSES, responses.response(responses.message("hi"), reason="tea_break")),
    ):
        answer = await ask(each, step)
        assert isinstance(answer, ModelReplied)
        assert answer.reply["stop_reason"] == "tea_break"


async def test_a_response_that_failed_once_it_had_begun() -> None:
    answer = await failed(RESPONSES, responses.failure("server_error", "The model broke"))
    assert "The model broke" in answer.error
    assert answer.retryable


async def test_nobody_listens(protocol: Protocol) -> None:
    with protocol.server() as server:
        url = f"{server.url}/v1"
    model = HttpModel(protocol.api, MODEL, Host.of(url, VARIABLE))
    answer = (await model.ask(GO)).event
    await model.aclose()
    assert isinstance(answer, ModelFailed)
    assert answer.error.startswith(f"Cannot reach {url}: is it running")
    assert answer.retryable


@pytest.mark.parametrize(
    "url", ["nowhere", "ftp://127.0.0.1/x", "http://[::1", "http://127.0.0.1:99999"]
)
async def test_an_address_that_is_none(protocol: Protocol, url: str) -> None:
    answer = (await HttpModel(protocol.api, MODEL, Host.of(url, VARIABLE)).ask(GO)).event
    assert isinstance(answer, ModelFailed)
    assert "--base-url" in answer.error
    assert KEY not in answer.error


async def test_the_key_is_in_nothing_that_is_told(protocol: Protocol) -> None:
    for step in (
        openai_fault(401, f"Incorrect API key provided: {KEY}. Bearer {KEY}"),
        Step((f"echo {KEY}".encode(),), 500),
        sse([f'data: {{"error": {{"message": "no {KEY}", "type": "x"}}}}\n\n'.encode()]),
    ):
        answer = await failed(protocol, step)
        assert KEY not in repr(answer)
        assert "[secret]" in answer.error
    answer = await failed(protocol, Step((f"<p>{KEY}</p>".encode(),)))
    assert KEY not in repr(answer)
    assert "[secret]" in (answer.raw or "")


async def test_cancelling_the_task_hangs_up(protocol: Protocol) -> None:
    hold = threading.Event()
    with protocol.server(
        changed(protocol.whole(text("late")), hold=hold), protocol.whole(text("next"))
    ) as server:
        async with asking(protocol, server) as model:
            task = asyncio.create_task(model.ask(GO))
            await asyncio.to_thread(server.arrived.acquire)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not model.cancel()
            answer = (await model.ask(GO)).event
    assert isinstance(answer, ModelReplied)
