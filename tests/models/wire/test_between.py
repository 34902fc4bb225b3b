"""From one protocol to another: what both can say stays, and the rest is named."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tooltrace.models.wire.chat.codec import ChatCodec
from tooltrace.models.wire.form import WireMessage, WireRequest
from tooltrace.models.wire.messages.codec import MessagesCodec

CHAT, MESSAGES = ChatCodec(), MessagesCodec()
TEXT = st.text(min_size=1, max_size=6)

Body = dict[str, Any]


def block(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Body]:
    return st.fixed_dictionaries({"type": st.just(kind), **fields})


_SOURCE = block("url", url=st.just("https://a/b.png")) | block(
    "base64", media_type=st.just("image/png"), data=st.just("aGk=")
)
_TEXT = block("text", text=TEXT)
_RESULT = block("tool_result", tool_use_id=TEXT, content=TEXT | st.lists(_TEXT, max_size=2))
_INPUT = st.dictionaries(TEXT, st.none() | st.integers() | TEXT, max_size=2)
_CALL = block("tool_use", id=TEXT, name=TEXT, input=_INPUT)


@st.composite
def turns(draw: st.DrawFn) -> list[Body]:
    made: list[Body] = [{"role": "user", "content": draw(st.lists(_TEXT, min_size=1, max_size=2))}]
    for _ in range(draw(st.integers(0, 3))):
        said = draw(st.lists(_TEXT, max_size=2)) + draw(st.lists(_CALL, max_size=2))
        if said:
            made.append({"role": "assistant", "content": said})
            results = draw(st.lists(_RESULT, max_size=2))
            more = draw(st.lists(_TEXT | block("image", source=_SOURCE), max_size=2))
            made.append(
                {"role": "user", "content": results + more or [{"type": "text", "text": "?"}]}
            )
    return made


_TOOL = st.fixed_dictionaries(
    {"name": TEXT, "input_schema": st.just({"type": "object"})}, optional={"description": TEXT}
)
_CHOICE = block("auto") | block("any") | block("none") | block("tool", name=TEXT)
requests = st.fixed_dictionaries(
    {"model": TEXT, "messages": turns(), "max_tokens": st.integers(1, 9)},
    optional={
        "system": st.lists(_TEXT, min_size=1, max_size=2),
        "tools": st.lists(_TOOL, min_size=1, max_size=2),
        "tool_choice": _CHOICE,
        "stop_sequences": st.lists(TEXT, max_size=2),
        "temperature": st.floats(0, 1),
        "stream": st.booleans(),
    },
)


@given(requests)
def test_what_both_can_say_comes_back(body: Body) -> None:
    read = MESSAGES.read_request(body)
    assert CHAT.unsaid(read) == []
    said = CHAT.write_request(read)
    back = CHAT.read_request(said)
    assert MESSAGES.unsaid(back) == []
    assert MESSAGES.write_request(back) == body


@given(requests)
def test_a_request_of_ours_is_nothing_special_to_the_other(body: Body) -> None:
    said = CHAT.write_request(MESSAGES.read_request(body))
    assert CHAT.write_request(CHAT.read_request(said)) == said
    assert CHAT.read_request(said).rest.keys() <= {"chat"}


def test_what_chat_cannot_say_is_named_and_left_out() -> None:
    cached: Body = {"cache_control": {"type": "ephemeral"}}
    page: Body = {"type": "document", "source": {"type": "text", "data": "hi"}}
    request = WireRequest(
        "m",
        [
            WireMessage("user", [{"type": "text", "text": "hi", **cached}, page]),
            WireMessage(
                "assistant",
                [
                    {"type": "thinking", "thinking": "hm", "signature": "s"},
                    {"type": "tool_use", "id": "1", "name": "a", "input": {}},
                    {"type": "text", "text": "so"},
                ],
            ),
            WireMessage(
                "user",
                [
                    {
                        "type": "tool_result",
                        "tool_use_id": "1",
                        "content": [{"type": "image", "source": {"type": "url", "url": "u"}}],
                        "is_error": True,
                    }
                ],
            ),
            WireMessage("assistant", [{"type": "redacted_thinking", "data": "x"}]),
        ],
        tools=[{"type": "web_search_20250305", "name": "web_search"}],
        rest={"messages": {"fields": {"thinking": {"type": "adaptive"}}}},
    )
    assert CHAT.unsaid(request) == [
        "the request: thinking",
        "tools[0]: web_search_20250305",
        "messages[0].content[0]: cache_control",
        "messages[0].content[1]: document",
        "messages[1].content[0]: thinking",
        "messages[1]: the order of its blocks",
        "messages[2].content[0]: that it is an error",
        "messages[2].content[0].content[0]: image",
        "messages[3].content[0]: redacted_thinking",
    ]
    call = {"id": "1", "type": "function", "function": {"name": "a", "arguments": "{}"}}
    assert CHAT.write_request(request) == {
        "model": "m",
        "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "so", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "1", "content": []},
        ],
    }


def test_a_reply_goes_to_a_client_of_the_other_protocol() -> None:
    reply = MESSAGES.read_reply(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "s"},
                {"type": "text", "text": "Paying."},
                {"type": "tool_use", "id": "1", "name": "pay", "input": {"a": 1}},
            ],
            "stop_reason": "tool_use",
            "stop_sequence": None,
            "usage": {"input_tokens": 3, "cache_read_input_tokens": 4, "output_tokens": 5},
        }
    )
    call = {"id": "1", "type": "function", "function": {"name": "pay", "arguments": '{"a":1}'}}
    message = {
        "role": "assistant",
        "content": "Paying.",
        "reasoning_content": "hm",
        "tool_calls": [call],
    }
    told = CHAT.write_reply(reply)
    assert told["choices"] == [{"index": 0, "finish_reason": "tool_calls", "message": message}]
    assert told["usage"] == {
        "prompt_tokens": 7,
        "completion_tokens": 5,
        "total_tokens": 12,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    back = MESSAGES.write_reply(CHAT.read_reply(told))
    assert back["stop_reason"] == "tool_use" and back["usage"] == reply["usage"]
    assert back["content"] == reply["content"][1:]
