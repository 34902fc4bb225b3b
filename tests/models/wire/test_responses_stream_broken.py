"""Streams of the Responses API that make no whole reply, and say why."""

from __future__ import annotations

from typing import Any

import pytest

from tests.loopback import event
from tests.loopback.responses.steps import (
    events,
    failure,
    function_call,
    response,
)
from tests.models.wire.responses_streams import HI, PAY, WHOLE, changed, heard_of, without
from tooltrace.core.fold.reply_check import broken
from tooltrace.models.wire.responses.codec import ResponsesCodec

CODEC = ResponsesCodec()


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (changed("response.function_call_arguments.done", arguments="{}"), "came twice"),
        (changed("response.function_call_arguments.delta", delta="x"), "came twice"),
        (changed("response.completed", response={**WHOLE, "output": [HI]}), "not in the response"),
        (
            changed(
                "response.completed",
                response={**WHOLE, "output": [HI, {**PAY, "arguments": "{}"}]},
            ),
            "came twice",
        ),
        (
            changed("response.completed", response={**WHOLE, "output": [{**PAY, "name": "x"}]}),
            "its name came twice",
        ),
        (without("response.created", "response.in_progress"), "before response.created"),
        (without("response.completed"), "ended without response.completed"),
        ([*events(WHOLE)[:4], *events(WHOLE)[2:]], "had begun already"),
        (
            [
                *events(WHOLE)[:-2],
                event("response.completed", response={**WHOLE, "output": []}),
            ],
            "output item pay was not done",
        ),
        ([b"data: [DONE]\n\n"], "ended without response.completed"),
        ([b"data: []\n\n"], "not an object"),
        ([b"data: {\n\n"], "not valid JSON"),
        (
            [(b'data: {"type":"response.output_item.done","item":{"type":"function_call",'
             b'"name":"a","name":"b"}}\n\n')],
            'the key "name" is given twice',
        ),
        (changed("response.output_text.delta", delta=7), "no text in it"),
        (changed("response.output_item.added", item=None), "no item in it"),
        (changed("response.content_part.added", part=None), "no part in it"),
        (changed("response.output_text.delta", item_id="?", output_index=9), "not open"),
        (changed("response.created", response=[]), "no response in it"),
        (
            [*events(WHOLE)[:-3], event("response.glow", item_id="fc_c1"), *events(WHOLE)[-3:]],
            "an event of unknown kind, response.glow",
        ),
        (events(response(function_call("c", "pay", "[1]")).message or {}), "is not an object"),
        (events(response(function_call("c", "pay", "{'a")).message or {}), "is not an object"),
        (events(response(function_call("c", "pay", '{"a":1,"a":2}')).message or {}), "is not an"),
        (events(failure("server_error", "sorry").message or {}), "with server_error: sorry"),
    ],
    ids=range(23),
)  # fmt: skip
def test_what_goes_against_a_whole_reply_breaks_it(made: list[bytes], why: str) -> None:
    stream, _ = heard_of(made)
    assert stream.over
    assert stream.broken is not None
    assert why in stream.broken.why
    reply = stream.message()
    assert reply is None or not [b for b in reply["content"] if "input" in b] or broken(reply)


def test_a_call_in_doubt_keeps_its_text() -> None:
    made = [*events(WHOLE)[:-3], event("response.glow", item_id="fc_c1"), *events(WHOLE)[-3:]]
    stream, _ = heard_of(made)
    reply = stream.message() or {}
    assert reply["content"][-1]["partial_json"] == PAY["arguments"]
    assert broken(reply) == "the input of tool call pay is not an object"
    assert reply["unknown_events"] == [{"type": "response.glow", "item_id": "fc_c1"}]


def test_a_call_that_was_cut_by_the_limit_asks_for_more_tokens() -> None:
    cut = function_call("c", "pay", '{"cents": 15', status="incomplete")
    made = response(HI, cut, reason="max_output_tokens").message or {}
    stream, _ = heard_of(events(made))
    assert stream.broken is not None
    assert "max_output_tokens" in stream.broken.advice
    assert not stream.broken.retryable
    assert (stream.message() or {})["content"][-1]["partial_json"] == '{"cents": 15'


def test_an_answer_that_was_cut_by_the_limit_is_whole() -> None:
    made = response(HI, reason="max_output_tokens").message or {}
    stream, _ = heard_of(events(made))
    assert stream.broken is None
    assert (stream.message() or {})["stop_reason"] == "max_tokens"


@pytest.mark.parametrize(
    ("told", "why", "retryable"),
    [
        (
            {"code": "rate_limit_exceeded", "message": "slow"},
            " with rate_limit_exceeded: slow",
            True,
        ),
        ({"code": "invalid_prompt", "message": "no"}, " with invalid_prompt: no", False),
        ({"error": {"type": "server_error", "message": "oh"}}, " with server_error: oh", True),
        ({"message": "lost"}, " with lost", False),
        ({}, ", and said no more", True),
    ],
)
def test_an_error_breaks_it_off(told: dict[str, Any], why: str, retryable: bool) -> None:
    stream, _ = heard_of([*events(WHOLE)[:6], event("error", **told), *events(WHOLE)[6:]])
    assert stream.broken is not None
    assert stream.broken.why == f"the server broke it off{why}"
    assert stream.broken.retryable == retryable


def test_a_failed_response_keeps_what_came() -> None:
    failed = failure("server_error", "sorry").message or {}
    made = [*events(WHOLE)[:-3], event("response.failed", response=failed)]
    stream, _ = heard_of(made)
    assert stream.broken is not None
    reply = stream.message() or {}
    assert [block["type"] for block in reply["content"]] == ["thinking", "text", "tool_use"]
    assert "partial_json" in reply["content"][-1]
    assert reply["stop_reason"] is None
