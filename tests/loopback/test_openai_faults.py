"""What the servers of OpenAI's two protocols can do wrong, seen by a plain HTTP client."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import pytest

from tests.loopback import chat, responses, sse
from tests.loopback.asking import ask, client
from tests.loopback.base import ScriptedServer
from tests.loopback.framing import reframed
from tests.loopback.openai_rules import openai_fault
from tests.loopback.steps import Step
from tooltrace.models.wire.sse import EventStream


@dataclass(frozen=True)
class Api:
    """One of the two: its server, a request to it, and an answer with its events."""

    server: type[Any]
    path: str
    body: dict[str, Any]
    whole: Step
    events: list[bytes]
    called_twice: Step
    no_json: Step
    odd_end: Step


_CALLS = [chat.call("c1", "pay", cents=15), chat.call("c1", "pay", cents=16)]
_ITEMS = [responses.function_call("c1", "pay", cents=cents) for cents in (15, 16)]
_CHAT = chat.completion("Zoë 🙂 pays", _CALLS[0])
_RESPONSE = responses.response(responses.message("Zoë 🙂 pays"), _ITEMS[0])

CHAT = Api(
    chat.ChatLoopback,
    "/v1/chat/completions",
    {"model": "gpt-5.6", "messages": [{"role": "user", "content": "pay"}]},
    _CHAT,
    chat.events(_CHAT.message or {}),
    chat.completion(None, *_CALLS),
    chat.completion(None, chat.call("c1", "pay", '{"cents": 15')),
    chat.completion("hi", finish_reason="tea_break"),
)
RESPONSES = Api(
    responses.ResponsesLoopback,
    "/v1/responses",
    {"model": "gpt-5.6", "input": "pay"},
    _RESPONSE,
    responses.events(_RESPONSE.message or {}),
    responses.response(*_ITEMS),
    responses.response(responses.function_call("c1", "pay", '{"cents": 15')),
    responses.response(responses.message("hi"), reason="tea_break"),
)
STREAM = {"stream": True}


@pytest.fixture(params=[CHAT, RESPONSES], ids=["chat", "responses"])
def api(request: pytest.FixtureRequest) -> Api:
    """Each of the two in turn."""
    made: Api = request.param
    return made


def said(api: Api, step: Step, **fields: Any) -> httpx2.Response:
    with api.server(step) as server:
        return ask(server, api.path, {**api.body, **fields})


@contextmanager
def asking(api: Api, step: Step) -> Iterator[httpx2.Response]:
    """An answer as a stream, of which the head has come."""
    with (
        api.server(step) as server,
        client(server) as one,
        one.stream("POST", api.path, json={**api.body, **STREAM}) as answer,
    ):
        yield answer


def told(data: bytes) -> list[tuple[str, bytes]]:
    """The events in the bytes of a stream."""
    return list(EventStream().feed(data))


def test_a_message_comes_in_the_form_that_is_asked_for(api: Api) -> None:
    plain = said(api, api.whole)
    assert plain.headers["content-type"] == "application/json"
    assert plain.json() == api.whole.message
    streamed = said(api, api.whole, **STREAM)
    assert streamed.headers["content-type"].startswith("text/event-stream")
    names = [name for name, _ in told(streamed.content)]
    datas = [data for _, data in told(streamed.content)]
    if api is CHAT:
        assert set(names) == {""}
        assert datas[-1] == b"[DONE]"
    else:
        assert names == [json.loads(data)["type"] for data in datas]
        assert [json.loads(data)["sequence_number"] for data in datas] == list(range(len(datas)))
        assert json.loads(datas[-1])["response"] == api.whole.message


def test_usage_is_streamed_by_chat_only_if_it_is_asked_for() -> None:
    without = said(CHAT, CHAT.whole, **STREAM).text
    asked = said(CHAT, CHAT.whole, **STREAM, stream_options={"include_usage": True}).text
    assert '"usage"' not in without
    *_, usage, done = told(asked.encode())
    assert json.loads(usage[1])["choices"] == []
    assert json.loads(usage[1])["usage"] == (CHAT.whole.message or {})["usage"]
    assert done == ("", b"[DONE]")


@pytest.mark.parametrize(
    ("status", "headers"),
    [(429, {"retry-after": "2"}), (429, {}), (500, {}), (503, {"retry-after": "1"})],
)
def test_a_refusal_of_the_moment(api: Api, status: int, headers: dict[str, str]) -> None:
    step = openai_fault(status, "slow down", kind="requests", code="rate", headers=headers)
    answer = said(api, step, **STREAM)
    assert answer.status_code == status
    assert answer.headers.get("retry-after") == headers.get("retry-after")
    error = answer.json()["error"]
    assert error == {"message": "slow down", "type": "requests", "param": None, "code": "rate"}


@pytest.mark.parametrize("began", [False, True])
def test_a_reset(api: Api, began: bool) -> None:
    step = replace(api.whole, cut=0, reset=True, began=began)
    with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)):
        said(api, step)


@pytest.mark.parametrize("reset", [False, True])
def test_a_stream_that_is_cut_at_a_byte(api: Api, reset: bool) -> None:
    whole = b"".join(api.events)
    came = b""
    step = sse(api.events, cut=len(whole) // 2, reset=reset)
    with asking(api, step) as answer, pytest.raises(httpx2.TransportError):
        assert answer.status_code == 200
        for chunk in answer.iter_raw():
            came += chunk
    # A reset may throw away what had come but was not read.
    assert came == whole[: len(came)]
    assert len(came) == len(whole) // 2 or reset


def test_a_stream_that_ends_early_as_if_it_were_whole(api: Api) -> None:
    answer = said(api, sse(api.events[:-2]), **STREAM)
    assert told(answer.content) == told(b"".join(api.events[:-2]))


def test_an_empty_stream(api: Api) -> None:
    answer = said(api, sse([]), **STREAM)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_slow_stream_comes_as_its_gates_open(api: Api) -> None:
    gates = [threading.Event() for _ in api.events]
    script = [part for pair in zip(gates, api.events, strict=True) for part in pair]
    with asking(api, sse(script)) as answer:
        chunks: Iterator[bytes] = answer.iter_raw()
        for gate, event in zip(gates, api.events, strict=True):
            gate.set()
            came = next(chunks)
            while len(came) < len(event):
                came += next(chunks)
            assert came == event


def test_an_answer_that_is_held_until_it_is_let_go(api: Api) -> None:
    hold = threading.Event()
    with api.server(replace(api.whole, hold=hold)) as server:
        with client(server) as one, pytest.raises(httpx2.ReadTimeout):
            one.post(api.path, json=api.body, timeout=httpx2.Timeout(20, read=0.05))
        assert server.arrived.acquire(timeout=10)
        hold.set()


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
def test_an_odd_framing_says_the_same(api: Api, odd: dict[str, Any]) -> None:
    made = reframed(api.events, **odd)
    assert b"".join(made) != b"".join(api.events) or odd == {"by": 1}
    answer = said(api, sse(made), **STREAM)
    assert answer.content == b"".join(made)
    assert told(answer.content) == told(b"".join(api.events))


def test_a_letter_is_split_between_chunks(api: Api) -> None:
    made = reframed(api.events, by=1)
    assert "🙂".encode() in b"".join(made)
    with asking(api, sse(made)) as answer:
        chunks = list(answer.iter_raw())
    assert b"".join(chunks) == b"".join(api.events)
    reader = EventStream()
    assert [event for chunk in made for event in reader.feed(chunk)] == told(b"".join(made))


@pytest.mark.parametrize("raw", [b"{", b"", b"<html>Bad Gateway</html>", b"[]"])
def test_a_body_that_is_no_message(api: Api, raw: bytes) -> None:
    answer = said(api, Step((raw,)))
    assert (answer.status_code, answer.content) == (200, raw)


def test_an_event_that_is_no_json(api: Api) -> None:
    made = [*api.events[:2], b"data: {\n\n", *api.events[2:]]
    answer = said(api, sse(made), **STREAM)
    assert told(answer.content)[2][1] == b"{"


def test_an_unknown_reason_to_stop(api: Api) -> None:
    assert "tea_break" in said(api, api.odd_end).text
    assert "tea_break" in said(api, api.odd_end, **STREAM).text


def test_two_calls_with_one_id(api: Api) -> None:
    assert said(api, api.called_twice).text.count('"c1"') == 2
    assert said(api, api.called_twice, **STREAM).text.count('"c1"') >= 2


def test_arguments_that_are_no_json(api: Api) -> None:
    answer = said(api, api.no_json).json()
    call = answer["output"][0] if api is RESPONSES else None
    call = call or answer["choices"][0]["message"]["tool_calls"][0]["function"]
    with pytest.raises(ValueError, match="delimiter"):
        json.loads(call["arguments"])
    assert '"arguments": "{\\"cents\\": 15"' in said(api, api.no_json).text
    assert 's\\": 15"' in said(api, api.no_json, **STREAM).text


def test_an_error_in_the_middle_of_a_stream(api: Api) -> None:
    error = {"error": {"message": "sorry", "type": "server_error", "code": None}}
    made = [*api.events[:3], f"data: {json.dumps(error)}\n\n".encode()]
    answer = said(api, sse(made), **STREAM)
    assert answer.status_code == 200
    assert json.loads(told(answer.content)[-1][1]) == error


def test_leaving_lets_go_of_what_is_held(api: Api) -> None:
    with api.server(replace(api.whole, hold=threading.Event())) as server:
        asking = threading.Thread(target=_ask_quietly, args=(server, api))
        asking.start()
        assert server.arrived.acquire(timeout=10)
    asking.join(timeout=10)
    assert not asking.is_alive()


def _ask_quietly(server: ScriptedServer, api: Api) -> None:
    try:
        ask(server, api.path, api.body)
    except httpx2.TransportError:
        # The server may have gone before it could answer.
        return
