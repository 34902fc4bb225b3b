"""What the server of the Responses API refuses, each by its rule, and what it takes."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.loopback.asking import ask, client, refusal
from tests.loopback.responses import ResponsesLoopback, function_call, message, response

PATH = "/v1/responses"
USER = {"role": "user", "content": "pay"}
CALL = {"type": "function_call", "call_id": "c1", "name": "pay", "arguments": "{}"}
RESULT = {"type": "function_call_output", "call_id": "c1", "output": "paid"}
TOOL = {"type": "function", "name": "pay", "parameters": {"type": "object"}, "strict": False}
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": []}
SAID = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "hi"}]}


def body(*items: Any, **fields: Any) -> dict[str, Any]:
    return {"model": "gpt-5.6", "input": list(items) or "pay", **fields}


def asked(sent: Any) -> tuple[ResponsesLoopback, httpx2.Response]:
    with ResponsesLoopback(response(message("ok"))) as server:
        return server, ask(server, PATH, sent)


@pytest.mark.parametrize(
    "sent",
    [
        body(),
        body(USER, CALL, RESULT),
        body(USER, CALL, {**CALL, "call_id": "c2"}, {**RESULT, "call_id": "c2"}, RESULT),
        body(USER, CALL, SAID, RESULT),
        body(USER, THOUGHT, CALL, RESULT),
        body(USER, THOUGHT, {**SAID, "id": "msg_1"}),
        body(USER, {"type": "reasoning", "summary": [], "encrypted_content": "gAAA"}, SAID, USER),
        body({"role": "developer", "content": [{"type": "input_text", "text": "be brief"}]}),
        body({"role": "user", "content": [{"type": "input_image", "image_url": "https://a"}]}),
        body(tools=[TOOL, {"type": "web_search"}], tool_choice={"type": "function", "name": "pay"}),
        body(tools=[], max_output_tokens=16, stream=False, store=False),
        body(tools=[{**TOOL, "parameters": None}]),
        {"model": "gpt-5.6", "prompt": {"id": "p"}},
    ],
)
def test_what_the_api_takes_is_answered(sent: Any) -> None:
    server, answer = asked(sent)
    assert (answer.status_code, server.refused) == (200, [])
    assert answer.json()["output"] == [message("ok")]


BAD = "Invalid value: "
REFUSED = [
    (body(hologram=1), "Unknown parameter: 'hologram'.", "hologram"),
    ({"input": "pay"}, "Missing required parameter: 'model'.", "model"),
    ({"model": "gpt-5.6"}, "Missing required parameter: 'input'.", "input"),
    ({"model": "gpt-5.6", "input": 7}, "Invalid type for 'input': expected one of", "input"),
    ({"model": "gpt-5.6", "input": []}, "Invalid 'input': empty array.", "input"),
    (body(max_output_tokens=1), "Invalid 'max_output_tokens': integer below", "max_output_tokens"),
    (body(stream="yes"), "Invalid type for 'stream': expected a boolean, but got", "stream"),
    (body("pay"), "Invalid type for 'input[0]': expected an object, but got a string", "input[0]"),
    (body({"content": "x"}), "Missing required parameter: 'input[0].type'.", "input[0].type"),
    (body({"type": "glow"}), f"{BAD}'glow'. Supported values are: 'message', ", "input[0]"),
    (
        body({"role": "tool", "content": "x"}),
        f"{BAD}'tool'. Supported values are: 'assistant', 'system', 'developer' and 'user'.",
        "input[0].role",
    ),
    (body({"role": "user"}), "Missing required parameter: 'input[0].content'.", "input[0].content"),
    (
        body({"role": "user", "content": None}),
        "Invalid type for 'input[0].content': expected one of an array of objects or string",
        "input[0].content",
    ),
    (
        body({**USER, "name": "x"}),
        "Unknown parameter: 'input[0].name'.",
        "input[0].name",
    ),
    (
        body({"role": "user", "content": [{"type": "output_text", "text": "x"}]}),
        f"{BAD}'output_text'. Supported values are: 'input_text', 'input_image' and 'input_file'.",
        "input[0].content[0]",
    ),
    (
        body({"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}),
        f"{BAD}'input_text'. Supported values are: 'output_text' and 'refusal'.",
        "input[0].content[0]",
    ),
    (
        body({"role": "user", "content": [{"text": "x"}]}),
        "Missing required parameter: 'input[0].content[0].type'.",
        "input[0].content[0].type",
    ),
    (
        body({"role": "user", "content": [{"type": "input_text"}]}),
        "Missing required parameter: 'input[0].content[0].text'.",
        "input[0].content[0].text",
    ),
    (
        body({"role": "user", "content": ["x"]}),
        "Invalid type for 'input[0].content[0]': expected an object, but got a string",
        "input[0].content[0]",
    ),
    (
        body(USER, {key: value for key, value in CALL.items() if key != "call_id"}, RESULT),
        "Missing required parameter: 'input[1].call_id'.",
        "input[1].call_id",
    ),
    (
        body(USER, {**CALL, "arguments": {}}, RESULT),
        "Invalid type for 'input[1].arguments': expected a string, but got an object instead.",
        "input[1].arguments",
    ),
    (
        body(USER, {**CALL, "parsed": {}}, RESULT),
        "Unknown parameter: 'input[1].parsed'.",
        "input[1].parsed",
    ),
    (
        body(USER, CALL, {**RESULT, "output": [{"type": "text", "text": "x"}]}),
        f"{BAD}'text'. Supported values are: 'input_text', ",
        "input[2].output[0]",
    ),
    (body(USER, CALL), "No tool output found for function call c1.", "input"),
    (
        body(USER, {"type": "custom_tool_call", "call_id": "c", "name": "s", "input": ""}),
        "No tool output found for custom tool call c.",
        "input",
    ),
    (body(USER, RESULT), "No tool call found for function call output with call_id c1.", "input"),
    (
        body(USER, RESULT, CALL),
        "No tool call found for function call output with call_id c1.",
        "input",
    ),
    (body(USER, CALL, RESULT, RESULT), "Duplicate function_call_output for call_id 'c1'.", "input"),
    (body(USER, CALL, RESULT, CALL), "Duplicate function_call for call_id 'c1'.", "input"),
    (
        body(USER, {**SAID, "id": "m"}, {**SAID, "id": "m"}),
        "Duplicate item found with id m. Remove duplicate items",
        "input",
    ),
    (
        body(USER, THOUGHT, USER),
        "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
        "input",
    ),
    (body(USER, THOUGHT, SAID), "Item 'rs_1' of type 'reasoning' was provided", "input"),
    (body(USER, THOUGHT), "Item 'rs_1' of type 'reasoning' was provided", "input"),
    (body(tools=["pay"]), "Invalid type for 'tools[0]': expected an object", "tools[0]"),
    (
        body(tools=[{"name": "pay"}]),
        "Missing required parameter: 'tools[0].type'.",
        "tools[0].type",
    ),
    (body(tools=[{"type": "glow"}]), f"{BAD}'glow'. Supported values are: ", "tools[0].type"),
    (
        body(tools=[{"type": "function", "function": TOOL}]),
        "Missing required parameter: 'tools[0].name'.",
        "tools[0].name",
    ),
    (
        body(tools=[{**TOOL, "name": "pay me"}]),
        "Invalid 'tools[0].name': string does not match pattern.",
        "tools[0].name",
    ),
    (
        body(tools=[{**TOOL, "parameters": {"type": "string"}}]),
        "Invalid schema for function 'pay'",
        "tools[0].parameters",
    ),
    (body(tool_choice="any"), f"{BAD}'any'. Supported values are: 'none', ", "tool_choice"),
    (
        body(tools=[TOOL], tool_choice={"type": "function", "name": "x"}),
        "Tool choice 'function' not found in 'tools' parameter.",
        "tool_choice",
    ),
    (body(previous_response_id="resp_x"), "Previous response with id 'resp_x' not found.",
     "previous_response_id"),
    (body(model="gpt-0"), "The requested model 'gpt-0' does not exist.", "model"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "said", "param"), REFUSED, ids=range(len(REFUSED)))
def test_what_the_api_refuses_is_refused(sent: Any, said: str, param: str) -> None:
    server, answer = asked(sent)
    told, about, _ = refusal(answer)
    assert answer.status_code == 400
    assert told.startswith(said)
    assert (about, server.refused) == (param, [told])


def test_a_refusal_takes_no_step_of_the_script() -> None:
    with ResponsesLoopback(response(message("ok"))) as server:
        assert ask(server, PATH, {}).status_code == 400
        assert ask(server, PATH, body()).status_code == 200
        assert ask(server, PATH, body()).json()["error"]["message"] == "the script is over"


def test_who_may_not_ask() -> None:
    with ResponsesLoopback(response(message("ok"))) as server:
        for headers in ({}, {"authorization": "Basic x"}, {"authorization": "Bearer x"}):
            with client(server, headers) as one:
                assert one.post(PATH, json=body()).status_code == 401
        assert ask(server, "/v1/messages", body()).status_code == 404
        with client(server) as one:
            assert one.post(PATH, content=b"{}").status_code == 400
            headers = {"content-type": "application/json"}
            assert one.post(PATH, content=b"{", headers=headers).status_code == 400
            assert one.post(PATH, json=[1]).status_code == 400
        assert len(server.refused) == 7


def test_a_request_goes_on_from_a_response_whose_calls_are_open() -> None:
    paying = response(function_call("c1", "pay"), fields={"id": "resp_1"})
    with ResponsesLoopback(paying, policy=lambda _: response(message("done"))) as server:
        ask(server, PATH, body())
        left = ask(server, PATH, body(previous_response_id="resp_1"))
        answered = ask(server, PATH, body(RESULT, previous_response_id="resp_1"))
        forgotten = ask(server, PATH, body(RESULT))
    assert refusal(left)[0] == "No tool output found for function call c1."
    assert answered.json()["output"] == [message("done")]
    assert refusal(forgotten)[0].startswith("No tool call found")


def test_what_is_not_stored_is_not_gone_on_from() -> None:
    kept = response(message("ok"), fields={"id": "resp_1"})
    with ResponsesLoopback(kept, kept) as server:
        ask(server, PATH, body(store=False))
        answer = ask(server, PATH, body(previous_response_id="resp_1"))
    assert refusal(answer)[2] == "previous_response_not_found"
