"""The live port with the real SDK against a strict Messages API on this machine: replies."""

from __future__ import annotations

import asyncio
import gc
import json

import pytest

from tests.loopback import Loopback, plain, reply, text, tool_use
from tests.models.build import request, results, state, user
from tests.models.live import GO, alone, ask, asking
from tooltrace.core.model.events import ModelReplied
from tooltrace.core.model.messages import Assistant, Message

__all__ = ["alone"]


async def test_two_parallel_calls_and_the_answer() -> None:
    ticks = iter(range(100))
    thinking = {"type": "thinking", "thinking": "", "signature": "EqQB"}
    with Loopback(
        reply(thinking, tool_use("a", "fetch_order", order_id="1"), tool_use("b", "credit")),
        reply(text("Done.")),
    ) as server:
        async with asking(server, clock=lambda: float(next(ticks)), placement="message") as model:
            answer = await model.ask(request(user("go"), state("S1")))
            first = answer.event
            assert isinstance(first, ModelReplied)
            assert (answer.source, first.ms, first.request_id) == ("live", 2000.0, "req_loopback")
            assert first.reply["stop_reason"] == "tool_use"
            messages: list[Message] = [
                user("go"),
                state("S1"),
                Assistant(3, first.reply["content"]),
                results(("a", {"total": 59.9}), ("b", "credited")),
                state("S2"),
            ]
            second = (await model.ask(request(*messages))).event
            assert isinstance(second, ModelReplied)
            assert second.reply["content"] == [text("Done.")]
        assert server.refused == []
        # The second asked over the connection of the first.
        assert [sorted(body) for body in server.bodies] == [
            ["max_tokens", "messages", "model", "stream", "system", "tools"]
        ] * 2
        assert [m["role"] for m in server.bodies[1]["messages"]] == [
            "user", "system", "assistant", "user", "system",
        ]  # fmt: skip


async def test_what_came_is_what_is_handed_on() -> None:
    raw = (
        b'{"type":"message","content":[{"type":"tool_use","id":"a","name":"n","input":'
        b'{"big":1180591620717411303424,"half":"\\ud800"}},{"type":"hologram","depth":[1e300]}],'
        b'"stop_reason":"tea_break","usage":{"input_tokens":1,"photons":2},"later":{"x":null}}'
    )
    answer = await ask(plain(raw=raw))
    assert isinstance(answer, ModelReplied)
    assert answer.reply == json.loads(raw)
    assert answer.reply["content"][0]["input"] == {"big": 2**70, "half": "\ud800"}


async def test_big_numbers_and_lone_surrogates_go_back() -> None:
    block = {"type": "tool_use", "id": "a", "name": "n", "input": {"big": 2**70, "s": "\ud800"}}
    with Loopback(reply(text("ok"))) as server:
        async with asking(server) as model:
            history = request(user("go"), Assistant(2, [block]), results(("a", 1)))
            assert isinstance((await model.ask(history)).event, ModelReplied)
        assert (
            b'"input":{"big":1180591620717411303424,"s":"\xef\xbf\xbd"}' in server.requests[0].raw
        )


async def test_a_reply_cut_by_max_tokens_is_still_a_reply() -> None:
    answer = await ask(reply(tool_use("a", "credit"), stop_reason="max_tokens"))
    assert isinstance(answer, ModelReplied)
    assert answer.reply["stop_reason"] == "max_tokens"


async def test_auto_sends_no_system_turn_to_a_server_nobody_knows() -> None:
    with Loopback(reply(text("hi")), system_turns=False) as server:
        async with asking(server) as model:
            assert isinstance(
                (await model.ask(request(user("go"), state("S1")))).event, ModelReplied
            )


async def test_thinking_stays_valid_when_the_state_moves() -> None:
    thinking = {"type": "thinking", "thinking": "hm", "signature": "EqQB"}
    history: list[Message] = [user("go"), state("S1")]
    for placement, refused in (("beside", 0), ("message", 0), ("system", 1)):
        with Loopback(reply(thinking, tool_use("a", "credit")), reply(text("ok"))) as server:
            async with asking(server, placement=placement) as model:
                first = (await model.ask(request(*history))).event
                assert isinstance(first, ModelReplied)
                grown = [
                    *history,
                    Assistant(2, first.reply["content"]),
                    results(("a", 1)),
                    state("S2"),
                ]
                await model.ask(request(*grown))
            assert len(server.refused) == refused, placement


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
async def test_a_model_outlives_its_loop() -> None:
    with Loopback(*[reply(text("hi"))] * 3) as server:
        long = request(user("go"), max_tokens=64_000)
        async with asking(server) as model:
            # That loop is closed, and its connection left open, when the next ask comes.
            other = await asyncio.to_thread(lambda: asyncio.run(model.ask(GO)))
            together = await asyncio.gather(model.ask(GO), model.ask(long))
        assert [type(answer.event) for answer in [other, *together]] == [ModelReplied] * 3
        assert sorted(body["max_tokens"] for body in server.bodies) == [4096, 4096, 64_000]
    # What was left open is collected here, where its warning is expected.
    gc.collect()
