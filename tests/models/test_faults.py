"""Forty ways in which an answer goes wrong, through the real SDK: each is named, and nothing runs.

Every answer becomes the fact that a session would hold, so that what comes next is seen too: no
tool of it runs, and the request made after it is one that the strict server takes.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.given import Given, workflow
from tests.loopback import (
    Loopback,
    Step,
    event,
    events,
    fault,
    plain,
    reply,
    sse,
    streamed,
    text,
    tool_use,
)
from tests.models.live import alone, asking
from tooltrace.core.decide.next_action import RunTools, request_at
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.workflow import Transition
from tooltrace.models.live.attempt import Attempt
from tooltrace.models.wire.messages.codec import MessagesCodec

__all__ = ["alone"]

NOW = 1_795_000_000.0  # Wed, 18 Nov 2026 11:06:40 GMT
FLOW = workflow(Transition(("pay",), "start", "done"))
PAY = tool_use("t1", "pay", amount=1500, to="Zoë ✓")
WHOLE = [text("Paying."), PAY]
MADE = events(streamed(*WHOLE).message or {})
START, CALL, STOP = MADE[:5], MADE[5:-2], MADE[-2:]
OPEN, LAST = CALL[:-1], CALL[-1:]


def delta(index: int, kind: str, **more: Any) -> bytes:
    return event("content_block_delta", index=index, delta={"type": kind, **more})


def given_input(parts: str, stop: str = "tool_use") -> list[bytes]:
    """A whole stream whose call has this text as its input."""
    stopped = event("message_delta", delta={"stop_reason": stop}, usage={"output_tokens": 4096})
    return [
        *START,
        OPEN[0],
        delta(1, "input_json_delta", partial_json=parts),
        *LAST,
        stopped,
        STOP[1],
    ]


def cut_after(*sent: bytes) -> Step:
    return sse(MADE, cut=len(b"".join(sent)))


def error(kind: str, message: str) -> bytes:
    return event("error", error={"type": kind, "message": message})


async def fact(step: Step) -> tuple[ModelReplied | ModelFailed, Given]:
    """What the port makes of a step, as a fact of a session that then asks again."""
    given = Given(FLOW).user("Pay 1500.").asks()
    with Loopback(step, reply(text("next"))) as server:
        async with asking(server, now=lambda: NOW) as model:
            answer = (await model.ask(request_at(given.snapshot))).event
            asked = given.snapshot.digest
            given.append(answer)
            here = given.head
            assert not isinstance(given.action, RunTools)
            assert given.asks().snapshot.digest == asked
            assert isinstance((await model.ask(request_at(given.snapshot))).event, ModelReplied)
            assert here is not None
    assert server.refused == []
    return answer, given.back_to(here)


CUT = "broke before a whole reply came: ask again"
INCOMPLETE = [
    ("cut in the first line", sse(MADE, cut=3), CUT, True),
    ("cut in an input", cut_after(*START, *OPEN[:3]), CUT, True),
    ("cut after the call", cut_after(*START, *CALL), CUT, True),
    ("cut before message_stop", cut_after(*MADE[:-1]), CUT, True),
    ("cut in message_stop", cut_after(b"".join(MADE)[:-1]), CUT, True),
    ("reset", sse(MADE, cut=len(b"".join(START)), reset=True), CUT, True),
    ("ends without message_stop", sse(MADE[:-1]), "ended without message_stop", True),
    ("ends inside a line", sse([*MADE[:-1], b"event: message_st"]), "without message_stop", True),
    ("closes without message_stop", sse(MADE[:-1], ends="close"), "without message_stop", True),
    ("overloaded", sse([*START, error("overloaded_error", "Busy")]),
     "ask again: the server broke it off with overloaded_error: Busy", True),
    ("api_error", sse([*START, *OPEN, error("api_error", "Oops")]), "api_error: Oops", True),
    ("rate limit", sse([error("rate_limit_error", "Slow")]), "rate_limit_error: Slow", True),
    ("invalid", sse([*START, error("invalid_request_error", "Bad")]),
     "see what the server says: the server broke it off with invalid_request_error: Bad", False),
    ("a strange error", sse([*START, event("error", error="boom")]), "off with an error", False),
    ("an error of another shape", sse([b'event: error\ndata: {"message":"eek"}\n\n']),
     "off with an error: eek", False),
    ("a malformed line", sse([*START, b'event: content_block_delta\ndata: {"index":1,\n\n']),
     "event 6 (content_block_delta) is not valid JSON: Expecting property name", True),
    ("not UTF-8", sse([*START, b'event: ping\ndata: {"x":"\xff"}\n\n']), "is not valid JSON", True),
    ("not an object", sse([*START, b"event: ping\ndata: []\n\n"]), "(ping) is not an object", True),
    ("NaN", sse([*START, b'event: ping\ndata: {"x":NaN}\n\n']), "NaN is not JSON", True),
    ("a line too deep", sse([START[0], b'data: {"x":' + b"[" * 300 + b"]" * 300 + b"}\n\n"]),
     "nested deeper than 200", True),
    ("no stop_reason", sse([*START, *CALL, event("message_delta", delta={}), STOP[1]]),
     "it has no stop_reason", True),
    ("no message_delta", sse([*START, *CALL, STOP[1]]), "it has no stop_reason", True),
    ("a stop_reason of another kind",
     sse([*START, *CALL, event("message_delta", delta={"stop_reason": 7}), STOP[1]]),
     "its stop_reason is not text", True),
    ("half an input", sse(given_input('{"amount": 15')),
     "the input of tool call pay is not valid JSON: Expecting ',' delimiter", True),
    ("half a string", sse(given_input('{"a":1,"b')), "pay is not valid JSON: Unterminated", True),
    ("an input that is text", sse(given_input("pay it all")), "pay is not valid JSON", True),
    ("an input that is a list", sse(given_input("[1500]")), "pay is not an object", True),
    ("an input of null", sse(given_input("null")), "pay is not an object", True),
    ("two inputs in one", sse(given_input('{"a":1}{"a":2}')), "valid JSON: Extra data", True),
    ("an input cut by max_tokens", sse(given_input('{"amount": 15', "max_tokens")),
     "ask again with more max_tokens: it was cut at max_tokens, and the input", False),
    ("a call that is not closed", sse([*START, *OPEN, *STOP]), "1 (pay) was not closed", True),
    ("no message_start", sse(MADE[1:]), "it came before message_start", True),
    ("two messages", sse([*START, *MADE]), "the message had begun already", True),
    ("no message in message_start", sse([event("message_start")]), "there is no message", True),
    ("a block twice", sse([*START, START[1]]), "content block 0 had begun already", True),
    ("a block without an index", sse([START[0], event("content_block_start")]),
     "there is no content block in it", True),
    ("a delta for no block", sse([*START, delta(5, "text_delta", text="x")]), "is not open", True),
    ("a delta after its block", sse([*START, delta(0, "text_delta", text="x")]), "not open", True),
    ("a delta without its text", sse([*START[:2], delta(0, "text_delta")]), "has no text", True),
    ("a delta of another kind", sse([*START, OPEN[0], delta(1, "text_delta", text="x")]),
     "text_delta is for another kind of block than pay", True),
    ("a call without a name", sse([START[0], event("content_block_start", index=0, content_block={
        "type": "tool_use", "id": "t", "input": {}}), event("content_block_stop", index=0), *STOP]),
     "content block 0 (tool_use) has no name", True),
    ("stops for a call that is not there", sse([*START, *STOP]), "there is no call in it", True),
    ("a body cut by its length", plain(*WHOLE, cut=60), CUT, True),
    ("a body that is half a message", plain(raw=b'{"type":"message","content":[{"ty'),
     "No usable reply", True),
    ("a body without stop_reason", plain(raw=b'{"content":[],"stop_reason":null}'),
     "it has no stop_reason", True),
    ("a body with a text that has none", plain(raw=b'{"content":[{"type":"text"}]}'),
     "content block 0 (text) has no text", True),
    ("a body with half an input", plain({**PAY, "input": '{"amount":1'}), "is not an object", True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "words", "again"), [row[1:] for row in INCOMPLETE], ids=[row[0] for row in INCOMPLETE]
)
async def test_a_reply_that_is_not_whole(step: Step, words: str, again: bool) -> None:
    answer, given = await fact(step)
    assert isinstance(answer, ModelFailed)
    assert words in answer.error
    assert answer.error.isprintable()
    assert (answer.kind, answer.retryable, answer.status) == ("incomplete", again, 200)
    assert answer.raw is not None
    assert answer.raw.encode("utf-8", "surrogateescape") == step.sent
    assert (answer.request_id, answer.placement) == ("req_loopback", "beside")
    assert given.snapshot.trouble is not None
    for block in (answer.reply or {}).get("content", []):
        # Nothing that looks like a whole call was made out of half of one.
        if block["type"] == "tool_use" and isinstance(block.get("input"), dict):
            assert block["input"] in ({}, PAY["input"])


def after(value: str, **headers: str) -> dict[str, Any]:
    return {"headers": {"retry-after": value, **headers}}


REFUSED = [
    (sse([]), "is empty: ask again", True, None),
    (sse([event("ping"), event("ping")]), "is empty: ask again", True, None),
    (fault(408, "timeout", "slow"), "refused (408", True, None),
    (fault(409, "conflict", "locked"), "(409", True, None),
    (fault(429, "rate_limit_error", "slow", **after("12")), "wait 12 s", True, 12.0),
    (fault(429, "rate_limit_error", "slow", **after("1.5")), "wait 1.5 s", True, 1.5),
    (fault(429, "rate_limit_error", "slow", **after("-3")), "429", True, None),
    (fault(429, "rate_limit_error", "slow", **after("nan")), "429", True, None),
    (fault(429, "rate_limit_error", "slow", **after("inf")), "429", True, None),
    (fault(429, "rate_limit_error", "slow", **after("9" * 400)), "429", True, None),
    (fault(429, "rate_limit_error", "slow", **after("86400000")), "429", True, 86_400_000.0),
    (fault(429, "rate_limit_error", "slow", **after("soon")), "429", True, None),
    (fault(429, "e", "s", **after("Wed, 18 Nov 2026 11:07:40 GMT")), "429", True, 60.0),
    (fault(429, "e", "s", **after("Wed, 18 Nov 2020 11:07:40 GMT")), "429", True, 0.0),
    (fault(429, "e", "s", **after("9", **{"retry-after-ms": "250"})), "429", True, 0.25),
    (fault(429, "e", "s", **after("9", **{"retry-after-ms": "-1"})), "429", True, 9.0),
    (fault(500, "api_error", "oops"), "The API failed (500", True, None),
    (fault(503, "api_error", "down", **after("2")), "(503", True, 2.0),
    (fault(529, "overloaded_error", "Busy"), "overloaded (529", True, None),
    (fault(529, "e", "s", headers={"x-should-retry": "false"}), "529", False, None),
    (fault(400, "e", "s", headers={"x-should-retry": "true"}), "400", True, None),
    (fault(400, "invalid_request_error", "bad"), "refused (400", False, None),
    (fault(401, "authentication_error", "no"), "ANTHROPIC_API_KEY", False, None),
    (fault(404, "not_found_error", "model: m"), "check --model", False, None),
    (fault(529, "overloaded_error", "Busy", cut=10, **after("7")), "overloaded (529", True, 7.0),
    (Step((b"<html>",), headers={"content-type": "text/html"}), "No usable reply", False, None),
    (Step((b"event: x",), headers={"content-type": "text/html"}), "No usable reply", False, None),
]  # fmt: skip


@pytest.mark.parametrize(("step", "words", "again", "wait"), REFUSED, ids=range(len(REFUSED)))
async def test_a_request_that_got_no_reply(
    step: Step, words: str, again: bool, wait: float | None
) -> None:
    answer, given = await fact(step)
    assert isinstance(answer, ModelFailed)
    assert words in answer.error
    assert (answer.kind, answer.status) == ("failed", step.status)
    assert (answer.retryable, answer.retry_after) == (again, wait)
    assert answer.raw == (step.body.decode() if step.cut is None else None)
    assert given.action.why == "model_failed"  # type: ignore[union-attr]
    assert answer.reply is None


async def test_a_reset_before_any_answer() -> None:
    answer, _ = await fact(plain(text("x"), cut=0, reset=True))
    assert isinstance(answer, ModelFailed)
    assert (answer.kind, answer.retryable, answer.raw) == ("failed", True, None)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_call_that_is_cut_at_every_byte(newline: str) -> None:
    """The whole of a reply counts, and none of its beginnings does."""
    whole = b"".join(events(streamed(*WHOLE).message or {}, newline))
    # A line that ends in CR LF is whole with its CR.
    for cut in range(len(whole) - (newline == "\r\n")):
        for size in (1_000_000, 7) if cut % 50 == 0 else (1_000_000,):
            answer = received(whole[:cut], size)
            assert isinstance(answer, ModelFailed), cut
            assert (answer.kind, answer.retryable) == ("incomplete" if cut else "failed", True)
            assert (answer.raw or "").encode("utf-8", "surrogateescape") == whole[:cut]
    for size in (1, 2, 3, 1_000_000):
        answer = received(whole, size)
        assert isinstance(answer, ModelReplied)
        assert answer.reply["content"] == WHOLE


def received(body: bytes, size: int) -> ModelReplied | ModelFailed:
    attempt = Attempt(lambda: 0.0, MessagesCodec())
    attempt.answers(200, {"content-type": "text/event-stream"})
    for at in range(0, len(body), size):
        attempt.take(body[at : at + size])
    return attempt.answer()


async def test_a_connection_that_is_cut_all_along_a_call() -> None:
    whole = b"".join(MADE)
    cuts = range(0, len(whole), 29)
    given = Given(FLOW).user("Pay 1500.").asks()
    sent, called = request_at(given.snapshot), given.head
    assert called is not None
    with Loopback(*[sse(MADE, cut=cut) for cut in cuts], streamed(*WHOLE)) as server:
        async with asking(server) as model:
            for cut in cuts:
                answer = (await model.ask(sent)).event
                assert isinstance(answer, ModelFailed), cut
                assert (answer.kind, answer.retryable) == ("incomplete" if cut else "failed", True)
                assert (answer.raw or "").encode("utf-8", "surrogateescape") == whole[:cut]
                given.back_to(called).append(answer)
                assert not isinstance(given.action, RunTools)
            last = (await model.ask(sent)).event
    assert isinstance(last, ModelReplied)
    assert (last.reply["content"], last.raw) == (WHOLE, whole.decode())
