"""Bodies of the Responses API to draw from, each with fields that nobody knows."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

__all__ = ["JSON", "ORDERS", "anything", "bodies", "items", "orders", "outputs", "responses"]

WORDS = st.text(max_size=8)
ANY_NUMBER = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | ANY_NUMBER | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
UNKNOWN = st.dictionaries(
    st.sampled_from(["rest", "fields", "responses", "phase", "namespace", "x"]), JSON, max_size=2
)
STATUS = st.sampled_from(["completed", "incomplete", "in_progress"])
ARGUMENTS = st.one_of(
    st.dictionaries(WORDS, JSON, max_size=3).map(json.dumps),
    st.dictionaries(WORDS, JSON, max_size=3).map(lambda v: json.dumps(v, separators=(",", ":"))),
    st.sampled_from(["", "{", "[1]", '{"a":1,"a":2}', '{"a": 1e400}', "\ud800", "null", " {} "]),
)


def shaped(required: dict[str, Any], optional: dict[str, Any] | None = None) -> Any:
    """An object with these fields, perhaps these, and some that nobody knows."""
    known = st.fixed_dictionaries(required, optional=optional or {})
    return st.builds(lambda more, fields: {**more, **fields}, UNKNOWN, known)


def one(*words: str) -> Any:
    """One of these words."""
    return st.sampled_from(words)


IMAGE_URL = one("data:image/png;base64,aGk=", "https://example.org/a.png", "data:,hi", "")
GIVEN_PARTS = st.one_of(
    shaped({"type": one("input_text"), "text": WORDS}),
    shaped(
        {"type": one("input_image")},
        {"image_url": IMAGE_URL | st.none(), "file_id": WORDS | st.none(), "detail": WORDS},
    ),
    shaped(
        {"type": one("input_file")},
        {"file_data": IMAGE_URL, "file_url": WORDS, "file_id": WORDS, "filename": WORDS},
    ),
)
SAID_PARTS = st.one_of(
    shaped(
        {"type": one("output_text"), "text": WORDS},
        {"annotations": st.lists(JSON, max_size=2), "logprobs": JSON},
    ),
    shaped({"type": one("refusal"), "refusal": WORDS}),
)
ODD = JSON | st.fixed_dictionaries(
    {"type": one("text", "tool_use", "image", "message", "refusal", "input_text", "")}
)

GIVEN_MESSAGES = shaped(
    {
        "role": one("user", "system", "developer", "critic"),
        "content": WORDS | st.lists(GIVEN_PARTS | ODD, max_size=3),
    },
    {"type": one("message"), "id": WORDS, "status": STATUS},
)
SAID_MESSAGES = shaped(
    {"role": one("assistant"), "content": WORDS | st.lists(SAID_PARTS | ODD, max_size=3)},
    {"type": one("message"), "id": WORDS, "status": STATUS},
)
CALLS = shaped(
    {"type": one("function_call"), "call_id": WORDS, "name": WORDS, "arguments": ARGUMENTS},
    {"id": WORDS, "status": STATUS},
)
CUSTOM_CALLS = shaped(
    {"type": one("custom_tool_call"), "call_id": WORDS, "name": WORDS, "input": WORDS},
    {"id": WORDS, "status": STATUS},
)
OUTPUTS = shaped(
    {
        "type": one("function_call_output", "custom_tool_call_output"),
        "call_id": WORDS | st.none(),
        "output": WORDS | st.lists(GIVEN_PARTS | ODD, max_size=2) | st.none(),
    },
    {"id": WORDS, "status": STATUS},
)
REASONING = shaped(
    {
        "type": one("reasoning"),
        "summary": st.lists(
            shaped({"type": one("summary_text"), "text": WORDS}) | JSON, max_size=2
        ),
    },
    {"id": WORDS, "content": JSON, "encrypted_content": WORDS | st.none(), "status": STATUS},
)
BUILT_IN = shaped(
    {
        "type": one("web_search_call", "code_interpreter_call", "mcp_call", "computer_call")
        | one("computer_call_output", "item_reference", "mcp_list_tools", "compaction", "later")
    },
    {"id": WORDS, "status": WORDS, "action": JSON},
)
items = st.one_of(
    GIVEN_MESSAGES, SAID_MESSAGES, CALLS, CUSTOM_CALLS, OUTPUTS, REASONING, BUILT_IN, ODD
)
outputs = st.one_of(SAID_MESSAGES, CALLS, CUSTOM_CALLS, REASONING, BUILT_IN, ODD)

TOOLS = st.one_of(
    shaped(
        {"type": one("function"), "name": WORDS},
        {
            "description": WORDS | st.none(),
            "parameters": st.none() | st.dictionaries(WORDS, JSON, max_size=2),
            "strict": st.none() | st.booleans(),
        },
    ),
    shaped({"type": one("custom"), "name": WORDS}, {"description": WORDS, "format": JSON}),
    shaped({"type": one("web_search", "mcp", "code_interpreter"), "x": JSON}),
    ODD,
)
CHOICES = one("auto", "required", "none", "later") | shaped(
    {"type": one("function", "custom", "mcp", "allowed_tools")}, {"name": WORDS}
)
bodies = shaped(
    {"model": WORDS},
    {
        "input": WORDS | st.none() | st.lists(items, max_size=5),
        "instructions": WORDS | JSON,
        "tools": st.none() | st.lists(TOOLS, max_size=3),
        "tool_choice": CHOICES | JSON,
        "parallel_tool_calls": st.none() | st.booleans(),
        "max_output_tokens": st.integers() | JSON,
        "temperature": st.floats(0, 2),
        "top_p": st.none() | st.floats(0, 1),
        "stream": st.none() | st.booleans(),
        "reasoning": JSON,
        "text": JSON,
        "include": JSON,
        "store": JSON,
        "previous_response_id": JSON,
        "conversation": JSON,
        "metadata": JSON,
        "prompt_cache_key": JSON,
        "service_tier": JSON,
        "truncation": JSON,
    },
)

COUNTS = st.integers(-3, 9) | st.none()
USAGE = shaped(
    {"input_tokens": COUNTS, "output_tokens": COUNTS},
    {
        "input_tokens_details": st.none()
        | shaped({"cached_tokens": COUNTS}, {"cache_write_tokens": COUNTS}),
        "output_tokens_details": st.none() | shaped({"reasoning_tokens": COUNTS}),
        "total_tokens": COUNTS,
    },
)
responses = shaped(
    {"output": st.lists(outputs, max_size=4)},
    {
        "id": JSON,
        "object": one("response"),
        "created_at": ANY_NUMBER,
        "status": one("completed", "incomplete", "failed", "in_progress", "queued", "x")
        | st.none(),
        "incomplete_details": JSON
        | shaped({"reason": one("max_output_tokens", "content_filter", "steered")}),
        "error": JSON,
        "model": JSON,
        "usage": USAGE | JSON,
        "tools": JSON,
    },
)

anything = JSON
TEXT_BLOCK = st.fixed_dictionaries({"type": one("text"), "text": WORDS})
CALL_BLOCK = st.fixed_dictionaries(
    {
        "type": one("tool_use"),
        "id": one("a", "b"),
        "name": one("pay", "look"),
        "input": st.dictionaries(WORDS, JSON, max_size=2),
    }
)
PICTURE = st.just(
    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}}
)
RESULT_BLOCK = st.fixed_dictionaries(
    {
        "type": one("tool_result"),
        "tool_use_id": one("a", "b"),
        "content": WORDS | st.lists(TEXT_BLOCK | PICTURE, max_size=2),
    }
)
ORDERS = {
    "user": st.lists(TEXT_BLOCK | PICTURE | RESULT_BLOCK, min_size=1, max_size=3),
    "assistant": st.lists(TEXT_BLOCK | CALL_BLOCK, min_size=1, max_size=3),
}


@st.composite
def orders(draw: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """Messages by turns, as the Messages API has them."""
    count = draw(st.integers(1, 4))
    roles = ["user", "assistant"] * count
    return [(role, draw(ORDERS[role])) for role in roles[:count]]
