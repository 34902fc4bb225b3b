"""Whatever comes, each codec reads it or says in a ValueError why not; no stream ever raises."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tooltrace.models.wire.chat.codec import ChatCodec
from tooltrace.models.wire.form import Codec
from tooltrace.models.wire.messages.codec import MessagesCodec
from tooltrace.models.wire.responses.codec import ResponsesCodec

CODECS: list[Codec] = [MessagesCodec(), ChatCodec(), ResponsesCodec()]

_WORDS = (
    st.sampled_from(["assistant", "user", "tool", "system", "text", "tool_use", "function"])
    | st.sampled_from(["function_call", "function_call_output", "reasoning", "message", "custom"])
    | st.sampled_from(["output_text", "refusal", "input_image", "stop", "error", "", "a"])
)
_KEYS = (
    st.sampled_from(["messages", "role", "content", "type", "text", "tool_calls", "function"])
    | st.sampled_from(["arguments", "name", "id", "index", "choices", "message", "delta", "code"])
    | st.sampled_from(["finish_reason", "usage", "error", "tools", "system", "tool_choice", "stop"])
    | st.sampled_from(["reasoning", "custom", "image_url", "file", "detail", "prompt_tokens"])
    | st.sampled_from(["prompt_tokens_details", "content_block", "stop_reason", "rest", "object"])
    | st.sampled_from(["input", "output", "call_id", "instructions", "summary", "parameters"])
    | st.sampled_from(["response", "item", "part", "output_index", "item_id", "status"])
)
_EVENTS = st.sampled_from(["created", "output_item.added", "output_item.done", "completed", "new"])
_EVENTS |= st.sampled_from(["content_part.added", "output_text.delta", "output_text.done"])
_EVENTS |= st.sampled_from(["function_call_arguments.delta", "incomplete", "failed"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=14,
)
_MESSAGES = st.lists(st.dictionaries(_KEYS, _JSON, max_size=4).map(lambda m: {"role": "user", **m}))


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
@given(body=st.builds(lambda a, b: {"messages": b, "input": b, **a},
                      st.dictionaries(_KEYS, _JSON), _MESSAGES))  # fmt: skip
def test_odd_requests(codec: Codec, body: dict[str, Any]) -> None:
    with suppress(ValueError):
        read = codec.read_request(body)
        assert codec.write_request(read) == body
        for other in CODECS:
            other.unsaid(read)
            other.write_request(read)


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
@given(body=_JSON | st.builds(lambda a, b: {"choices": [{"message": a}], "output": [a], **b},
                              st.dictionaries(_KEYS, _JSON), st.dictionaries(_KEYS, _JSON)),
       status=st.sampled_from([200, 400, 500]))  # fmt: skip
def test_odd_replies(codec: Codec, body: Any, status: int) -> None:
    error = codec.read_error(status, body)
    assert error is None or (isinstance(error.message, str) and isinstance(error.kind, str))
    with suppress(ValueError):
        read = codec.read_reply(body)
        assert codec.write_reply(read) == body
        for other in CODECS:
            other.write_reply(read)


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
@given(events=st.lists(_JSON | st.dictionaries(_KEYS, _JSON)
                       | st.builds(lambda d, r: {"choices": [{"delta": d, "finish_reason": r}]},
                                   st.dictionaries(_KEYS, _JSON), st.none() | _WORDS)
                       | st.builds(lambda kind, item, more: {"type": f"response.{kind}",
                                   "item": item, "response": item, "output_index": 0,
                                   "delta": "a", "content_index": 0, **more}, _EVENTS,
                                   st.dictionaries(_KEYS, _JSON), st.dictionaries(_KEYS, _JSON)),
                       max_size=5),
       name=st.sampled_from(["", "error", "message_start"]))  # fmt: skip
def test_odd_streams(codec: Codec, events: list[Any], name: str) -> None:
    stream = codec.stream(lambda delta: None)
    for event in events:
        stream.take(name, json.dumps(event).encode())
        stream.message()
    stream.end()
    assert stream.over
    assert stream.broken is not None or stream.message() is not None
