"""Public recordings of real clients and servers, where they are at hand: each is read and written
again without a difference."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tooltrace.models.wire.chat.codec import ChatCodec
from tooltrace.models.wire.messages.codec import MessagesCodec
from tooltrace.models.wire.responses.codec import ResponsesCodec
from tooltrace.models.wire.sse import EventStream

FOLDER = Path(__file__).parents[4] / "shared" / "data"
CHAT, MESSAGES, RESPONSES = ChatCodec(), MessagesCodec(), ResponsesCodec()
CHAT_ROLES = {"system", "developer", "user", "assistant", "tool"}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there are no recordings in {FOLDER}")


def values() -> Iterator[Any]:
    """Every JSON value in the recordings, also those inside strings of cassettes."""
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in {".json", ".traj"}:
            yield json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix == ".jsonl":
            yield from map(json.loads, filter(None, path.read_text(encoding="utf-8").split("\n")))


def inside(value: Any) -> Iterator[Any]:
    """The value and all values in it."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def chats(value: Any) -> Iterator[dict[str, Any]]:
    """Requests of Chat Completions, and lists of its messages as the requests they are of."""
    for one in inside(value):
        if isinstance(one, dict) and isinstance(one.get("messages"), list):
            listed = one["messages"]
        elif isinstance(one, list):
            listed, one = one, {"messages": one}
        else:
            continue
        if listed and all(_said(message, CHAT_ROLES) for message in listed):
            calls = [call for m in listed for call in m.get("tool_calls") or ()]
            if all(isinstance(call.get("function"), dict) for call in calls):
                yield one


def _said(message: Any, roles: set[str]) -> bool:
    return isinstance(message, dict) and message.get("role") in roles and "content" in message


def completions(value: Any) -> Iterator[dict[str, Any]]:
    for one in inside(value):
        choices = one.get("choices") if isinstance(one, dict) else None
        if choices and all(isinstance(choice, dict) and "message" in choice for choice in choices):
            yield one


def test_requests_in_chat_come_back_as_they_were() -> None:
    count = calls = 0
    for value in values():
        for body in chats(value):
            read = CHAT.read_request(body)
            assert CHAT.write_request(read) == body
            count += 1
            blocks = [block for message in read.messages for block in message.content]
            calls += sum(block.get("type") == "tool_use" and "input" in block for block in blocks)
    assert count > 50 and calls > 200


def test_completions_come_back_as_they_were() -> None:
    count = 0
    for value in values():
        for body in completions(value):
            assert CHAT.write_reply(CHAT.read_reply(body)) == body
            count += 1
    assert count > 10


def test_what_is_said_in_chat_can_be_said_in_messages() -> None:
    """No turn and no call is lost on the way to the other protocol, of real conversations."""
    count = 0
    for value in values():
        for body in chats(value):
            read = CHAT.read_request(body)
            again = MESSAGES.read_request(MESSAGES.write_request(read))
            assert [message.role for message in again.messages] == [m.role for m in read.messages]
            names = [
                [block["name"] for message in of for block in message.content if "name" in block]
                for of in (read.messages, again.messages)
            ]
            assert names[0] == names[1]
            count += len(names[0])
    assert count > 200


def test_messages_of_coding_sessions_come_back_as_they_were() -> None:
    requests = replies = 0
    for value in values():
        message: Any = value.get("message") if isinstance(value, dict) else None
        if not _said(message, {"user", "assistant"}) or not _blocks(message["content"]):
            continue
        body = {"messages": [message]}
        assert MESSAGES.write_request(MESSAGES.read_request(body)) == body
        requests += 1
        if message["role"] == "assistant" and isinstance(message["content"], list):
            assert MESSAGES.write_reply(MESSAGES.read_reply(message)) == message
            replies += 1
    assert requests > 300 and replies > 150


def _blocks(content: Any) -> bool:
    return isinstance(content, str) or all(isinstance(block, dict) for block in content)


def cassettes() -> Iterator[tuple[dict[str, Any], str | dict[str, Any]]]:
    """The requests and answers of the cassettes: a body, and a body or the text of a stream."""
    yaml: Any = pytest.importorskip("yaml", reason="cassettes are YAML, and no reader is installed")
    for path in sorted(FOLDER.rglob("cassettes/**/*.yaml")):
        for one in yaml.safe_load(path.read_text(encoding="utf-8"))["interactions"]:
            request, response = one["request"], one["response"]
            asked = request.get("parsed_body") or json.loads(request["body"])
            answer = response.get("parsed_body") or response["body"]["string"]
            yield asked, gzip.decompress(answer).decode() if isinstance(answer, bytes) else answer


def test_cassettes_come_back_as_they_were() -> None:
    streams = plain = 0
    for asked, answer in cassettes():
        assert MESSAGES.write_request(MESSAGES.read_request(asked)) == asked
        if isinstance(answer, str) and answer.startswith("event:"):
            taken, events = MESSAGES.stream(), EventStream()
            for name, data in events.feed(answer.encode()):
                taken.take(name, data)
            taken.end()
            assert taken.broken is None
            streams += 1
        else:
            body = json.loads(answer) if isinstance(answer, str) else answer
            reply = MESSAGES.read_reply(body)
            assert MESSAGES.write_reply(reply) == body
            told = CHAT.write_reply(reply)
            assert CHAT.write_reply(CHAT.read_reply(told)) == told
            plain += 1
    assert streams and plain


def test_items_of_agents_come_back_as_they_were() -> None:
    found = [
        one["raw_item"]
        for value in values()
        for one in inside(value)
        if isinstance(one, dict) and isinstance(one.get("raw_item"), dict)
    ]
    assert found
    read = RESPONSES.read_request({"input": found})
    assert RESPONSES.write_request(read)["input"] == found
    kinds = {block["type"] for message in read.messages for block in message.content}
    assert kinds == {"tool_use", "tool_result"}


def test_conversations_in_chat_can_be_said_in_responses() -> None:
    """No turn and no call is lost on the way to the other protocol, of real conversations."""
    count = 0
    for value in values():
        for body in chats(value):
            read = CHAT.read_request(body)
            again = RESPONSES.read_request(RESPONSES.write_request(read))
            names = [
                [block["name"] for message in of for block in message.content if "name" in block]
                for of in (read.messages, again.messages)
            ]
            assert names[0] == names[1]
            count += len(names[0])
    assert count > 200
