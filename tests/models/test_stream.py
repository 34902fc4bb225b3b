"""The live port with the real SDK and a stream: what arrives, when, and what is kept of it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.core.given import Given, workflow
from tests.loopback import Loopback, event, events, plain, reply, sse, streamed, text, tokens
from tests.loopback import tool_use as call
from tests.models.build import request, user
from tests.models.live import GO, MODEL, alone, ask, asking
from tooltrace.core.decide.next_action import request_at
from tooltrace.core.fold.fold import fold_path
from tooltrace.core.model.events import ModelFailed, ModelReplied, Record, Settings
from tooltrace.core.model.messages import Assistant
from tooltrace.core.model.ports import Delta
from tooltrace.core.model.workflow import Transition
from tooltrace.models.anthropic.port import AnthropicModel
from tooltrace.models.live import connection
from tooltrace.models.live.attempt import Attempt
from tooltrace.models.wire.messages.codec import MessagesCodec
from tooltrace.store.journal import Journal

__all__ = ["alone"]

THOUGHT = {"type": "thinking", "thinking": "Zoë 🙂 wants\n1500", "signature": "EqQB/+=="}
HIDDEN = {"type": "redacted_thinking", "data": "b64/+=="}
PAY = call("t1", "pay", amount=1500, to="Zoë", big=2**70)
WHOLE = [THOUGHT, HIDDEN, text("Paying Zoë ✓."), PAY]


async def test_pieces_come_as_they_are_written() -> None:
    made = events(streamed(*WHOLE).message or {})
    gates = [threading.Event() for _ in made]
    script = [part for pair in zip(gates, made, strict=True) for part in pair]
    heard: asyncio.Queue[Delta] = asyncio.Queue()
    with Loopback(sse(script)) as server:
        async with asking(server) as model:
            asked = asyncio.create_task(model.ask(GO, heard.put_nowait))
            pieces = []
            for gate, part in zip(gates, made, strict=True):
                gate.set()
                if b"_start" in part[:30] and b"message" not in part[:20]:
                    pieces.append(await heard.get())
                elif b"text_delta" in part or b"thinking_delta" in part:
                    pieces.append(await heard.get())
                    assert not asked.done()
            answer = (await asked).event
    pieces += [heard.get_nowait() for _ in range(heard.qsize())]
    assert isinstance(answer, ModelReplied)
    assert [(p.index, p.kind, p.name) for p in pieces if not p.text] == [
        (0, "thinking", "thinking"),
        (1, "other", "redacted_thinking"),
        (2, "text", "text"),
        (3, "input", "pay"),
    ]
    said = ["".join(p.text for p in pieces if p.index == index) for index in range(4)]
    assert said[0::2] == [THOUGHT["thinking"], "Paying Zoë ✓."]
    assert json.loads(said[3]) == PAY["input"]


@pytest.mark.parametrize(
    "step",
    [
        streamed(*WHOLE),
        streamed(*WHOLE, newline="\r\n"),
        streamed(*WHOLE, newline="\r"),
        streamed(*WHOLE, by=1),
        streamed(*WHOLE, by=7, newline="\r\n"),
        streamed(*WHOLE, ends="close"),
        streamed(*WHOLE, ends="length"),
        streamed(*WHOLE, headers={"content-type": "application/json"}),
        streamed(*WHOLE, headers={"content-type": "text/plain"}),
        sse([b"\xef\xbb\xbf: hello\n\n\n", *events(streamed(*WHOLE).message or {}), b": bye\n\n"]),
        sse(p for e in events(streamed(*WHOLE).message or {}) for p in (event("ping"), e)),
        sse(e.partition(b"\n")[2] for e in events(streamed(*WHOLE).message or {})),
        plain(*WHOLE),
        plain(*WHOLE, headers={"content-type": "text/event-stream"}),
        plain(raw=b" \n" * 50 + json.dumps(plain(*WHOLE).message).encode()),
    ],
    ids=range(15),
)
async def test_every_form_of_a_whole_reply(step: Any) -> None:
    ticks = iter(range(10_000))
    answer = await ask(step, clock=lambda: float(next(ticks)))
    assert isinstance(answer, ModelReplied), answer
    assert answer.reply["content"] == WHOLE
    assert json.dumps(answer.reply["content"]) == json.dumps(WHOLE)
    assert (answer.reply["stop_reason"], answer.request_id) == ("tool_use", "req_loopback")
    assert "unknown_events" not in answer.reply
    assert answer.raw == step.body.decode()
    assert 0 < answer.first_ms < answer.ms


async def test_usage_is_counted_up_to_the_end() -> None:
    counted = {"input_tokens": 9, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 3,
               "cache_creation": {"ephemeral_5m_input_tokens": 3}, "output_tokens": 1}  # fmt: skip
    message = {**(streamed(text("hi")).message or {}), "usage": counted}
    made = events(message)
    made[-2] = event(
        "message_delta",
        delta={"stop_reason": "end_turn", "stop_sequence": None, "container": {"id": "c"}},
        usage={"output_tokens": 77, "input_tokens": None, "photons": 2},
        input_transformations=[{"type": "thinking_dropped", "path": "messages.1.content.0"}],
    )
    answer = await ask(sse(made))
    assert isinstance(answer, ModelReplied)
    assert answer.reply["usage"] == {**counted, "output_tokens": 77, "photons": 2}
    assert answer.reply["container"] == {"id": "c"}
    assert answer.reply["input_transformations"][0]["path"] == "messages.1.content.0"


async def test_what_nobody_knows_is_kept_as_it_came() -> None:
    hologram = {"type": "hologram", "depth": [1, None], "text": None, "half": "\ud800"}
    message = {**(streamed(hologram, text("hi")).message or {}), "stop_reason": "tea_break"}
    made = events(message)
    glow = {"type": "glow_delta", "light": [2**70]}
    later = {"type": "later", "x": {"y": None}}
    odd = [
        event("content_block_delta", index=0, delta=glow),
        event("later", x={"y": None}),
    ]
    answer = await ask(sse([*made[:2], *odd, *made[2:]]))
    assert isinstance(answer, ModelFailed)
    # A lone surrogate cannot be written as UTF-8: it has to come as an escape.
    assert "not valid JSON" in answer.error
    hologram["half"] = "whole"
    made = events({**message, "content": [hologram, text("hi")]})
    answer = await ask(sse([*made[:2], *odd, *made[2:]]))
    assert isinstance(answer, ModelReplied)
    assert answer.reply["content"] == [hologram, text("hi")]
    assert answer.reply["stop_reason"] == "tea_break"
    assert answer.reply["unknown_events"] == [
        {"type": "content_block_delta", "index": 0, "delta": glow},
        later,
    ]
    given = Given(workflow()).user("go").asks().append(answer)
    assert given.action.why == "incomplete"  # type: ignore[union-attr]
    assert "unknown stop reason 'tea_break'" in given.action.text  # type: ignore[union-attr]


async def test_citations_and_a_server_tool_come_whole() -> None:
    search = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}}
    found = {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"url": "u"}]}
    made = events(streamed(search, found, text("So."), stop_reason="pause_turn").message or {})
    cited = [
        event(
            "content_block_delta", index=2, delta={"type": "citations_delta", "citation": {"n": n}}
        )
        for n in (1, 2)
    ]
    answer = await ask(sse([*made[:-3], *cited, *made[-3:]]))
    assert isinstance(answer, ModelReplied)
    assert answer.reply["content"] == [
        search,
        found,
        {**text("So."), "citations": [{"n": 1}, {"n": 2}]},
    ]


async def test_a_paused_reply_goes_back_as_it_is() -> None:
    search = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}}
    given = Given(workflow(Transition(("pay",), "a", "done"))).user("go").asks()
    with Loopback(streamed(search, stop_reason="pause_turn"), reply(text("Found."))) as server:
        async with asking(server) as model:
            answer = (await model.ask(request_at(given.snapshot))).event
            assert isinstance(answer, ModelReplied)
            given.append(answer).asks()
            assert isinstance((await model.ask(request_at(given.snapshot))).event, ModelReplied)
    assert server.refused == []
    assert server.bodies[1]["messages"][-1] == {"role": "assistant", "content": [search]}


def reloaded(given: Given, path: Path) -> list[Record]:
    """The facts as a session file gives them back."""
    assert given.head is not None
    with Journal.create(path) as journal:
        for record in given.tree.path(given.head):
            journal.append(record)
    with Journal.open(path) as journal:
        return list(journal.records)


async def test_thinking_goes_back_byte_for_byte_also_from_a_file(tmp_path: Path) -> None:
    flow = workflow(Transition(("pay",), "a", "b"), Transition(("pay",), "b", "done"))
    given = Given(flow, Settings(MODEL)).user("Pay 1500.").asks()
    script = [streamed(*WHOLE), streamed({**THOUGHT, "signature": "Zz=="}, call("t2", "pay"))]
    with Loopback(*script, reply(text("Done."))) as server:
        async with asking(server) as model:
            for state in ("b", "done"):
                answer = (await model.ask(request_at(given.snapshot))).event
                assert isinstance(answer, ModelReplied)
                given.append(answer).returns("pay", {"ok": True})
                given.moves(state).asks()
            read = fold_path(reloaded(given, tmp_path / "s.jsonl"))
            assert read is not None
            assert isinstance((await model.ask(request_at(read))).event, ModelReplied)
    assert server.refused == []
    sent = [m for m in server.bodies[2]["messages"] if m["role"] == "assistant"]
    assert json.dumps(sent[0]["content"]) == json.dumps(WHOLE)


async def test_changed_thinking_is_refused_and_the_way_out_is_named() -> None:
    def grown(words: str, **more: Any) -> Any:
        return request(user(words), Assistant(2, [THOUGHT, text("Yes.")]), user("So?"), **more)

    with Loopback(reply(THOUGHT, text("Yes.")), *[reply(text("ok"))] * 2) as server:
        async with asking(server) as model:
            assert isinstance((await model.ask(request(user("Is it?")))).event, ModelReplied)
            changed = (await model.ask(grown("Was it?"))).event
            assert isinstance(changed, ModelFailed)
            assert "go back before the change" in changed.error
            assert "--drop-bound-thinking" in changed.error
            assert not changed.retryable
            assert isinstance(
                (await model.ask(grown("Was it?", drop_bound_thinking=True))).event, ModelReplied
            )
            assert isinstance((await model.ask(grown("Is it?"))).event, ModelReplied)
    beta = "thinking-binding-controls-2026-08-01"
    assert [r.headers.get("anthropic-beta") for r in server.requests] == [None, None, beta, None]


async def test_cancel_hangs_up_and_keeps_what_came() -> None:
    made = events(streamed(*WHOLE).message or {})
    never = threading.Event()
    heard: asyncio.Queue[Delta] = asyncio.Queue()
    with Loopback(sse([*made[:-4], never, *made[-4:]]), reply(text("next"))) as server:
        async with asking(server) as model:
            assert not model.cancel()
            asked = asyncio.create_task(model.ask(GO, heard.put_nowait))
            while (await heard.get()).kind != "input":
                pass
            await heard.get()
            # From any thread, and more than once.
            assert await asyncio.to_thread(model.cancel)
            assert model.cancel()
            answer = (await asked).event
            assert not model.cancel()
            assert isinstance(answer, ModelFailed)
            assert (answer.kind, answer.retryable, answer.error) == (
                "cancelled", False, "cancelled by you",
            )  # fmt: skip
            assert answer.raw is not None
            assert b"".join(made).startswith(answer.raw.encode())
            assert answer.reply is not None
            assert answer.reply["content"][:3] == WHOLE[:3]
            half = answer.reply["content"][3]
            assert "input" not in half
            assert json.dumps(PAY["input"]).startswith(half["partial_json"])
            given = Given(workflow()).user("go").asks().append(answer)
            assert given.snapshot.calls == ()
            assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]
            assert isinstance((await model.ask(GO)).event, ModelReplied)


async def test_cancel_before_anything_came() -> None:
    with Loopback(reply(text("late"), hold=threading.Event()), reply(text("next"))) as server:
        async with asking(server) as model:
            asked = asyncio.create_task(model.ask(GO))
            await asyncio.to_thread(server.arrived.acquire)
            assert model.cancel()
            answer = (await asked).event
            assert isinstance(answer, ModelFailed)
            assert (answer.kind, answer.raw, answer.reply) == ("cancelled", None, None)
            assert isinstance((await model.ask(GO)).event, ModelReplied)


async def test_a_cancelled_task_is_cancelled_also_in_a_stream() -> None:
    made = events(streamed(*WHOLE).message or {})
    heard: asyncio.Queue[Delta] = asyncio.Queue()
    with Loopback(sse([*made[:3], threading.Event()]), reply(text("next"))) as server:
        async with asking(server) as model:
            asked = asyncio.create_task(model.ask(GO, heard.put_nowait))
            await heard.get()
            model.cancel()
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            assert not model.cancel()
            assert isinstance((await model.ask(GO)).event, ModelReplied)


async def test_a_stream_that_goes_silent() -> None:
    made = events(streamed(*WHOLE).message or {})
    answer = await ask(sse([*made[:4], threading.Event()]), timeout=0.2)
    assert isinstance(answer, ModelFailed)
    assert "Nothing more came from http://127.0.0.1" in answer.error
    assert (answer.kind, answer.retryable) == ("incomplete", True)
    assert answer.raw == b"".join(made[:4]).decode()


async def test_a_server_that_hangs_after_the_end_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "_REST_WITHIN", 0.05)
    made = events(streamed(*WHOLE).message or {})
    with Loopback(sse([*made, threading.Event()])) as server:
        async with asking(server) as model:
            answer = (await model.ask(GO)).event
    assert isinstance(answer, ModelReplied)
    assert answer.reply["content"] == WHOLE


async def test_no_credential_in_what_is_recorded() -> None:
    secret = "sk-ant-loopback-0123456789abcdef"
    made = events(streamed(text(f"It is {secret}.")).message or {}, pieces=1)
    whole = await ask(sse(made))
    assert isinstance(whole, ModelReplied)
    assert secret not in f"{whole.raw}"
    half = await ask(sse(made[:-1]))
    assert isinstance(half, ModelFailed)
    assert secret not in repr(half)
    assert "[secret]" in repr(half.reply)


async def test_twenty_thousand_pieces_cost_little() -> None:
    step = tokens(20_000)
    pieces: list[Delta] = []
    answer = await ask(step)
    assert isinstance(answer, ModelReplied)
    assert answer.reply["content"] == [text(" token" * 20_000)]
    attempt = Attempt(time.perf_counter, MessagesCodec(), pieces.append)
    attempt.answers(200, step.headers)
    begun = time.thread_time()
    for chunk in step.chunks:
        assert isinstance(chunk, bytes)
        attempt.take(chunk)
    # A quarter of a second here; the rest is for a busy machine.
    assert time.thread_time() - begun < 1
    assert len(pieces) == 20_001


async def test_asking_loads_the_sdk_off_the_loop() -> None:
    model = AnthropicModel(MODEL)
    threads: list[str] = []
    model.warm = lambda: threads.append(threading.current_thread().name)  # type: ignore[method-assign]
    answer = (await model.ask(request(Assistant(1, [])))).event
    assert isinstance(answer, ModelFailed)
    assert threads and threads != [threading.current_thread().name]
    await model.aclose()
