"""Bodies of the Messages API: each is read and written again without a difference."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from tests.loopback import events, streamed
from tests.models.wire.bodies import messages_reply, messages_request
from tooltrace.models.wire.form import WireMessage, WireRequest
from tooltrace.models.wire.messages.codec import MessagesCodec
from tooltrace.models.wire.sse import EventStream

CODEC = MessagesCodec()


@given(messages_request)
def test_a_request_is_written_as_it_was_read(body: dict[str, Any]) -> None:
    came = json.dumps(body)
    read = CODEC.read_request(body)
    assert CODEC.write_request(read) == body
    assert json.dumps(body) == came
    assert CODEC.unsaid(read) == []


@given(messages_reply)
def test_a_reply_is_written_as_it_was_read(body: dict[str, Any]) -> None:
    assert CODEC.write_reply(CODEC.read_reply(body)) == body


def test_an_ordinary_request_is_the_form_itself() -> None:
    turn = {"role": "user", "content": [{"type": "text", "text": "hi"}]}
    tool = {"name": "pay", "input_schema": {"type": "object"}}
    read = CODEC.read_request(
        {"model": "m", "max_tokens": 9, "system": "be brief", "tools": [tool], "messages": [turn]}
    )
    assert read.system == [{"type": "text", "text": "be brief"}]
    assert read.messages == [WireMessage("user", turn["content"])]  # type: ignore[arg-type]
    assert (read.model, read.tools, read.settings) == ("m", [tool], {"max_tokens": 9})


def test_an_edit_is_written_and_what_nobody_knows_beside_it() -> None:
    body = {"messages": [{"role": "user", "content": "hi", "new": 1}], "metadata": {"user_id": "u"}}
    read = CODEC.read_request(body)
    read.messages[0].content[0] = {"type": "text", "text": "ho"}
    assert CODEC.write_request(read) == {
        "messages": [{"role": "user", "content": [{"type": "text", "text": "ho"}], "new": 1}],
        "metadata": {"user_id": "u"},
    }


def test_what_another_protocol_said_is_named_and_left_out() -> None:
    chat: dict[str, Any] = {"chat": {}}
    request = WireRequest(
        "m",
        [
            WireMessage("user", [{"type": "input_audio", "rest": chat}]),
            WireMessage(
                "assistant",
                [
                    {"type": "thinking", "thinking": "hm", "rest": chat},
                    {"type": "text", "text": "hi", "rest": {"chat": {"fields": {"weight": 1}}}},
                    {"type": "tool_use", "id": "1", "name": "a", "partial_json": "{", "rest": chat},
                ],
            ),
        ],
        tools=[{"type": "custom", "rest": {"chat": {"fields": {"custom": {}}}}}],
        rest={"chat": {"fields": {"seed": 1}}},
    )
    assert CODEC.unsaid(request) == [
        "the request: seed",
        "tools[0]: custom",
        "messages[0].content[0]: input_audio",
        "messages[1].content[0]: thinking, unsigned",
        "messages[1].content[1]: weight",
        "messages[1].content[2]: arguments that are no JSON object",
    ]
    assert CODEC.write_request(request)["messages"] == [
        {"role": "user", "content": []},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "hi"},
                {"type": "tool_use", "id": "1", "name": "a", "input": {}},
            ],
        },
    ]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({}, "messages is not a list"),
        ({"messages": [1]}, "messages[0] is not an object"),
        ({"messages": [{"role": "tool"}]}, "messages[0] has no role of user, assistant or system"),
        ({"messages": [{"role": "user"}]}, "messages[0].content is not a list"),
        ({"messages": [], "tools": {}}, "tools is not a list"),
        ({"messages": [], "system": [""]}, "system[0] is not an object"),
    ],
)
def test_what_is_no_request_is_refused_with_its_place(body: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError) as refused:
        CODEC.read_request(body)
    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (529, {"error": {"type": "overloaded_error", "message": "busy"}}, ("busy", True)),
        (400, {"error": {"type": "invalid_request_error", "message": "no"}}, ("no", False)),
        (502, "<html><title>502 Bad\nGateway</title><body>nginx", ("502 Bad Gateway", True)),
        (404, "no such page", ("no such page", False)),
        (200, "hello", None),
        (200, {"content": []}, None),
    ],
)
def test_what_tells_of_an_error(status: int, body: object, told: tuple[str, bool] | None) -> None:
    error = CODEC.read_error(status, body)
    assert (error and (error.message, error.retryable)) == told


def test_the_stream_of_a_reply_reads_as_the_reply() -> None:
    text = {"type": "text", "text": "hi", "rest": 1}
    message = streamed(text).message or {}
    stream, taken = EventStream(), CODEC.stream()
    for part in events(message):
        for name, data in stream.feed(part):
            taken.take(name, data)
    taken.end()
    assert taken.broken is None
    assert (taken.message() or {})["content"] == CODEC.read_reply(message)["content"]
