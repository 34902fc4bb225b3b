"""What the server of Chat Completions refuses, each by its rule, and what it takes."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.loopback.asking import ask, client, refusal
from tests.loopback.chat import ChatLoopback, call, completion

PATH = "/v1/chat/completions"
USER = {"role": "user", "content": "pay"}
CALLING = {"role": "assistant", "content": None, "tool_calls": [call("c1", "pay", cents=1)]}
BOTH = {**CALLING, "tool_calls": [call("c1", "pay"), call("c2", "look")]}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "paid"}
SECOND = {**RESULT, "tool_call_id": "c2"}
TOOL = {"type": "function", "function": {"name": "pay", "parameters": {"type": "object"}}}


def body(*messages: Any, **fields: Any) -> dict[str, Any]:
    return {"model": "gpt-5.6", "messages": list(messages or [USER]), **fields}


def asked(sent: Any) -> tuple[ChatLoopback, httpx2.Response]:
    with ChatLoopback(completion("ok")) as server:
        return server, ask(server, PATH, sent)


@pytest.mark.parametrize(
    "sent",
    [
        body(),
        body(USER, CALLING, RESULT),
        body(USER, BOTH, SECOND, RESULT, USER),
        body(
            {"role": "developer", "content": "be brief"}, {"role": "system", "content": "x"}, USER
        ),
        body({"role": "user", "content": [{"type": "text", "text": "x"}, {"type": "image_url"}]}),
        body(USER, {"role": "assistant", "content": "hi"}, CALLING, RESULT),
        body(USER, CALLING, RESULT, CALLING, RESULT),
        body(tools=[TOOL], tool_choice="auto", parallel_tool_calls=False),
        body(tools=[{"type": "function", "function": {"name": "pay"}}]),
        body(stream=False, max_completion_tokens=5),
    ],
)
def test_what_the_api_takes_is_answered(sent: Any) -> None:
    server, answer = asked(sent)
    assert (answer.status_code, server.refused) == (200, [])
    assert answer.json()["choices"][0]["message"]["content"] == "ok"


BAD = "Invalid value: "
EMPTY = "empty array. Expected an array with minimum length 1, but got an empty array instead."
UNANSWERED = "An assistant message with 'tool_calls' must be followed by tool messages responding"
NO_CALL = "Invalid parameter: messages with role 'tool' must be a response to a preceeding message"
TWICE = "Invalid parameter: Duplicate value for 'tool_call_id' of 'c1', in "


def calling(**changed: Any) -> dict[str, Any]:
    """A message with a call of which these fields are others; None leaves one out."""
    one = {**call("c1", "pay"), **changed}
    kept = {key: value for key, value in one.items() if value is not None}
    return {**CALLING, "tool_calls": [kept]}


REFUSED = [
    (body(top_k=1), "Unrecognized request argument supplied: top_k", None),
    ({"messages": [USER]}, "you must provide a model parameter", None),
    ({"model": "gpt-5.6"}, "Missing required parameter: 'messages'.", "messages"),
    ({"model": "gpt-5.6", "messages": []}, f"Invalid 'messages': {EMPTY}", "messages"),
    ({"model": "gpt-5.6", "messages": "x"}, "Invalid type for 'messages': expected", "messages"),
    (body("x"), "Invalid type for 'messages[0]': expected an object, but got a", "messages[0]"),
    (
        body({"role": "critic", "content": "x"}),
        f"{BAD}'critic'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool' ",
        "messages[0].role",
    ),
    (
        body({"role": "user"}),
        "Invalid value for 'content': expected a string, got null.",
        "messages.[0].content",
    ),
    (
        body(USER, {"role": "assistant", "content": None}),
        "Invalid value for 'content': expected a string, got null.",
        "messages.[1].content",
    ),
    (
        body({"role": "user", "content": []}),
        f"Invalid 'messages[0].content': {EMPTY}",
        "messages[0].content",
    ),
    (body({"role": "user", "content": 7}), "Invalid type for 'messages[0].content'", None),
    (
        body({"role": "user", "content": [{"text": "x"}]}),
        "Missing required parameter: 'messages[0].content[0].type'.",
        "messages[0].content[0].type",
    ),
    (
        body({"role": "user", "content": [{"type": "input_text", "text": "x"}]}),
        f"{BAD}'input_text'. Supported values are: 'text', 'image_url', 'input_audio' and 'file'.",
        "messages[0].content[0]",
    ),
    (
        body({"role": "system", "content": [{"type": "image_url"}]}),
        f"{BAD}'image_url'. Supported values are: 'text'.",
        "messages[0].content[0]",
    ),
    (
        body(USER, {"role": "assistant", "content": "x", "tool_calls": []}),
        f"Invalid 'messages[1].tool_calls': {EMPTY}",
        "messages[1].tool_calls",
    ),
    (
        body(USER, calling(id=None)),
        "Missing required parameter: 'messages[1].tool_calls[0].id'.",
        "messages[1].tool_calls[0].id",
    ),
    (
        body(USER, calling(type=None)),
        "Missing required parameter: 'messages[1].tool_calls[0].type'.",
        "messages[1].tool_calls[0].type",
    ),
    (
        body(USER, calling(function={"name": "pay"})),
        "Missing required parameter: 'messages[1].tool_calls[0].function.arguments'.",
        "messages[1].tool_calls[0].function.arguments",
    ),
    (
        body(USER, calling(function={"name": "pay", "arguments": {}})),
        "Invalid type for 'messages[1].tool_calls[0].function.arguments': expected a string, but ",
        "messages[1].tool_calls[0].function.arguments",
    ),
    (body(USER, CALLING), UNANSWERED, "messages.[2].role"),
    (body(USER, CALLING, USER, RESULT), UNANSWERED, "messages.[2].role"),
    (body(USER, BOTH, SECOND, USER), UNANSWERED, "messages.[3].role"),
    (body(USER, RESULT), NO_CALL, "messages.[1].role"),
    (body(USER, CALLING, RESULT, USER, RESULT), NO_CALL, "messages.[4].role"),
    (
        body(USER, CALLING, {"role": "tool", "content": "x"}),
        "Missing required parameter: 'messages[2].tool_call_id'.",
        "messages[2].tool_call_id",
    ),
    (
        body(USER, CALLING, RESULT, RESULT),
        f"{TWICE}messages[2] and messages[3].",
        "messages.[3].tool_call_id",
    ),
    (
        body(USER, {**CALLING, "tool_calls": [call("c1", "pay")] * 2}, RESULT),
        f"{TWICE}messages[1].",
        "messages.[1].tool_calls",
    ),
    (body(tools=[]), f"Invalid 'tools': {EMPTY}", "tools"),
    (body(tools=["pay"]), "Invalid type for 'tools[0]': expected an object", "tools[0]"),
    (body(tools=[{"function": {}}]), "Missing required parameter: 'tools[0].type'.", None),
    (body(tools=[{"type": "mcp"}]), f"{BAD}'mcp'. Supported values are: 'function' and ", None),
    (
        body(tools=[{"type": "function", "name": "pay", "parameters": {"type": "object"}}]),
        "Missing required parameter: 'tools[0].function'.",
        "tools[0].function",
    ),
    (
        body(tools=[{"type": "function", "function": {}}]),
        "Missing required parameter: 'tools[0].function.name'.",
        "tools[0].function.name",
    ),
    (
        body(tools=[{"type": "function", "function": {"name": "pay me"}}]),
        "Invalid 'tools[0].function.name': string does not match pattern.",
        "tools[0].function.name",
    ),
    (
        body(tools=[{"type": "function", "function": {"name": "pay", "parameters": {}}}]),
        "Invalid schema for function 'pay'",
        "tools[0].function.parameters",
    ),
    (body(tool_choice="auto"), "'tool_choice' is only allowed when 'tools' are", "tool_choice"),
    (
        body(parallel_tool_calls=True),
        "'parallel_tool_calls' is only allowed when 'tools' are specified.",
        "parallel_tool_calls",
    ),
    (
        body(stream_options={"include_usage": True}),
        "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        "stream_options",
    ),
    (body(stream="yes"), "Invalid type for 'stream': expected a boolean", "stream"),
    (
        body(max_tokens=1, max_completion_tokens=1),
        "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
        "max_tokens",
    ),
]


@pytest.mark.parametrize(("sent", "said", "param"), REFUSED, ids=range(len(REFUSED)))
def test_what_the_api_refuses_is_refused(sent: Any, said: str, param: str | None) -> None:
    server, answer = asked(sent)
    told, about, _ = refusal(answer)
    assert answer.status_code == 400
    assert told.startswith(said)
    assert param is None or about == param
    assert server.refused == [told]


def test_a_model_that_is_not_there_is_not_found() -> None:
    _, answer = asked(body(model="gpt-0"))
    assert (answer.status_code, refusal(answer)[2]) == (404, "model_not_found")


def test_who_may_not_ask() -> None:
    with ChatLoopback(completion("ok")) as server:
        for headers in ({}, {"authorization": "Basic x"}, {"authorization": "Bearer x"}):
            with client(server, headers) as one:
                assert one.post(PATH, json=body()).status_code == 401
        assert ask(server, "/v1/responses", body()).status_code == 404
        with client(server) as one:
            assert one.post(PATH, content=b"{}").status_code == 400
            assert one.post(PATH, json=[1]).status_code == 400
        assert len(server.refused) == 6


def test_a_server_that_knows_no_key_takes_any() -> None:
    with (
        ChatLoopback(completion("ok"), key=None) as server,
        client(server, {"authorization": "Bearer x"}) as one,
    ):
        assert one.post(PATH, json=body()).status_code == 200


def test_a_policy_answers_what_it_is_asked() -> None:
    def pay_or_stop(asked: dict[str, Any]) -> Any:
        last = asked["messages"][-1]
        return completion("done") if last["role"] == "tool" else completion(None, call("c1", "pay"))

    with ChatLoopback(completion("first"), policy=pay_or_stop) as server:
        said = [ask(server, PATH, body(*sent)).json()["choices"][0] for sent in
                ([USER], [USER], [USER, CALLING, RESULT])]  # fmt: skip
    assert [choice["finish_reason"] for choice in said] == ["stop", "tool_calls", "stop"]
    assert [choice["message"]["content"] for choice in said] == ["first", None, "done"]
    assert len(server.bodies) == 3
