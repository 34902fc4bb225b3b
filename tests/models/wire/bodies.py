"""Bodies of the Messages API with anything in them that nobody has heard of, for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

__all__ = ["JSON", "TEXT", "extended", "message", "messages_reply", "messages_request"]

TEXT = st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)
_ODD = st.sampled_from(["x", "rest", "fields", "cache_control", "index", "logprobs", "name", ""])

Body = dict[str, Any]


def extended(
    fields: dict[str, st.SearchStrategy[Any]],
    maybe: dict[str, st.SearchStrategy[Any]] | None = None,
) -> st.SearchStrategy[Body]:
    """Objects with these fields, some of those, and unknown ones in between."""
    known = st.fixed_dictionaries(fields, optional=maybe or {})
    more = st.dictionaries(_ODD, JSON, max_size=2)
    return st.builds(lambda a, b: {**b, **a}, known, more)


_SOURCE = st.fixed_dictionaries(
    {"type": st.just("base64"), "media_type": st.just("image/png"), "data": st.just("aGk=")}
)
_PLAIN = (
    extended({"type": st.just("text"), "text": TEXT})
    | extended({"type": st.just("image"), "source": _SOURCE | JSON})
    | extended({"type": st.just("document"), "source": _SOURCE | JSON})
)
_CALL = extended(
    {
        "type": st.just("tool_use"),
        "id": TEXT,
        "name": TEXT,
        "input": st.dictionaries(TEXT, JSON, max_size=2),
    }
)
_RESULT = extended(
    {"type": st.just("tool_result"), "tool_use_id": TEXT},
    {"content": TEXT | st.lists(_PLAIN, max_size=2), "is_error": st.booleans()},
)
_THOUGHT = extended({"type": st.just("thinking"), "thinking": TEXT}, {"signature": TEXT})
_OTHER = extended({"type": st.sampled_from(["server_tool_use", "compaction", "new"])})
_BLOCK = _PLAIN | _CALL | _RESULT | _THOUGHT | _OTHER

message = extended(
    {
        "role": st.sampled_from(["user", "assistant", "system"]),
        "content": TEXT | st.lists(_BLOCK, max_size=3),
    }
)
messages_request = extended(
    {"messages": st.lists(message, max_size=4)},
    {
        "model": TEXT,
        "system": TEXT | st.lists(_PLAIN, max_size=2),
        "tools": st.lists(
            extended({"name": TEXT, "input_schema": JSON}) | extended({"type": TEXT}), max_size=2
        ),
        "max_tokens": st.integers(),
        "stop_sequences": st.lists(TEXT, max_size=2),
        "tool_choice": extended({"type": st.sampled_from(["auto", "any", "none"])}),
        "temperature": st.none() | st.floats(0, 1),
        "stream": st.booleans(),
    },
)
messages_reply = extended(
    {
        "content": st.lists(_PLAIN | _CALL | _THOUGHT | _OTHER, max_size=3),
        "stop_reason": st.sampled_from(["end_turn", "tool_use", "max_tokens", "new", None]),
    },
    {"id": TEXT, "usage": extended({}, {"input_tokens": st.integers(0)})},
).filter(lambda reply: not reply.get("error"))
