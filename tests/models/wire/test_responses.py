"""Requests of the Responses API: read and written again they are the same, whatever is in them."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.models.wire.responses_bodies import JSON, bodies, items, orders
from tooltrace.models.wire.form import WireMessage, WireRequest
from tooltrace.models.wire.responses.codec import ResponsesCodec

CODEC = ResponsesCodec()
CALL = {"type": "function_call", "call_id": "c1", "name": "pay", "arguments": '{"cents": 15}'}
RESULT = {"type": "function_call_output", "call_id": "c1", "output": "paid"}


def read(*given: Any, **fields: Any) -> WireRequest:
    return CODEC.read_request({"model": "gpt-5.6", "input": list(given), **fields})


def again(request: WireRequest) -> Any:
    return CODEC.write_request(request)


@given(bodies)
def test_a_body_that_is_read_and_written_is_the_same(body: dict[str, Any]) -> None:
    request = CODEC.read_request(body)
    assert json.dumps(again(request), sort_keys=True) == json.dumps(body, sort_keys=True)
    assert CODEC.unsaid(request) == []


@given(st.dictionaries(st.sampled_from(["model", "input", "tools", "x"]), JSON) | JSON)
def test_what_is_no_request_is_refused_with_its_place(body: Any) -> None:
    try:
        request = CODEC.read_request(body)
    except ValueError as error:
        assert str(error).split(":")[0] in {"model", "input", "tools", "the body is not an object"}
    else:
        assert again(request) == body


@given(st.lists(items, max_size=5))
def test_items_in_a_row_make_one_message_of_each_side(given: list[Any]) -> None:
    roles = [message.role for message in read(*given).messages]
    assert all(before != after for before, after in itertools.pairwise(roles))


def test_a_conversation_reads_as_the_messages_api_has_it() -> None:
    request = read(
        {"role": "developer", "content": "be brief"},
        {"role": "user", "content": "refund #1"},
        {"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": "hm"}]},
        {**CALL, "id": "fc", "status": "completed"},
        RESULT,
        {"role": "user", "content": [{"type": "input_text", "text": "and?"}]},
        {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
        instructions="you refund",
        max_output_tokens=99,
        temperature=0.5,
        tool_choice="required",
        parallel_tool_calls=False,
    )
    bare = [[{k: v for k, v in b.items() if k != "rest"} for b in m.content]
            for m in request.messages]  # fmt: skip
    assert [block["text"] for block in request.system] == ["you refund", "be brief"]
    assert [message.role for message in request.messages] == ["user", "assistant"] * 2
    assert bare == [
        [{"type": "text", "text": "refund #1"}],
        [
            {"type": "thinking", "thinking": "hm"},
            {"type": "tool_use", "id": "c1", "name": "pay", "input": {"cents": 15}},
        ],
        [
            {"type": "tool_result", "tool_use_id": "c1", "content": "paid"},
            {"type": "text", "text": "and?"},
        ],
        [{"type": "text", "text": "no"}],
    ]
    assert request.settings == {
        "max_tokens": 99,
        "temperature": 0.5,
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
    }


def test_no_arguments_at_all_are_those_of_a_tool_without_parameters() -> None:
    came = {**CALL, "arguments": ""}
    request = read({"role": "user", "content": "go"}, came)
    assert request.messages[-1].content[-1]["input"] == {}
    assert again(request)["input"][-1] == came


@pytest.mark.parametrize(
    "arguments", [" ", "{", "null", "[1]", '"x"', '{"a":1,"a":2}', '{"a":1}{}', '{"a":NaN}']
)
def test_a_call_whose_arguments_are_no_object_has_no_input(arguments: str) -> None:
    call = read({**CALL, "arguments": arguments}).messages[0].content[0]
    assert "input" not in call
    assert call["partial_json"] == arguments


def test_an_edited_result_is_written_and_all_else_is_as_it_came() -> None:
    came = [{"role": "user", "content": "go"}, CALL, {**RESULT, "id": "o1", "phase": "x"}]
    request = read(*came, store=False, tool_choice="auto")
    results = request.messages[-1].content
    edited = [{**results[0], "content": "refused"}]
    messages = [*request.messages[:-1], WireMessage("user", edited)]
    body = again(replace(request, messages=messages))
    assert body["input"] == [*came[:2], {**came[2], "output": "refused"}]
    assert (body["store"], body["tool_choice"]) == (False, "auto")


def test_an_edit_of_a_plain_input_leaves_the_settings_as_they_came() -> None:
    chosen = {"type": "mcp", "server_label": "bank"}
    body = {"model": "m", "input": "go", "tool_choice": chosen, "parallel_tool_calls": True}
    request = CODEC.read_request({**body, "tools": []})
    messages = [WireMessage("user", [{"type": "text", "text": "stop"}])]
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "stop"}]}
    assert again(replace(request, messages=messages)) == {**body, "tools": [], "input": [item]}


def test_edited_arguments_are_spelled_anew() -> None:
    request = read(CALL)
    call = {**request.messages[0].content[0], "input": {"cents": 16}}
    body = again(replace(request, messages=[WireMessage("assistant", [call])]))
    assert body["input"] == [{**CALL, "arguments": '{"cents":16}'}]


def test_edited_thoughts_lose_what_was_encrypted() -> None:
    thought = {"type": "reasoning", "id": "rs", "summary": [], "encrypted_content": "gAAA"}
    request = read(thought)
    assert again(request)["input"] == [thought]
    block = {**request.messages[0].content[0], "thinking": "pay"}
    body = again(replace(request, messages=[WireMessage("assistant", [block])]))
    summary = [{"type": "summary_text", "text": "pay"}]
    assert body["input"] == [{"type": "reasoning", "id": "rs", "summary": summary}]


def test_a_custom_tool_takes_a_text() -> None:
    tool = {"type": "custom", "name": "sql", "format": {"type": "text"}}
    call = {"type": "custom_tool_call", "call_id": "c1", "name": "sql", "input": "select 1"}
    request = read(call, tools=[tool])
    block = request.messages[0].content[0]
    assert block["input"] == {"input": "select 1"}
    assert request.tools[0]["input_schema"]["required"] == ["input"]
    result = {"type": "tool_result", "tool_use_id": "c1", "content": "1"}
    block = {**block, "input": {"input": "select 2"}}
    messages = [WireMessage("assistant", [block]), WireMessage("user", [result])]
    body = again(replace(request, messages=messages))
    assert body["input"] == [
        {**call, "input": "select 2"},
        {"type": "custom_tool_call_output", "call_id": "c1", "output": "1"},
    ]
    assert body["tools"] == [tool]


@given(orders())
def test_messages_written_here_and_read_back_say_the_same(
    turns: list[tuple[Any, list[dict[str, Any]]]],
) -> None:
    messages = [WireMessage(role, content) for role, content in turns]
    settings = {"max_tokens": 5, "tool_choice": {"type": "tool", "name": "pay"}, "stream": True}
    tool = {"name": "pay", "description": "Pay.", "input_schema": {"type": "object"}}
    system = [{"type": "text", "text": "you refund"}]
    request = WireRequest("m", messages, system, [tool], settings)
    back = CODEC.read_request(again(request))
    assert CODEC.unsaid(request) == []
    assert _bare([m.content for m in back.messages]) == [m.content for m in messages]
    assert _bare(back.system) == system
    assert (_bare(back.tools), back.settings, back.model) == ([tool], settings, "m")


def _bare(value: Any) -> Any:
    """The value without what a protocol keeps beside the form."""
    if isinstance(value, list):
        return [_bare(one) for one in value]
    if isinstance(value, dict) and ("type" in value or "input_schema" in value):
        kept = {k: v for k, v in value.items() if k != "rest"}
        return {k: _bare(v) if k == "content" else v for k, v in kept.items()}
    return value


def test_what_has_no_words_here_is_named_with_its_place() -> None:
    call = {"type": "tool_use", "id": "t", "name": "pay", "input": {}, "caller": {"type": "direct"}}
    result = {"type": "tool_result", "tool_use_id": "t", "content": "no", "is_error": True}
    cached = {"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}}
    thought = {"type": "thinking", "thinking": "hm", "signature": "EqQ"}
    search = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}
    request = WireRequest(
        "m",
        [
            WireMessage("user", [cached]),
            WireMessage("assistant", [thought, search, call]),
            WireMessage("user", [{**result, "rest": {"messages": {"fields": {"x": 1}}}}]),
        ],
        tools=[
            {"type": "web_search_20250305", "name": "web_search"},
            {"name": "pay", "input_schema": {"type": "object"}, "cache_control": {}},
        ],
        settings={"stop_sequences": ["."], "max_tokens": 5},
        rest={"messages": {"fields": {"top_k": 4}}},
    )
    assert CODEC.unsaid(request) == [
        "stop_sequences",
        "the request: top_k",
        "tools.0: a tool of another server",
        "tools.1: cache_control",
        "messages.0.content.0: cache_control",
        "messages.1.content.0: thinking has no place here",
        "messages.1.content.1: server_tool_use has no place here",
        "messages.1.content.2: caller",
        "messages.2.content.0: is_error",
        "messages.2.content.0: x",
    ]
    assert [item["type"] for item in again(request)["input"]] == [
        "message",
        "function_call",
        "function_call_output",
    ]
    tool = {"type": "function", "name": "pay", "parameters": {"type": "object"}, "strict": False}
    assert again(request)["tools"] == [tool]
