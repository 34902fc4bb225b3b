"""What is read of a recorded reply, whatever a server sent."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tooltrace.core.model import reply as r

PAY: dict[str, Any] = {"type": "tool_use", "id": "1", "name": "pay", "input": {"a": 1}}
THOUGHT = {"type": "thinking", "thinking": "hm", "signature": "s"}
REPLY: dict[str, Any] = {
    "content": [
        THOUGHT,
        {"type": "redacted_thinking", "data": "x"},
        {"type": "text", "text": "Paying."},
        PAY,
        {"type": "server_tool_use", "id": "2", "name": "search"},
        {"type": "text", "text": ""},
        {"type": "tool_use"},
        "odd",
    ],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 3},
}


def test_what_a_reply_says() -> None:
    assert r.text(REPLY) == ["Paying."]
    assert r.calls(REPLY) == [PAY, {"type": "tool_use"}]
    assert [r.tool_name(call) for call in r.calls(REPLY)] == ["pay", ""]
    assert [r.arguments(call) for call in r.calls(REPLY)] == [{"a": 1}, None]
    assert [r.call_at(REPLY, place) for place in (0, 2, -1)] == [PAY, None, None]
    assert len(r.thinking(REPLY)) == 2 and r.thinking(REPLY)[0] is THOUGHT
    assert (r.stop(REPLY), r.usage(REPLY)) == ("tool_use", {"input_tokens": 3})


def test_what_is_not_there_is_left_out() -> None:
    for nothing in (None, {}, {"content": "hi", "usage": 3, "stop_details": []}):
        assert (r.blocks(nothing), r.calls(nothing), r.text(nothing)) == ([], [], [])
        assert (r.thinking(nothing), r.usage(nothing), r.call_at(nothing, 0)) == ([], None, None)
    assert r.stop({}) is None and r.stop_details({"stop_details": []}) == {}


KEYS = st.sampled_from(["content", "type", "text", "name", "input", "usage", "stop_reason"])
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=9,
)


@given(st.dictionaries(KEYS, JSON))
def test_nothing_that_a_server_sends_is_too_odd(reply: dict[str, Any]) -> None:
    assert all(isinstance(one, str) for one in r.text(reply))
    assert [r.call_at(reply, at) for at in range(len(r.calls(reply)))] == r.calls(reply)
    assert isinstance(r.usage(reply), dict | None) and r.thinking(reply) is not None
