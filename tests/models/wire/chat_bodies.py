"""Bodies of Chat Completions with anything in them that nobody has heard of, for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.models.wire.bodies import JSON, TEXT, extended

__all__ = ["chat_reply", "chat_request"]

_URL = st.sampled_from(["https://a/b.png", "data:image/png;base64,aGk=", "data:,x", ""])
_ARGUMENTS = st.sampled_from(
    ["{}", '{"a":1}', '{ "a": 1.0 }', '{"a":1,"a":2}', "", "{", "[1]", "null", '{"é":"\\u00e9"}']
)
_PART = (
    extended({"type": st.just("text"), "text": TEXT})
    | extended({"type": st.just("refusal"), "refusal": TEXT})
    | extended({"type": st.just("image_url"), "image_url": extended({"url": _URL}) | JSON})
    | extended({"type": st.just("file"), "file": extended({"file_data": _URL}) | JSON})
    | extended({"type": st.just("input_audio")}, {"input_audio": JSON})
    | extended({})
)
_CONTENT = TEXT | st.lists(_PART, max_size=3)
_FUNCTION = extended({"name": TEXT, "arguments": _ARGUMENTS})
_CALL = (
    extended({"id": TEXT, "type": st.just("function"), "function": _FUNCTION})
    | extended({"type": st.just("custom"), "custom": extended({"name": TEXT, "input": TEXT})})
    | extended({}, {"function": JSON})
)
_ASSISTANT = extended(
    {"role": st.just("assistant")},
    {
        "content": st.none() | _CONTENT,
        "tool_calls": st.none() | st.lists(_CALL, max_size=3),
        "refusal": st.none() | TEXT,
        "reasoning_content": st.none() | TEXT,
        "reasoning": st.none() | TEXT,
        "function_call": st.none() | _FUNCTION,
    },
)
_MESSAGE = (
    _ASSISTANT
    | extended({"role": st.sampled_from(["system", "developer", "user"])}, {"content": _CONTENT})
    | extended(
        {"role": st.sampled_from(["tool", "tool", "function"])},
        {"tool_call_id": TEXT, "content": st.none() | _CONTENT},
    )
)
_TOOL = extended(
    {
        "type": st.just("function"),
        "function": extended(
            {"name": TEXT},
            {"description": TEXT, "parameters": JSON | st.just({}), "strict": st.booleans()},
        ),
    }
) | extended({"type": TEXT})
_CHOICE = st.sampled_from(["auto", "none", "required", "other", None]) | extended(
    {"type": st.just("function"), "function": extended({"name": TEXT})}
)

chat_request = extended(
    {"messages": st.lists(_MESSAGE, max_size=5)},
    {
        "model": TEXT,
        "tools": st.none() | st.lists(_TOOL, max_size=2),
        "tool_choice": _CHOICE,
        "parallel_tool_calls": st.booleans() | st.none(),
        "max_tokens": st.none() | st.integers(),
        "max_completion_tokens": st.none() | st.integers(),
        "stop": st.none() | TEXT | st.lists(TEXT, max_size=2),
        "temperature": st.none() | st.floats(0, 2),
        "stream": st.booleans(),
        "stream_options": JSON,
        "n": st.integers(1, 3),
    },
)
_USAGE = extended(
    {},
    {
        "prompt_tokens": st.integers(0, 9),
        "completion_tokens": st.integers(0, 9),
        "total_tokens": st.integers(0, 9),
        "prompt_tokens_details": st.none()
        | extended(
            {}, {"cached_tokens": st.integers(0, 9), "cache_write_tokens": st.integers(0, 9)}
        ),
        "completion_tokens_details": extended({}, {"reasoning_tokens": st.integers(0, 9)}),
    },
)
_REASON = st.sampled_from(
    ["stop", "length", "tool_calls", "content_filter", "function_call", "end_turn", "new", None]
)
_ONE = extended({"message": _ASSISTANT}, {"index": st.just(0), "finish_reason": _REASON})
chat_reply = extended(
    {"choices": st.lists(_ONE, min_size=1, max_size=2)},
    {
        "id": TEXT,
        "object": st.just("chat.completion"),
        "created": st.integers(),
        "model": TEXT,
        "usage": st.none() | _USAGE,
    },
)

Body = dict[str, Any]
