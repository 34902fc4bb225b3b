"""Bodies of Chat Completions: each is read and written again without a difference."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from tests.models.wire.chat_bodies import chat_reply, chat_request
from tooltrace.core.fold.reply_check import broken
from tooltrace.models.wire.chat.codec import ChatCodec
from tooltrace.models.wire.form import WireMessage

CODEC = ChatCodec()


@given(chat_request)
def test_a_request_is_written_as_it_was_read(body: dict[str, Any]) -> None:
    came = json.dumps(body)
    read = CODEC.read_request(body)
    assert CODEC.write_request(read) == body
    assert json.dumps(body) == came
    assert CODEC.unsaid(read) == []


@given(chat_reply)
def test_a_reply_is_written_as_it_was_read(body: dict[str, Any]) -> None:
    assert CODEC.write_reply(CODEC.read_reply(body)) == body


def text(said: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": said, **more}


CALL = {"type": "function", "function": {"name": "pay", "arguments": '{"a":1}'}}
TALK: list[dict[str, Any]] = [
    {"role": "system", "content": "be brief"},
    {"role": "user", "content": "pay"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "1", **CALL}, {"id": "2", **CALL}],
    },
    {"role": "tool", "tool_call_id": "1", "content": "paid"},
    {"role": "tool", "tool_call_id": "2", "content": [text("paid"), text("twice")]},
    {
        "role": "user",
        "content": [text("why"), {"type": "image_url", "image_url": {"url": "https://a"}}],
    },
]


@pytest.mark.parametrize(("was", "edited"), [(1, 1.0), (1.0, 1), (1, True)])
def test_an_edit_to_what_python_takes_for_equal_is_written(was: object, edited: object) -> None:
    read = CODEC.read_request({"model": "m", "messages": TALK, "max_tokens": was})
    assert json.dumps(CODEC.write_request(read)["max_tokens"]) == json.dumps(was)
    read.settings["max_tokens"] = edited
    made = CODEC.write_request(read)
    assert json.dumps(made["max_completion_tokens"]) == json.dumps(edited)
    assert "max_tokens" not in made, "no server takes both names of the limit"


def test_an_ordinary_request_keeps_nothing_beside() -> None:
    body = {
        "model": "m",
        "messages": TALK,
        "max_completion_tokens": 9,
        "stop": ["."],
        "stream": True,
    }
    tool = {"name": "pay", "description": "Pay.", "parameters": {"type": "object"}, "strict": True}
    body |= {"tools": [{"type": "function", "function": tool}], "tool_choice": "required"}
    read = CODEC.read_request({**body, "parallel_tool_calls": False})
    assert read.rest == {} and read.model == "m"
    assert read.settings == {
        "max_tokens": 9,
        "stop_sequences": ["."],
        "stream": True,
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
    }
    assert read.tools == [
        {"name": "pay", "description": "Pay.", "input_schema": {"type": "object"}, "strict": True}
    ]
    assert read.system == [text("be brief")]
    call = {"type": "tool_use", "name": "pay", "input": {"a": 1}}
    assert read.messages == [
        WireMessage("user", [text("pay")]),
        WireMessage("assistant", [{"id": "1", **call}, {"id": "2", **call}]),
        WireMessage(
            "user",
            [
                {"type": "tool_result", "tool_use_id": "1", "content": "paid"},
                {
                    "type": "tool_result",
                    "tool_use_id": "2",
                    "content": [text("paid"), text("twice")],
                },
                text("why"),
                {"type": "image", "source": {"type": "url", "url": "https://a"}},
            ],
        ),
    ]


def test_an_edited_result_keeps_what_nobody_knows_of_it() -> None:
    messages = [{"role": "tool", "tool_call_id": "1", "name": "pay", "content": "paid"}]
    read = CODEC.read_request({"model": "m", "messages": messages, "seed": 1})
    read.messages[0].content[0]["content"] = "refused"
    assert CODEC.write_request(read) == {
        "model": "m",
        "messages": [{**messages[0], "content": "refused"}],
        "seed": 1,
    }


def test_system_messages_keep_their_seams_and_roles() -> None:
    messages = [
        {"role": "developer", "content": "a", "name": "n"},
        {"role": "system", "content": [text("b"), text("c")]},
        {"role": "user", "content": "hi"},
        {"role": "developer", "content": "d"},
    ]
    read = CODEC.read_request({"messages": messages})
    assert [block["text"] for block in read.system] == ["a", "b", "c"]
    assert [message.role for message in read.messages] == ["user", "system"]
    read.system[0] = text("A")
    assert CODEC.write_request(read)["messages"][:2] == [
        {"role": "developer", "content": "A", "name": "n"},
        messages[1],
    ]
    del read.system[0]
    assert CODEC.write_request(read)["messages"][0]["content"] == [text("b"), text("c")]


def test_no_arguments_at_all_are_those_of_a_tool_without_parameters() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "look", "arguments": ""}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    body = {"choices": [{"message": message, "finish_reason": "tool_calls"}]}
    reply = CODEC.read_reply(body)
    assert reply["content"][0]["input"] == {}
    assert broken(reply) is None
    assert CODEC.write_reply(reply) == body


@pytest.mark.parametrize("arguments", [" ", "{", "[1]", "null", '{"a":1,"a":2}', "NaN"])
def test_arguments_that_are_no_object_are_kept_and_never_run(arguments: str) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "pay", "arguments": arguments}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    body = {"choices": [{"message": message, "finish_reason": "tool_calls"}]}
    reply = CODEC.read_reply(body)
    (block,) = reply["content"]
    assert "input" not in block and block["partial_json"] == arguments
    assert broken(reply) is not None
    assert CODEC.write_reply(reply) == body


@pytest.mark.parametrize(
    ("finish", "message", "stop"),
    [
        ("stop", {"content": "hi"}, "end_turn"),
        ("stop", {"tool_calls": [{"id": "1", **CALL}]}, "tool_use"),
        ("tool_calls", {"tool_calls": [{"id": "1", **CALL}]}, "tool_use"),
        ("function_call", {"function_call": CALL["function"]}, "tool_use"),
        ("length", {"content": "h"}, "max_tokens"),
        ("content_filter", {"refusal": "no"}, "refusal"),
        ("error", {"content": ""}, "error"),
        (None, {"content": "hi"}, None),
    ],
)
def test_why_it_stopped(finish: str | None, message: dict[str, Any], stop: str | None) -> None:
    body = {"choices": [{"message": message, "finish_reason": finish}]}
    assert CODEC.read_reply(body)["stop_reason"] == stop
    assert CODEC.write_reply(CODEC.read_reply(body)) == body


def test_usage_is_counted_as_the_messages_api_counts() -> None:
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 30,
        "total_tokens": 130,
        "prompt_tokens_details": {"cached_tokens": 64, "cache_write_tokens": 6, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 20},
    }
    body = {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}], "usage": usage}
    read = CODEC.read_reply(body)["usage"]
    assert {key: value for key, value in read.items() if key != "rest"} == {
        "input_tokens": 30,
        "cache_read_input_tokens": 64,
        "cache_creation_input_tokens": 6,
        "output_tokens": 30,
        "output_tokens_details": {"thinking_tokens": 20},
    }


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_what_is_thought_is_thinking_and_goes_back_under_its_name(name: str) -> None:
    message = {"role": "assistant", name: "hm", "content": "hi"}
    body = {"choices": [{"message": message, "finish_reason": "stop"}]}
    reply = CODEC.read_reply(body)
    assert [block["type"] for block in reply["content"]] == ["thinking", "text"]
    assert CODEC.write_reply(reply) == body
    request = {"model": "m", "messages": [message]}
    assert CODEC.write_request(CODEC.read_request(request)) == request


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({}, "messages is not a list"),
        ({"messages": ["hi"]}, "messages[0] is not an object"),
        ({"messages": [TALK[0], {"content": "hi"}]}, "messages[1] has no role that is known"),
        ({"messages": [], "tools": [1]}, "tools[0] is not an object"),
    ],
)
def test_what_is_no_request_is_refused_with_its_place(body: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError) as refused:
        CODEC.read_request(body)
    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ([], "its JSON is not an object"),
        ({"choices": []}, "its JSON is not a completion: it has no list of choices"),
        ({"choices": [{"text": "hi"}]}, "choices[0] has no message"),
        ({"choices": [{"message": {}, "finish_reason": 1}]}, "its finish_reason is not text"),
        ({"error": {"message": "no", "type": "x"}}, "it is an error: x: no"),
    ],
)
def test_what_is_no_reply_is_refused(body: object, why: str) -> None:
    with pytest.raises(ValueError) as refused:
        CODEC.read_reply(body)
    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (401, {"error": {"message": "no", "type": "invalid_request", "code": "invalid_api_key"}},
         ("invalid_request", "no", False)),
        (429, {"error": {"message": "slow", "type": "tokens", "code": "rate_limit_exceeded"}},
         ("tokens", "slow", True)),
        (429, {"error": {"message": "pay", "type": "insufficient_quota"}},
         ("insufficient_quota", "pay", False)),
        (200, {"error": {"message": "gone", "code": 502}}, ("", "gone", True)),
        (400, {"object": "error", "message": "too long", "type": "BadRequestError", "code": 400},
         ("BadRequestError", "too long", False)),
        (200, {"error": "no such model"}, ("", "no such model", False)),
        (422, {"detail": [{"loc": ["body"]}]}, ("", '[{"loc":["body"]}]', False)),
        (503, "<!DOCTYPE html><html><head><title>503</title></head>", ("", "503", True)),
        (404, "404 page not found", ("", "404 page not found", False)),
        (200, {"choices": []}, None),
    ],
)  # fmt: skip
def test_what_tells_of_an_error(
    status: int, body: object, told: tuple[str, str, bool] | None
) -> None:
    error = CODEC.read_error(status, body)
    assert (error and (error.kind, error.message, error.retryable)) == told
