"""The live port for OpenAI's protocols: replies, as they arrive and whole."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest

from tests.loopback import Step, responses, sse, text, tool_use
from tests.loopback.openai_rules import KEY
from tests.models.build import request, results, user
from tests.models.openai_live import (
    CHAT,
    GO,
    MODEL,
    RESPONSES,
    Protocol,
    ask,
    asking,
    keyed,
    protocol,
)
from tooltrace.core.model.events import ModelFailed, ModelReplied, Settings
from tooltrace.core.model.messages import Assistant, Request
from tooltrace.core.model.ports import Delta
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.models.openai.host import Host

__all__ = ["keyed", "protocol"]

FETCH = tool_use("c1", "fetch_order", order_id="1001")


def with_options(**options: Any) -> Request:
    return request(user("Refund 1001."), options=RequestSettings(**options))


async def replied(protocol: Protocol, *blocks: dict[str, Any], sent: Request = GO) -> ModelReplied:
    answer = await ask(protocol, protocol.whole(*blocks), sent=sent)
    assert isinstance(answer, ModelReplied)
    return answer


async def test_a_reply_as_the_messages_api_shapes_it(protocol: Protocol) -> None:
    answer = await replied(protocol, text("Looking."), FETCH)
    said = [block for block in answer.reply["content"] if block["type"] != "thinking"]
    assert [(b["type"], b.get("text"), b.get("input")) for b in said] == [
        ("text", "Looking.", None),
        ("tool_use", None, {"order_id": "1001"}),
    ]
    assert answer.reply["stop_reason"] == "tool_use"
    usage = answer.reply["usage"]
    assert (usage["input_tokens"], usage["cache_read_input_tokens"]) == (60, 40)
    assert usage["output_tokens"] == 10
    assert answer.estimate is None
    assert answer.request_id == "req_loopback"
    assert 0 < answer.first_ms <= answer.ms


async def test_its_pieces_are_told_as_they_come(protocol: Protocol) -> None:
    heard: list[Delta] = []
    whole = protocol.whole(text("Hello there"), FETCH)
    events = protocol.events(whole.message or {})
    gate = threading.Event()
    step = sse([*events[:-2], gate, *events[-2:]], message=whole.message)
    with protocol.server(step) as server:
        async with asking(protocol, server) as model:
            task = asyncio.create_task(model.ask(GO, heard.append))
            while not any(delta.kind == "input" and "1001" in delta.text for delta in heard):
                await asyncio.sleep(0.001)
            assert not task.done()
            gate.set()
            answer = (await task).event
    assert isinstance(answer, ModelReplied)
    told = {kind: "".join(d.text for d in heard if d.kind == kind) for kind in ("text", "input")}
    assert told == {"text": "Hello there", "input": '{"order_id": "1001"}'}


async def test_cancelling_keeps_what_came(protocol: Protocol) -> None:
    whole = protocol.whole(text("Hello there"))
    events = protocol.events(whole.message or {})
    heard: list[Delta] = []
    step = sse([*events[:-3], threading.Event(), *events[-3:]])
    with protocol.server(step) as server:
        async with asking(protocol, server) as model:
            task = asyncio.create_task(model.ask(GO, heard.append))
            while not any(delta.kind == "text" and delta.text for delta in heard):
                await asyncio.sleep(0.001)
            assert await asyncio.to_thread(model.cancel)
            answer = (await task).event
    assert isinstance(answer, ModelFailed)
    assert (answer.kind, answer.error) == ("cancelled", "cancelled by you")
    assert answer.reply is not None
    assert answer.estimate is not None


async def test_a_reply_that_does_not_stream(protocol: Protocol) -> None:
    whole = protocol.whole(text("Hi"), FETCH)
    body = json.dumps(whole.message).encode()
    answer = await ask(protocol, Step((body,), message=whole.message))
    assert isinstance(answer, ModelReplied)
    assert answer.reply["stop_reason"] == "tool_use"


async def test_settings_are_said_in_the_words_of_each() -> None:
    options = {
        "effort": "low",
        "temperature": 0.5,
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
        "metadata": {"run": "1"},
        "service_tier": "flex",
        "extra": {"user": "u"},
    }
    sent = with_options(**options)
    shared = {"temperature": 0.5, "tool_choice": "required", "parallel_tool_calls": False}
    shared |= {"metadata": {"run": "1"}, "service_tier": "flex", "user": "u", "stream": True}
    own: dict[str, dict[str, Any]] = {
        "chat": {"reasoning_effort": "low", "max_tokens": 4096},
        "openai": {
            "reasoning": {"effort": "low"},
            "max_output_tokens": 4096,
            "store": False,
            "include": ["reasoning.encrypted_content"],
        },
    }
    for each in (CHAT, RESPONSES):
        with each.server(each.whole(text("Hi"))) as server:
            async with asking(each, server) as model:
                await model.ask(sent)
            assert server.refused == []
            body = server.bodies[0]
            assert {key: body.get(key) for key in shared} == shared
            assert {key: body.get(key) for key in own[each.name]} == own[each.name]
            assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("thinking", {"type": "enabled", "budget_tokens": 2048}, ()),
        ("betas", ("context-1m",), ()),
        ("cache", ("system",), ()),
        ("stop_sequences", ("END",), ("chat",)),
        ("top_k", 5, ()),
    ],
)
async def test_a_setting_that_is_not_taken_is_refused_before_sending(
    protocol: Protocol, name: str, value: Any, taken: tuple[str, ...]
) -> None:
    if name == "top_k" and protocol is CHAT:
        pytest.skip("servers that are not OpenAI's take it")
    with protocol.server(protocol.whole(text("Hi"))) as server:
        async with asking(protocol, server) as model:
            answer = (await model.ask(with_options(**{name: value}))).event
        if protocol.name in taken:
            assert isinstance(answer, ModelReplied)
            return
        assert isinstance(answer, ModelFailed)
        assert answer.error.startswith(f"Not sent, a setting is not taken there: {name}: ")
        assert server.requests == []


async def test_tokens_are_estimated_where_the_server_tells_none() -> None:
    whole = CHAT.whole(text("x" * 400))
    events = [event for event in CHAT.events(whole.message or {}) if b'"usage"' not in event]
    answer = await ask(CHAT, sse(events))
    assert isinstance(answer, ModelReplied)
    assert answer.estimate is not None
    assert 100 <= answer.estimate["output_tokens"] <= 105
    assert answer.estimate["input_tokens"] > 0


async def test_thinking_goes_back_sealed_as_it_came() -> None:
    first = responses.response(
        responses.reasoning("Which order?", sealed="gAAAA-1"),
        responses.function_call("c1", "fetch_order", order_id="1001"),
    )
    with RESPONSES.server(first, RESPONSES.whole(text("Done."))) as server:
        async with asking(RESPONSES, server) as model:
            came = (await model.ask(GO)).event
            assert isinstance(came, ModelReplied)
            again = request(
                user("Refund 1001."), Assistant(2, came.reply["content"]), results(("c1", "paid"))
            )
            answer = (await model.ask(again)).event
        assert isinstance(answer, ModelReplied)
        assert server.refused == []
        thought, call, output = server.bodies[1]["input"][-3:]
    assert thought["encrypted_content"] == "gAAAA-1"
    assert thought["summary"] == [{"type": "summary_text", "text": "Which order?"}]
    assert (call["type"], output["type"]) == ("function_call", "function_call_output")


async def test_what_another_provider_thought_is_left_out(protocol: Protocol) -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "s"}
    call = {**FETCH, "id": "toolu_1"}
    sent = request(
        user("Refund 1001."), Assistant(2, [thought, call]), results(("toolu_1", "paid"))
    )
    with protocol.server(protocol.whole(text("Done."))) as server:
        async with asking(protocol, server) as model:
            assert isinstance((await model.ask(sent)).event, ModelReplied)
        assert server.refused == []
        assert "Hm." not in server.requests[0].raw.decode()
        assert "toolu_1" in server.requests[0].raw.decode()
    assert protocol.api.unsaid(sent, MODEL, "beside") == [
        "what was thought before, which another API gave out"
    ]


async def test_nothing_goes_out_that_would_be_refused(protocol: Protocol) -> None:
    call = {**FETCH, "input": {}}
    sent = request(user("Go."), Assistant(2, [call]), user("And now?"))
    with protocol.server() as server:
        async with asking(protocol, server) as model:
            answer = (await model.ask(sent)).event
        assert isinstance(answer, ModelFailed)
        assert answer.error.startswith("Not sent, the API would refuse ")
        assert "call c1 has no result" in answer.error
        assert server.requests == []


async def test_a_local_server_needs_no_key(protocol: Protocol) -> None:
    with protocol.server(protocol.whole(text("Hi")), key=None) as server:
        async with asking(protocol, server, key_env=None) as model:
            assert model.host.keyless() is None
            assert isinstance((await model.ask(GO)).event, ModelReplied)


def test_a_result_limit_holds_in_every_protocol(protocol: Protocol) -> None:
    sent = request(
        user("Go."),
        Assistant(2, [{**FETCH, "input": {}}]),
        results(("c1", "y" * 100)),
        settings=Settings(result_limit=10),
    )
    body = protocol.api.body(sent, MODEL, "beside", Host.of("http://127.0.0.1:1/v1", None))
    assert "yyyyyyyyyy\\n[tooltrace cut 90 of 100 bytes here]" in str(body).replace("\n", "\\n")
