"""The openai SDK is recorded in both of its protocols; it is no dependency, and may be missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import tooltrace
from tests.client_recording.clients import conversation, imported, recorded, sent, told
from tests.loopback import chat, responses
from tests.loopback.openai_rules import KEY, openai_fault
from tests.loopback.steps import Step
from tooltrace.core.model.events import ModelFailed, ToolReturned, UserSaid

openai = pytest.importorskip("openai")

MODEL = "gpt-5.6"
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
ABOUT = {"name": "look", "description": "Looks.", "parameters": SCHEMA}
CHAT = (
    chat.completion("I look.", chat.call("t1", "look", a=1), chat.call("t2", "look", a=2)),
    chat.completion("Done."),
)
RESPONSES = (
    responses.response(
        responses.message("I look."),
        responses.function_call("t1", "look", a=1),
        responses.function_call("t2", "look", a=2),
    ),
    responses.response(responses.message("Done.")),
)


def client(server: Any, **more: Any) -> Any:
    """A client as somebody has it."""
    given = {"api_key": KEY, "base_url": f"{server.url}/v1", "max_retries": 0, **more}
    return openai.OpenAI(**given)


def chat_loop(asked: Any, way: str) -> list[Any]:
    messages: list[Any] = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "go"},
    ]
    replies = []
    while True:
        request: dict[str, Any] = {"model": MODEL, "messages": messages}
        request["tools"] = [{"type": "function", "function": ABOUT}]
        if way == "stream":
            with asked.chat.completions.stream(**request) as events:
                for _ in events:
                    pass
                answer = events.get_final_completion()
        else:
            answer = asked.chat.completions.create(**request)
        replies.append(answer)
        said = answer.choices[0].message
        if not said.tool_calls:
            return replies
        calls = [
            {
                "id": c.id,
                "type": "function",
                "function": {"name": c.function.name, "arguments": c.function.arguments},
            }
            for c in said.tool_calls
        ]
        messages.append({"role": "assistant", "content": said.content, "tool_calls": calls})
        for call in said.tool_calls:
            found = f"seen {json.loads(call.function.arguments)['a']}"
            messages.append({"role": "tool", "tool_call_id": call.id, "content": found})


def responses_loop(asked: Any, way: str) -> list[Any]:
    items: list[Any] = [{"role": "user", "content": "go"}]
    previous: dict[str, Any] = {}
    replies = []
    while True:
        request: dict[str, Any] = {"model": MODEL, "instructions": "Be brief.", "input": items}
        request |= {"tools": [{"type": "function", **ABOUT}], **previous}
        if way == "stream":
            with asked.responses.stream(**request) as events:
                answer = events.get_final_response()
        else:
            answer = asked.responses.create(**request)
        replies.append(answer)
        calls = [item for item in answer.output if item.type == "function_call"]
        if not calls:
            return replies
        found = [
            {
                "type": "function_call_output",
                "call_id": call.call_id,
                "output": f"seen {json.loads(call.arguments)['a']}",
            }
            for call in calls
        ]
        if way == "previous":
            previous = {"previous_response_id": answer.id}
            items = found
        else:
            items = [*items, *map(_echoed, answer.output), *found]


def _echoed(item: Any) -> dict[str, Any]:
    """An item as it is sent back: without what the SDK has added to it."""
    said = item.to_dict()
    said.pop("parsed_arguments", None)
    for part in said.get("content") or ():
        part.pop("parsed", None)
    made: dict[str, Any] = said
    return made


@pytest.mark.parametrize("way", ["plain", "stream"])
def test_chat_completions(tmp_path: Path, way: str) -> None:
    path = tmp_path / "x.jsonl"
    with chat.ChatLoopback(*CHAT, *CHAT) as server:
        with client(server) as plain:
            before = chat_loop(plain, way)
        with tooltrace.record(client(server), session=path) as watched:
            after = chat_loop(watched, way)
        assert server.refused == []
    assert [one.to_dict() for one in after] == [one.to_dict() for one in before]
    assert sent(server)[2:] == sent(server)[:2]
    check(path)
    if way == "plain":
        pairs = [
            (request.body, one.to_dict())
            for request, one in zip(server.requests[2:], after, strict=True)
        ]
        assert told(recorded(path)) == told(imported(tmp_path, pairs))


@pytest.mark.parametrize("way", ["plain", "stream", "previous"])
def test_the_responses_api(tmp_path: Path, way: str) -> None:
    path = tmp_path / "x.jsonl"
    with responses.ResponsesLoopback(*RESPONSES, *RESPONSES) as server:
        with client(server) as plain:
            before = responses_loop(plain, way)
        with tooltrace.record(client(server), session=path) as watched:
            after = responses_loop(watched, way)
        assert server.refused == []
    assert [one.to_dict() for one in after] == [one.to_dict() for one in before]
    assert sent(server)[2:] == sent(server)[:2]
    check(path)


def check(path: Path) -> None:
    """One run with what was said, and both results."""
    tree = conversation(path)
    (branch,) = tree.branches()
    on = [record.event for record in tree.path(branch.tip)]
    assert [event.text for event in on if isinstance(event, UserSaid)] == ["go"]
    found = [event.content for event in on if isinstance(event, ToolReturned)]
    assert found == ["seen 1", "seen 2"]
    flow = tree.snapshot_at(branch.tip).workflow
    said = flow.system or flow.system_blocks[0]["text"]
    assert said == "Be brief." and [tool.name for tool in flow.tools] == ["look"]


async def test_async_events_are_the_same(tmp_path: Path) -> None:
    async def events(asked: Any) -> list[Any]:
        go = [{"role": "user", "content": "go"}]
        stream = await asked.chat.completions.create(model=MODEL, messages=go, stream=True)
        return [event.to_dict() async for event in stream]

    path = tmp_path / "x.jsonl"
    with chat.ChatLoopback(CHAT[0], CHAT[0]) as server:
        given = {"api_key": KEY, "base_url": f"{server.url}/v1"}
        async with openai.AsyncOpenAI(**given) as plain:
            before = await events(plain)
        async with tooltrace.record(openai.AsyncOpenAI(**given), session=path) as watched:
            assert await events(watched) == before and len(before) > 3
    assert type(recorded(path)[-1].event).__name__ == "ModelReplied"


def test_its_errors_are_its_own(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    limit: Step = openai_fault(429, "slow down", kind="rate_limit_error")
    with (
        chat.ChatLoopback(limit) as server,
        tooltrace.record(client(server), session=path) as watched,
        pytest.raises(openai.RateLimitError),
    ):
        watched.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "go"}])
    failed = recorded(path)[-1].event
    assert isinstance(failed, ModelFailed) and "slow down" in failed.error
