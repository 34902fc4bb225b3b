"""A streamed completion reads as the completion, however it is cut; half of one never runs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.models.wire.streams import Manner, chunks, sse
from tooltrace.core.model.ports import Delta, OnDelta
from tooltrace.models.wire.chat.codec import ChatCodec
from tooltrace.models.wire.chat.stream import ChatStream
from tooltrace.models.wire.sse import EventStream

CODEC = ChatCodec()
TEXT = st.text(max_size=9)
NAMES = st.sampled_from(["pay", "look_up"])
ARGUMENTS = st.sampled_from(["{}", '{"a": 1}', '{"to":"Zo\\u00eb","big":1180591620717411303424}'])

Body = dict[str, Any]


def called(ident: str, name: str, arguments: str, **more: Any) -> Body:
    function = {"name": name, "arguments": arguments}
    return {"id": ident, "type": "function", "function": function, **more}


@st.composite
def completions(draw: st.DrawFn) -> Body:
    calls = [
        called(
            f"call_{index}", draw(NAMES), draw(ARGUMENTS), **draw(st.sampled_from([{}, {"x": 1}]))
        )
        for index in range(draw(st.integers(0, 3)))
    ]
    message: Body = {"role": "assistant", "content": draw(TEXT) or None}
    if calls:
        message["tool_calls"] = calls
    if thought := draw(TEXT):
        message[draw(st.sampled_from(["reasoning", "reasoning_content"]))] = thought
    message |= draw(st.sampled_from([{}, {"annotations": [{"url": 1}]}]))
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}
    choice |= draw(st.sampled_from([{}, {"logprobs": {"content": [1]}}]))
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
    told = {"usage": usage} if draw(st.booleans()) else {}
    return {"id": "c-1", "model": "m", "created": 7, "choices": [choice], **told}


manners = st.builds(
    Manner, st.integers(1, 9), st.booleans(), st.booleans(), st.booleans(), st.booleans()
)


def streamed(body: bytes, size: int = 1 << 20, heard: OnDelta | None = None) -> ChatStream:
    stream, taken = EventStream(), CODEC.stream(heard)
    for at in range(0, len(body), size):
        for name, data in stream.feed(body[at : at + size]):
            taken.take(name, data)
    taken.end()
    return taken


def plain(reply: Body | None) -> Body:
    """A reply without what only says how it was spelled."""
    assert reply is not None
    content = [{k: v for k, v in block.items() if k != "rest"} for block in reply["content"]]
    return {k: v for k, v in {**reply, "content": content}.items() if k != "rest"}


def given_fields(reply: Body | None) -> list[Any]:
    """What a reply has in no other protocol."""
    assert reply is not None
    kept = reply.get("rest", {}).get("chat", {})
    parts = [kept.get("fields"), *(kept.get(of, {}).get("fields") for of in ("choice", "message"))]
    blocks = [block.get("rest", {}).get("chat", {}).get("fields") for block in reply["content"]]
    return [*parts, *blocks]


@given(completions(), manners, st.integers(1, 99))
def test_a_stream_reads_as_the_reply(reply: Body, manner: Manner, size: int) -> None:
    heard: list[Delta] = []
    taken = streamed(sse(chunks(reply, manner), manner.done), size, heard.append)
    whole = CODEC.read_reply(reply)
    assert taken.broken is None and taken.over and not taken.idle
    assert plain(taken.message()) == plain(whole)
    assert given_fields(taken.message()) == given_fields(whole)
    assert taken.counted == ("usage" in reply)
    message = reply["choices"][0]["message"]
    said = {kind: "".join(d.text for d in heard if d.kind == kind) for kind in ("text", "input")}
    assert said["text"] == (message["content"] or "")
    calls = message.get("tool_calls", [])
    assert said["input"] == "".join(call["function"]["arguments"] for call in calls)
    begun = [d.name for d in heard if d.kind == "input" and not d.text]
    assert begun == [call["function"]["name"] for call in calls]


@given(completions(), manners, st.data())
def test_a_stream_cut_anywhere_has_no_call_of_half_a_reply(
    reply: Body, manner: Manner, data: st.DataObject
) -> None:
    body = sse(chunks(reply, manner), manner.done)
    taken = streamed(body[: data.draw(st.integers(0, len(body) - 1))])
    part = taken.message()
    if taken.broken is None:
        # Only what is counted, and the mark of the end, may be missing.
        assert plain(part)["content"] == plain(CODEC.read_reply(reply))["content"]
    elif part is not None:
        assert not any("input" in block for block in part["content"])


def test_every_cut_of_a_call() -> None:
    call = called("1", "pay", '{"to": "Zoë"}')
    message = {"role": "assistant", "content": "Paying.", "tool_calls": [call]}
    reply = {"choices": [{"message": message, "finish_reason": "tool_calls"}]}
    body = sse(chunks(reply, Manner()))
    ends = body.index(b'"tool_calls"}]}\n\n') + len(b'"tool_calls"}]}\n\n')
    for cut in range(len(body)):
        taken = streamed(body[:cut])
        assert (taken.broken is None) == (cut >= ends), cut


def delta(*calls: Body, finish: str | None = None, **more: Any) -> Body:
    made = {"tool_calls": list(calls)} if calls else {}
    return {"choices": [{"index": 0, "delta": {**made, **more}, "finish_reason": finish}]}


def piece(text: str, name: str | None = None, **more: Any) -> Body:
    return {**more, "function": {"arguments": text, **({"name": name} if name else {})}}


@pytest.mark.parametrize(
    ("deltas", "calls"),
    [
        # No index, and id and name come once.
        ([piece("{", "a", id="1"), piece("}"), piece("{}", "b", id="2")], ["a", "b"]),
        # No index and no id: a name begins a call.
        ([piece("{}", "a"), piece("{}", "b")], ["a", "b"]),
        # The same index for all.
        ([piece("{}", "a", id="1", index=0), piece("{}", "a", id="2", index=0)], ["a", "a"]),
        # Another id in each delta.
        ([piece("{", "a", id="1", index=0), piece("}", id="2", index=0)], ["a"]),
        # The name comes late, the index is not in order.
        (
            [piece("{}", id="1", index=4), piece("", "a", index=4), piece("{}", "b", index=2)],
            ["a", "b"],
        ),
        # Arguments that are an object already.
        ([{"function": {"name": "a", "arguments": {}}}], ["a"]),
    ],
)
def test_servers_number_calls_as_they_like(deltas: list[Body], calls: list[str]) -> None:
    taken = streamed(sse([*map(delta, deltas), delta(finish="tool_calls")]))
    assert taken.broken is None
    content = (taken.message() or {})["content"]
    assert [block["name"] for block in content] == calls
    assert all(block["input"] == {} for block in content)


@pytest.mark.parametrize(
    ("events", "why", "retryable"),
    [
        ([], "the stream ended before the reply did", True),
        ([delta(content="hi")], "the stream ended before the reply did", True),
        ([delta(content="hi", finish="")], "the stream ended before the reply did", True),
        (["{"], "event 1 is not valid JSON: Expecting", True),
        (["[]"], "event 1 is not an object", True),
        ([{"choices": [1]}], "event 1 has a choice that is not an object", True),
        (
            [delta({"index": 0}, piece("", "a", index=1), piece("", "b", index=1))],
            "two names",
            True,
        ),
        (
            ['{"choices":[],"tool_calls":1,"tool_calls":2}'],
            'the key "tool_calls" is given twice',
            True,
        ),
        ([delta(finish="tool_calls")], "it stopped for tool_use, but there is no call in it", True),
        (
            [delta(piece('{"a":', "pay"), finish="tool_calls")],
            "tool call pay is not an object",
            True,
        ),
        ([delta(piece("[]", "pay"), finish="stop")], "tool call pay is not an object", True),
        (
            [delta(piece('{"a":', "pay"), finish="length")],
            "cut at max_tokens, and the input",
            False,
        ),
        (
            [delta(content="hi"), {"error": {"message": "gone", "code": 502}, "choices": []}],
            "the server broke it off with gone",
            True,
        ),
        (
            [{"error": {"message": "no", "type": "invalid_request_error", "code": None}}],
            "the server broke it off with invalid_request_error: no",
            False,
        ),
    ],
)
def test_what_makes_no_whole_reply(events: list[Any], why: str, retryable: bool) -> None:
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
    body = "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"]).encode()
    taken = streamed(body)
    assert taken.broken is not None and why in taken.broken.why
    assert taken.broken.retryable == retryable
    content = (taken.message() or {"content": []})["content"]
    assert not any("input" in block for block in content)


def test_an_error_has_its_own_kind_of_event_in_some_servers() -> None:
    taken = CODEC.stream()
    taken.take("error", b'{"detail": "out of memory"}')
    assert taken.broken is not None and taken.broken.why.endswith("with out of memory")


def test_other_choices_and_repeated_fields_survive() -> None:
    def chunk(index: int, **more: Any) -> Body:
        return {"system_fingerprint": "fp", "choices": [{"index": index, **more}]}

    made = [
        chunk(1, delta={"content": "b"}, finish_reason="stop"),
        chunk(0, delta={"content": "a"}, finish_reason=None),
        chunk(0, delta={}, finish_reason="stop"),
        {"choices": None, "usage": {"prompt_tokens": 1, "completion_tokens": 2}},
    ]
    taken = streamed(sse(made))
    reply = taken.message() or {}
    assert taken.broken is None and taken.counted
    assert [block["text"] for block in reply["content"]] == ["a"]
    assert reply["rest"]["chat"]["fields"] == {"system_fingerprint": "fp"}
    assert [choice["message"]["content"] for choice in reply["rest"]["chat"]["more"]] == ["b"]


def test_thinking_under_two_names_is_heard_once() -> None:
    heard: list[Delta] = []
    both = delta(reasoning="hm", reasoning_content="hm")
    taken = streamed(sse([both, both, delta(content="so", finish="stop")]), heard=heard.append)
    assert [(d.index, d.kind, d.text) for d in heard] == [
        (0, "thinking", "hm"),
        (0, "thinking", "hm"),
        (1, "text", "so"),
    ]
    content = (taken.message() or {})["content"]
    assert [block.get("thinking", block.get("text")) for block in content] == ["hmhm", "so"]
