"""An attempt judges an answer by its codec: here one in Chat Completions, plain and streamed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.models.wire.streams import Manner, chunks, sse
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.ports import ModelAnswer
from tooltrace.models.live.attempt import Attempt
from tooltrace.models.wire.chat.codec import ChatCodec

CALL = {"id": "1", "type": "function", "function": {"name": "pay", "arguments": '{"a":1}'}}
MESSAGE = {"role": "assistant", "content": "Paying.", "tool_calls": [CALL]}
USAGE = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
REPLY: dict[str, Any] = {
    "id": "c-1",
    "choices": [{"index": 0, "message": MESSAGE, "finish_reason": "tool_calls"}],
    "usage": USAGE,
}
PAID = {"type": "tool_use", "id": "1", "name": "pay", "input": {"a": 1}}


def received(body: bytes, kind: str = "application/json") -> tuple[ModelAnswer, Attempt]:
    attempt = Attempt(lambda: 0.0, ChatCodec())
    attempt.where = "the server"
    attempt.asked = {"messages": [{"role": "user", "content": "pay"}]}
    attempt.answers(200, {"content-type": kind})
    for at in range(0, len(body), 7):
        if attempt.take(body[at : at + 7]):
            break
    return attempt.answer(), attempt


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (json.dumps(REPLY).encode(), "application/json"),
        (b"  \n" + json.dumps(REPLY).encode(), "text/event-stream"),
        (sse(chunks(REPLY, Manner())), "text/event-stream"),
        (sse(chunks(REPLY, Manner(done=False)), done=False), "application/json"),
    ],
)
def test_a_reply_in_chat_is_a_reply(body: bytes, kind: str) -> None:
    answer, attempt = received(body, kind)
    assert isinstance(answer, ModelReplied)
    assert answer.reply["content"] == [{"type": "text", "text": "Paying."}, PAID]
    assert answer.reply["usage"] == {"input_tokens": 9, "output_tokens": 3}
    assert (answer.raw or "").encode() == body[: len(answer.raw or "")]
    assert attempt.estimate(answer) is None


def twice(reply: dict[str, Any]) -> bytes:
    return json.dumps(reply).replace('"id": "1"', '"id": "1", "id": "2"').encode()


CUT = {**CALL, "function": {"name": "pay", "arguments": '{"a":'}}
HALF = {**REPLY, "choices": [{**REPLY["choices"][0], "message": {**MESSAGE, "tool_calls": [CUT]}}]}


@pytest.mark.parametrize(
    ("body", "kind", "said", "retryable"),
    [
        (b": hello\n\n: still here\n\n", "failed", "is empty: ask again", True),
        (json.dumps(HALF).encode(), "incomplete", "input of tool call pay is not an object", True),
        (sse(chunks(HALF, Manner())), "incomplete", "input of tool call pay is not an obj", True),
        (twice(REPLY), "incomplete", 'the key "id" is given twice', True),
        (json.dumps(REPLY).encode()[:-9], "incomplete", "Unterminated string", True),
        (b'{"choices": []}', "failed", "it has no list of choices", False),
        (b'{"error": {"message": "no", "code": "x"}}', "failed", "it is an error: x: no", False),
        (b'{"error": {"message": "busy", "code": 503}}', "failed", "it is an error: busy", True),
        (b"<html><title>no</title></html>", "failed", "Expecting value", False),
    ],
)
def test_what_is_no_whole_reply_in_chat(body: bytes, kind: str, said: str, retryable: bool) -> None:
    answer, _ = received(body)
    assert isinstance(answer, ModelFailed)
    assert (answer.kind, answer.retryable) == (kind, retryable)
    assert "the server" in answer.error and said in answer.error
    content = (answer.reply or {"content": []})["content"]
    texts = [block.get("partial_json") for block in content if block["type"] == "tool_use"]
    assert texts == (['{"a":'] if "pay" in said else [None] if "twice" in said else [])


def test_a_reply_that_counts_nothing_is_estimated() -> None:
    uncounted = {key: value for key, value in REPLY.items() if key != "usage"}
    answer, attempt = received(sse(chunks(uncounted, Manner())))
    assert isinstance(answer, ModelReplied)
    counted = attempt.estimate(answer)
    assert counted is not None and counted.keys() == {"input_tokens", "output_tokens"}
