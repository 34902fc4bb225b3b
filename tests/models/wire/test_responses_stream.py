"""Streams of the Responses API: they read as the whole response, cut into any chunks."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.loopback.responses.steps import (
    custom_call,
    events,
    function_call,
    message,
    reasoning,
    response,
)
from tests.models.wire.responses_streams import PAY, WHOLE, changed, heard_of, without
from tooltrace.core.fold.reply_check import broken
from tooltrace.core.model.ports import Delta
from tooltrace.models.wire.responses.codec import ResponsesCodec
from tooltrace.models.wire.responses.stream import ResponsesStream
from tooltrace.models.wire.sse import EventStream

CODEC = ResponsesCodec()
WORDS = st.text(max_size=9)
THOUGHTS = st.text(min_size=1, max_size=9)
SAID = st.builds(message, WORDS, WORDS) | st.builds(lambda no: message(refused=no), WORDS)
CALLED = st.builds(lambda name, to: function_call("c1", name, to=to), WORDS, WORDS) | st.builds(
    lambda given: custom_call("c2", "sql", given), WORDS
)
SEARCH = {"id": "ws", "type": "web_search_call", "status": "completed", "action": {"query": "x"}}
OUTPUT = st.lists(
    SAID | CALLED | st.builds(reasoning, THOUGHTS, THOUGHTS) | st.just(SEARCH), max_size=4
).map(lambda items: [{**item, "id": f"i{at}"} for at, item in enumerate(items)])


@given(OUTPUT, st.integers(1, 9), st.lists(st.integers(1, 50), max_size=9))
def test_a_stream_reads_as_the_whole_response(
    output: list[dict[str, Any]], pieces: int, chunks: list[int]
) -> None:
    made = response(*output).message or {}
    stream, heard = heard_of(events(made, pieces), chunks)
    reply = CODEC.read_reply(made)
    assert stream.message() == reply
    assert (stream.over, stream.broken, stream.counted, stream.idle) == (True, None, True, False)
    assert CODEC.write_reply(stream.message()) == made
    said: dict[int, str] = {}
    for delta in heard:
        said[delta.index] = said.get(delta.index, "") + delta.text
    assert [said[index] for index in sorted(said)] == [_shown(block) for block in reply["content"]]


def _shown(block: dict[str, Any]) -> str:
    match block:
        case {"type": "text", "text": str(text)} | {"type": "thinking", "thinking": str(text)}:
            return text
        case {"type": "tool_use", "name": "sql", "input": {"input": str(text)}}:
            return text
        case {"type": "tool_use", "input": given}:
            return json.dumps(given, separators=(",", ":"))
        case _:
            return ""


@given(st.integers(0, sum(map(len, events(WHOLE, 5))) - 2))
def test_a_stream_that_is_cut_anywhere_never_makes_a_call(cut: int) -> None:
    stream, _ = heard_of([b"".join(events(WHOLE, 5))[:cut]])
    reply = stream.message()
    assert stream.broken is not None
    assert stream.broken.retryable
    assert reply is None or broken(reply)
    assert reply is None or reply["stop_reason"] is None


def test_pieces_are_told_as_they_arrive() -> None:
    heard: list[Delta] = []
    stream = ResponsesStream(heard.append)
    counts = []
    for one in events(WHOLE, 3):
        for name, data in EventStream().feed(one):
            stream.take(name, data)
        counts.append((one.split(b"\n")[0].decode()[16:], len(heard)))
    grew = [b[0] for a, b in pairwise(counts) if b[1] > a[1]]
    assert grew.count("output_text.delta") == 3
    assert grew.count("function_call_arguments.delta") == 3
    assert grew.count("reasoning_summary_text.delta") == 6
    assert [(d.index, d.kind, d.name) for d in heard if not d.text] == [
        (0, "thinking", "thinking"),
        (1, "text", "text"),
        (2, "input", "pay"),
    ]


def test_before_it_began_there_is_nothing() -> None:
    stream = ResponsesStream()
    for name in ("ping", "keepalive"):
        stream.take(name, b"{}")
    assert (stream.idle, stream.events, stream.message()) == (True, 2, None)
    stream.take("", b'{"type": "response.queued", "response": {"id": "r"}}')
    assert (stream.idle, stream.over) == (False, False)
    reply = stream.message()
    assert reply is not None
    assert (reply["id"], reply["content"], reply["stop_reason"]) == ("r", [], None)


def test_what_is_not_done_is_as_far_as_it_came() -> None:
    made = events(WHOLE, 2)
    at = next(i for i, one in enumerate(made) if b"arguments.delta" in one)
    stream, _ = heard_of(made[: at + 1])
    thought, text, call = (stream.message() or {})["content"]
    assert (thought["thinking"], text["text"]) == ("first\n\nsecond", "hi ✓ there")
    assert call["partial_json"] == PAY["arguments"][: len(call["partial_json"])] != ""
    assert "input" not in call


@pytest.mark.parametrize(
    "made",
    [
        without("response.in_progress"),
        without("response.content_part.added", "response.content_part.done"),
        without("response.output_text.done", "response.function_call_arguments.done"),
        without("response.output_item.done"),
        without("response.output_text.delta", "response.function_call_arguments.delta"),
        without("response.output_item.added", *(
            f"response.{name}.{what}"
            for name in ("content_part", "output_text", "function_call_arguments")
            for what in ("added", "delta", "done")
        ), *(
            f"response.reasoning_summary_{name}.{what}"
            for name in ("part", "text") for what in ("added", "delta", "done")
        )),
        changed("response.completed", response={**WHOLE, "output": []}),
        changed("response.completed", response={k: v for k, v in WHOLE.items() if k != "output"}),
        [one for e in events(WHOLE) for one in (b": alive\n\n", b'event: ping\ndata: {}\n\n', e)],
        [*events(WHOLE), b"data: [DONE]\n\n"],
        changed("response.output_text.delta", output_index=0),
    ],
    ids=range(11),
)  # fmt: skip
def test_every_form_of_a_whole_stream(made: list[bytes]) -> None:
    stream, heard = heard_of(made)
    assert stream.broken is None
    reply = CODEC.read_reply(WHOLE)
    assert (stream.message() or {})["content"] == reply["content"]
    text = "".join(delta.text for delta in heard if delta.kind == "text")
    assert text == "hi ✓ there"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "error", "response.created", "x"]),
            st.binary()
            | st.sampled_from(events(WHOLE)).map(lambda e: e.partition(b"data: ")[2].strip()),
        ),
        max_size=20,
    )
)
def test_nothing_that_comes_makes_it_raise(given: list[tuple[str, bytes]]) -> None:
    stream = ResponsesStream()
    for name, data in given:
        stream.take(name, data)
        stream.message()
    stream.end()
    assert stream.over
