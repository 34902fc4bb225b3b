"""What is recorded, passed on and compared of a request, and how a client is kept waiting."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tooltrace.attach.canonical import request_differences, request_form
from tooltrace.attach.endpoint import asks_model, upstream_path
from tooltrace.attach.headers import client_headers, passed_on, recorded, session_of
from tooltrace.attach.keepalive import early_headers, failure_told, filler, interval, silence
from tooltrace.attach.raw_delta import RawDelta, applied, delta
from tooltrace.core.text.exact_json import loads
from tooltrace.models.wire.chat.codec import ChatCodec
from tooltrace.models.wire.form import Codec
from tooltrace.models.wire.messages.codec import MessagesCodec
from tooltrace.models.wire.responses.codec import ResponsesCodec
from tooltrace.models.wire.sse import EventStream

MESSAGES: dict[str, Any] = {
    "model": "m",
    "system": "be brief",
    "metadata": {"user_id": "1"},
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "hi", "cache_control": {"a": 1}}]},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "input": {"x": None}}]},
        {"role": "user", "content": [{"type": "tool_result", "content": "7", "is_error": False}]},
    ],
}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            MESSAGES,
            {
                "messages": [
                    {"role": "user", "content": "hi"},
                    MESSAGES["messages"][1],
                    {"role": "user", "content": [{"content": "7", "type": "tool_result"}]},
                ],
                "system": [{"text": "be brief", "type": "text"}],
                "top_p": None,
                "metadata": {"user_id": "2"},
                "model": "m",
            },
        ),
        ({"input": "hi"}, {"input": [{"role": "user", "content": "hi", "type": "message"}]}),
        (
            {"input": [{"type": "function_call", "id": "fc_1", "call_id": "c"}]},
            {"input": [{"type": "function_call", "id": "fc_2", "call_id": "c"}]},
        ),
        ({"prompt_cache_key": "a", "client_metadata": {"b": 1}}, {}),
    ],
)
def test_what_clients_make_up_anew_is_no_difference(one: Any, other: Any) -> None:
    assert request_form(one) == request_form(other)
    assert request_differences(one, other) == []


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        ({"model": "a"}, {"model": "b"}, "model"),
        ({"input": [{"call_id": "a"}]}, {"input": [{"call_id": "b"}]}, "input[0].call_id"),
        (
            {"messages": [{"content": [{"input": {"x": None}}]}]},
            {"messages": [{"content": [{"input": {}}]}]},
            "messages[0].content[0].input.x",
        ),
        (
            {"messages": [{"content": "7"}]},
            {"messages": [{"content": "8"}]},
            "messages[0].content[0].text",
        ),
    ],
)
def test_what_they_say_is_one(one: Any, other: Any, place: str) -> None:
    assert request_form(one) != request_form(other)
    assert [path for path, *_ in request_differences(one, other)] == [place]


@pytest.mark.parametrize(
    ("method", "path", "protocol"),
    [
        ("POST", "/v1/messages?beta=true", "messages"),
        ("POST", "/messages", "messages"),
        ("POST", "/chat/completions", "chat"),
        ("POST", "/openai/v1/responses/", "responses"),
        ("POST", "/v1/messages/count_tokens", None),
        ("POST", "/v1/messages/batches", None),
        ("GET", "/v1/responses", None),
        ("GET", "/v1/models", None),
        ("HEAD", "/", None),
    ],
)
def test_only_what_asks_for_a_reply_is_no_side_call(
    method: str, path: str, protocol: str | None
) -> None:
    assert asks_model(method, path) == protocol


def test_a_path_without_its_version_gets_it() -> None:
    assert upstream_path("anthropic", "/messages?beta=true") == "/v1/messages?beta=true"
    assert upstream_path("anthropic", "/v1/messages") == "/v1/messages"
    assert upstream_path("openai", "/messages") == "/messages"
    assert upstream_path("openai", "/v1/responses") == "/responses"
    assert upstream_path("openai", "/responses") == "/responses"


# -- headers ----------------------------------------------------------------------------------

CAME = [
    (b"Host", b"127.0.0.1:1"),
    (b"X-Api-Key", b"secret"),
    (b"Authorization", b"Bearer secret"),
    (b"Connection", b"keep-alive, X-Mine"),
    (b"X-Mine", b"1"),
    (b"Accept-Encoding", b"gzip"),
    (b"anthropic-beta", b"one"),
    (b"anthropic-beta", b"two"),
    (b"x-stainless-retry-count", b"1"),
    (b"x-unheard-of", b"secret"),
    (b"Cookie", b"secret"),
]


def test_all_goes_on_but_what_is_of_this_connection() -> None:
    assert passed_on(CAME) == [*CAME[1:3], *CAME[6:], (b"Accept-Encoding", b"identity")]
    answer = [(b"Content-Length", b"2"), (b"Transfer-Encoding", b"chunked"), (b"request-id", b"r")]
    assert client_headers(answer) == [answer[0], answer[2]]


def test_the_narrowest_name_of_a_session_counts() -> None:
    assert session_of({}) == ""
    assert session_of({"session-id": "1", "thread-id": "2"}) == "thread-id=2"


def test_only_what_is_listed_is_written_down() -> None:
    kept = recorded(CAME)
    assert kept == {"anthropic-beta": "one", "x-stainless-retry-count": "1"}


@given(st.dictionaries(st.binary(min_size=1, max_size=8), st.just(b"secret")))
def test_a_header_that_nobody_listed_is_never_written_down(headers: dict[bytes, bytes]) -> None:
    assert "secret" not in recorded(headers.items()).values()


# -- waiting ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "silent", "between"),
    [
        ({}, 15.0, 5.0),
        ({"x-stainless-read-timeout": "600"}, 15.0, 5.0),
        ({"x-stainless-read-timeout": "3"}, 1.0, 1.0),
        ({"x-stainless-timeout": "30"}, 10.0, 5.0),
        ({"x-stainless-read-timeout": "NotGiven", "x-stainless-timeout": "9"}, 3.0, 3.0),
        ({"x-stainless-read-timeout": "-1"}, 15.0, 5.0),
        ({"x-stainless-read-timeout": "inf"}, 15.0, 5.0),
        ({"x-stainless-read-timeout": "nan"}, 15.0, 5.0),
    ],
)
def test_silence_is_a_third_of_the_patience(
    headers: dict[str, str], silent: float, between: float
) -> None:
    assert (silence(headers), interval(headers)) == (silent, between)


def test_what_fills_a_wait_is_read_over() -> None:
    assert [*EventStream().feed(filler(True) * 3)] == []
    assert loads(filler(False) * 3 + b'{"a":1}') == {"a": 1}
    assert early_headers(True)[0][1].startswith(b"text/event-stream")
    assert early_headers(False)[0] == (b"content-type", b"application/json")


CODECS: list[Codec] = [MessagesCodec(), ChatCodec(), ResponsesCodec()]


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_a_failure_after_the_200_is_one_that_the_protocol_has(codec: Codec) -> None:
    told = failure_told(codec.name, True, 529, "the upstream is \n\n busy")  # type: ignore[arg-type]
    assert told is not None
    stream = codec.stream()
    for name, data in EventStream().feed(told):
        stream.take(name, data)
    stream.end()
    assert stream.broken is not None
    assert "busy" in stream.broken.why
    assert stream.broken.retryable
    assert failure_told(codec.name, False, 529, "busy") is None  # type: ignore[arg-type]


# -- differences of bodies --------------------------------------------------------------------


@given(st.text("ab", max_size=12), st.text("ab", max_size=12))
def test_a_difference_brings_the_text_back(before: str, now: str) -> None:
    made = delta(before, now)
    assert applied(before, made) == now
    assert made.head + made.tail <= min(len(before), len(now))


@given(st.text(), st.text(), st.text(), st.text())
def test_only_what_is_new_is_said(head: str, old: str, new: str, tail: str) -> None:
    assert len(delta(head + old + tail, head + new + tail).text) <= len(new)


def test_a_long_run_grows_by_what_is_new() -> None:
    before, size = "", 0
    for turn in range(200):
        now = '{"messages":[' + ",".join(f'"message {n:04}"' for n in range(turn)) + '],"t":[]}'
        size += len(delta(before, now).text)
        before = now
    assert size < 2 * len(before)


def test_a_difference_to_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="longer text"):
        applied("ab", RawDelta("", 2, 1))
