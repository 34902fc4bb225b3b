"""Whole responses: read and written again they are the same, and mean what the API means."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from tests.loopback.responses.steps import (
    custom_call,
    failure,
    function_call,
    message,
    reasoning,
    response,
)
from tests.models.wire.responses_bodies import JSON, responses
from tooltrace.core.fold.reply_check import broken
from tooltrace.models.wire.form import WireError
from tooltrace.models.wire.responses.codec import ResponsesCodec

CODEC = ResponsesCodec()


def body(*output: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**(response(*output).message or {}), **fields}


@given(responses)
def test_a_response_that_is_read_and_written_is_the_same(came: dict[str, Any]) -> None:
    reply = CODEC.read_reply(came)
    written = CODEC.write_reply(reply)
    assert json.dumps(written, sort_keys=True) == json.dumps(came, sort_keys=True)
    for block in reply["content"]:
        assert "partial_json" not in block or "input" not in block


@given(JSON)
def test_what_is_no_response_says_why(came: Any) -> None:
    with pytest.raises(ValueError, match="its JSON is not"):
        CODEC.read_reply(came)


def test_a_response_reads_as_the_messages_api_has_it() -> None:
    call = function_call("c1", "pay", cents=15)
    reply = CODEC.read_reply(
        body(reasoning("one", "two", sealed="gAAA"), message("hi", "ho"), call)
    )
    blocks = [{k: v for k, v in block.items() if k != "rest"} for block in reply["content"]]
    assert blocks == [
        {"type": "thinking", "thinking": "one\n\ntwo"},
        {"type": "text", "text": "hi"},
        {"type": "text", "text": "ho"},
        {"type": "tool_use", "id": "c1", "name": "pay", "input": {"cents": 15}},
    ]
    assert (reply["id"], reply["model"], reply["role"]) == ("resp_loopback", "gpt-5.6", "assistant")
    assert (reply["stop_reason"], broken(reply)) == ("tool_use", None)
    assert reply["usage"] == {
        "input_tokens": 60,
        "cache_read_input_tokens": 40,
        "output_tokens": 10,
        "output_tokens_details": {"thinking_tokens": 4},
    }


@pytest.mark.parametrize(
    ("came", "stop_reason"),
    [
        (body(message("hi")), "end_turn"),
        (body(message(refused="no")), "refusal"),
        (body(custom_call("c", "sql", "select 1")), "tool_use"),
        (response(message("h"), reason="max_output_tokens").message, "max_tokens"),
        (response(message("h"), reason="content_filter").message, "refusal"),
        (response(message("h"), reason="steered").message, "steered"),
        (body(message("h"), status="incomplete", incomplete_details=None), "max_tokens"),
        (body(message("hi"), status=None), "end_turn"),
        (body(message("hi"), status="in_progress"), None),
        (body(message("hi"), status="hologram"), None),
        (failure("server_error", "sorry").message, None),
    ],
)
def test_why_it_stopped(came: Any, stop_reason: str | None) -> None:
    reply = CODEC.read_reply(came)
    assert reply["stop_reason"] == stop_reason
    assert (broken(reply) is None) == (stop_reason is not None)
    assert CODEC.write_reply(reply) == came


@pytest.mark.parametrize("status", ["in_progress", "incomplete"])
def test_a_call_that_did_not_come_whole_is_no_call(status: str) -> None:
    call = function_call("c1", "pay", "{}", status=status)
    reply = CODEC.read_reply(body(call))
    assert reply["content"][0]["partial_json"] == "{}"
    assert broken(reply) == "the input of tool call pay is not an object"
    assert CODEC.write_reply(reply) == body(call)
    sql = {**custom_call("c1", "sql", "drop"), "status": status}
    reply = CODEC.read_reply(body(sql))
    assert reply["content"][0]["partial_json"] == "drop"
    assert broken(reply) == "the input of tool call sql is not an object"


def test_an_edited_reply_is_written_and_all_else_is_as_it_came() -> None:
    came = body(message("hi"), function_call("c1", "pay", cents=15), metadata={"a": "b"})
    reply = CODEC.read_reply(came)
    text, _call = reply["content"]
    edited = {**reply, "content": [{**text, "text": "no"}], "stop_reason": "end_turn"}
    assert CODEC.write_reply(edited) == {
        **came,
        "output": [message("no")],
    }
    cut = CODEC.write_reply({**reply, "stop_reason": "max_tokens"})
    assert cut["status"] == "incomplete"
    assert cut["incomplete_details"] == {"reason": "max_output_tokens"}
    assert cut["output"] == came["output"]


def test_a_reply_of_another_protocol_is_a_whole_response() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "pay", "input": {"cents": 15}}
    reply = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude",
        "content": [{"type": "text", "text": "ok"}, call],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 5,
            "cache_read_input_tokens": 3,
            "cache_creation_input_tokens": 2,
            "output_tokens": 7,
            "output_tokens_details": {"thinking_tokens": 1},
        },
    }
    made = CODEC.write_reply(reply)
    assert [item["type"] for item in made["output"]] == ["message", "function_call"]
    assert all(item["id"] and item["status"] == "completed" for item in made["output"])
    assert made["usage"]["input_tokens"] == 10
    assert made["usage"]["total_tokens"] == 17
    back = CODEC.read_reply(made)
    bare = [{k: v for k, v in block.items() if k != "rest"} for block in back["content"]]
    assert {**back, "content": bare} | {"rest": {}} == {**reply, "rest": {}}


API = {"message": "slow down", "type": "tokens", "param": None, "code": "rate_limit_exceeded"}


@pytest.mark.parametrize(
    ("status", "came", "told"),
    [
        (429, {"error": API}, WireError("tokens", "slow down", True)),
        (
            429,
            {"error": {**API, "code": "insufficient_quota", "type": "insufficient_quota"}},
            WireError("insufficient_quota", "slow down", False),
        ),
        (
            400,
            {"error": {"message": "no", "type": "invalid_request_error", "code": None}},
            WireError("invalid_request_error", "no", False),
        ),
        (
            500,
            {"error": {"message": "oh", "type": "server_error"}},
            WireError("server_error", "oh", True),
        ),
        (503, {"error": "loading"}, WireError("", "loading", True)),
        (404, {"detail": "Not Found"}, WireError("", "Not Found", False)),
        (
            400,
            {"object": "error", "message": "bad", "type": "BadRequestError", "code": 400},
            WireError("BadRequestError", "bad", False),
        ),
        (200, failure("server_error", "sorry").message, WireError("server_error", "sorry", True)),
        (200, failure("invalid_prompt", "no").message, WireError("invalid_prompt", "no", False)),
        (502, "<html>Bad Gateway</html>", WireError("", "Bad Gateway", True)),
        (200, body(message("hi")), None),
        (200, "hi", None),
        (500, [1], None),
        (500, {"x": 1}, WireError("", '{"x":1}', True)),
    ],
)  # fmt: skip
def test_what_a_body_says_that_is_no_reply(status: int, came: Any, told: WireError | None) -> None:
    assert CODEC.read_error(status, came) == told
