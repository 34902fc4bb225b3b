"""Bodies that are no reply: packed wrongly, empty, without end; and reasons that say something."""

from __future__ import annotations

import gzip
import json
import threading
from dataclasses import replace as changed
from pathlib import Path

import pytest

from tests.cli.test_live import SCRIPT, outcome_of, run
from tests.loopback import Loopback, Step, event, events, fault, plain, reply, sse, streamed, text
from tests.models.live import alone, ask
from tests.timing import within
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.text.error_origin import fault_of
from tooltrace.models.live import attempt, connection
from tooltrace.models.live.failure_words import unreached

__all__ = ["alone"]

PACKED = {"content-encoding": "gzip"}
BODY = json.dumps({"content": [text("Hi.")], "stop_reason": "end_turn", "usage": {}}).encode()


async def failed(step: Step) -> ModelFailed:
    answer = await ask(step)
    assert isinstance(answer, ModelFailed)
    assert not answer.error.rstrip().endswith(":")
    return answer


@pytest.mark.parametrize(
    "raw", [b"no gzip at all", gzip.compress(BODY)[:10] + b"\0" * 40], ids=["plain", "broken"]
)
async def test_a_body_that_cannot_be_unpacked_says_so(raw: bytes) -> None:
    answer = await failed(plain(raw=raw, headers=PACKED))
    assert "cannot be unpacked" in answer.error
    assert "the key" not in answer.error
    assert answer.retryable
    assert answer.kind == "incomplete"


async def test_a_body_that_can_be_unpacked_is_a_reply() -> None:
    assert isinstance(await ask(plain(raw=gzip.compress(BODY), headers=PACKED)), ModelReplied)


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream", "text/plain"])
@pytest.mark.parametrize("raw", [b"", b" \n\n"])
async def test_an_empty_answer_may_be_asked_for_again(kind: str, raw: bytes) -> None:
    answer = await failed(plain(raw=raw, headers={"content-type": kind}))
    assert "is empty: ask again" in answer.error
    assert answer.retryable
    assert answer.kind == "failed"
    assert answer.estimate is None


@pytest.mark.long
def test_an_empty_answer_is_asked_again_like_a_connection_that_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    closed = changed(reply(text("x")), cut=0)
    begun = changed(streamed(text("x")), cut=0, began=True)
    with Loopback(plain(raw=b""), closed, begun, *SCRIPT) as server:
        said = run(tmp_path, server.url, "--drop-bound-thinking")
        assert len(server.requests) == len(SCRIPT) + 3
    assert outcome_of(said)["outcome"] == "completed"


async def test_a_reset_connection_has_a_reason() -> None:
    whole = streamed(text("Hello there."))
    answer = await failed(changed(whole, cut=120, reset=True))
    assert "broke before a whole reply came" in answer.error


class ReadError(Exception):
    pass


def test_a_reason_without_words_is_that_of_what_is_behind_it() -> None:
    bare = ReadError("")
    assert unreached(bare, "x").endswith("ask again: ReadError")
    try:
        try:
            raise ConnectionResetError(104, "Connection reset by peer")
        except OSError as error:
            raise ReadError from error
    except ReadError as error:
        told = unreached(error, "x")
    assert told.endswith("ReadError, ConnectionResetError: [Errno 104] Connection reset by peer")
    round_ = ReadError()
    other = ReadError()
    round_.__cause__, other.__cause__ = other, round_
    assert unreached(round_, "x").endswith("ask again: ReadError")


def test_a_fault_without_words_has_no_empty_reason() -> None:
    assert fault_of(ValueError()) == "a fault in tooltrace itself: ValueError"


async def test_a_reply_without_end_is_left_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "MOST_BYTES", 3 << 20)
    delta = events({**(streamed(text("y" * 900)).message or {})})
    begun, piece = delta[:2], delta[2]
    step = streamed(text("y"))
    held = threading.Event()
    endless = changed(step, chunks=(*begun, *[piece] * 9_000, held), message=None)
    with within(20):
        answer = await failed(endless)
        held.set()
    assert "larger than 3 MB" in answer.error
    assert not answer.retryable
    assert answer.kind == "incomplete"
    assert answer.reply is not None
    assert answer.raw is not None
    assert len(answer.raw) == 3 << 20
    assert answer.estimate is not None
    assert answer.estimate["output_tokens"] > 100


async def test_a_small_packed_body_does_not_unpack_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attempt, "MOST_BYTES", 1 << 20)
    answer = await failed(plain(raw=gzip.compress(b"{" + b" " * (30 << 20)), headers=PACKED))
    assert "larger than 1 MB" in answer.error
    assert answer.raw is not None
    assert len(answer.raw) == 1 << 20


async def test_what_follows_a_whole_reply_is_not_read_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attempt, "MOST_BYTES", 1 << 20)
    step = streamed(text("Hello."))
    answer = await ask(changed(step, chunks=(*step.chunks, *[b": ping\n" * 9_000] * 40)))
    assert isinstance(answer, ModelReplied)
    assert len(answer.raw or "") <= 1 << 20


async def test_of_a_refusal_only_the_beginning_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_MOST_REFUSED", 5_000)
    held = threading.Event()
    step = plain(status=529, raw=b"overloaded " * 400_000)
    answer = await failed(changed(step, chunks=(*step.chunks, held)))
    held.set()
    assert answer.status == 529
    assert answer.retryable
    assert "overloaded" in answer.error
    small = await failed(fault(400, "invalid_request_error", "messages: too odd"))
    assert "messages: too odd" in small.error


NO_TEXT = b"\x8b\x02\x80\x00\x01zzzz"


@pytest.mark.parametrize(
    ("raw", "headers", "named"),
    [
        (NO_TEXT, {"content-encoding": "br2"}, "content-encoding: br2"),
        (b"\x01\x02\x03zz", {"content-encoding": "lzma"}, "content-encoding: lzma"),
        (gzip.compress(BODY), {}, "content-encoding: none"),
        (gzip.compress(BODY), {"content-type": "text/event-stream"}, "content-encoding: none"),
        (gzip.compress(gzip.compress(BODY)), PACKED, "content-encoding: gzip"),
        (b"d\0\0", {"content-type": "text/event-stream"}, "content-encoding: none"),
    ],
    ids=["unknown", "other", "unsaid", "stream", "twice", "nul"],
)
async def test_what_nobody_here_unpacks_is_no_matter_of_the_address_or_the_key(
    raw: bytes, headers: dict[str, str], named: str
) -> None:
    answer = await failed(plain(raw=raw, headers=headers))
    assert "cannot be unpacked: look at what compresses its answers" in answer.error
    assert named in answer.error
    assert "--base-url" not in answer.error
    # Asking again would be answered so again; what came was paid for all the same.
    assert not answer.retryable
    assert (answer.kind, answer.estimate) == ("incomplete", {})


@pytest.mark.parametrize("size", [60, 90])
async def test_a_packed_body_that_was_cut_may_be_asked_for_again(size: int) -> None:
    whole = gzip.compress(json.dumps({"content": [text("Hi. " * 9)]}).encode(), 0)
    answer = await failed(plain(raw=whole[:size], headers=PACKED))
    assert answer.retryable
    assert "ask again" in answer.error
    assert "--base-url" not in answer.error


KEPT_OPEN = [b": hi\n\n", event("ping"), b"event: ping\r\ndata: {}\r\n\r\n", b"\n"]


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("chunk", [*KEPT_OPEN, b"".join(KEPT_OPEN), b"\xef\xbb\xbf"])
async def test_what_only_keeps_a_connection_open_is_an_empty_answer(
    chunk: bytes, reset: bool
) -> None:
    step = sse([chunk] * 3)
    if reset:
        step = changed(step, chunks=(*step.chunks, b"x"), cut=3 * len(chunk), reset=True)
    answer = await failed(step)
    assert ("broke before" if reset else "is empty: ask again") in answer.error
    assert answer.retryable
    assert (answer.kind, answer.estimate) == ("failed", None)


async def test_the_beginning_of_an_event_is_not_nothing() -> None:
    for begun in (b"event: message_start\n", b'data: {"type":', b"event: message_st"):
        answer = await failed(sse([event("ping"), begun]))
        assert answer.kind == "incomplete"


@pytest.mark.parametrize(
    ("error", "words", "again"),
    [
        ({"type": "overloaded_error", "message": ""}, "it is an error: overloaded_error", True),
        ({"type": "api_error", "message": "Busy"}, "it is an error: api_error: Busy", True),
        ({"type": "not_found_error"}, "it is an error: not_found_error", False),
        ("model not loaded", "it is an error: model not loaded", False),
        ({"message": ""}, 'it is an error: {"message":""}', False),
        ({"code": 7}, 'it is an error: {"code":7}', False),
    ],
    ids=range(6),
)
async def test_an_error_that_came_as_a_reply_says_what_it_is(
    error: object, words: str, again: bool
) -> None:
    answer = await failed(plain(raw=json.dumps({"error": error}).encode()))
    assert answer.error.endswith(words)
    assert answer.retryable is again
    assert answer.kind == "failed"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"error": {}}, "with an error, and said no more"),
        ({}, "with an error, and said no more"),
        ({"error": {"type": "overloaded_error", "message": ""}}, "overloaded_error, and said no"),
        ({"detail": "out of memory"}, 'with an error: {"detail":"out of memory"}'),
    ],
    ids=range(4),
)
async def test_a_stream_that_breaks_off_without_a_reason_says_so(
    told: dict[str, object], words: str
) -> None:
    answer = await failed(sse([b"event: error\ndata: " + json.dumps(told).encode() + b"\n\n"]))
    assert words in answer.error
    assert ("see what the server says" in answer.error) is ("detail" in told)


@pytest.mark.parametrize("status", [400, 418])
@pytest.mark.parametrize("said", ["", " \n"])
async def test_a_refusal_without_a_reason_says_so(status: int, said: str) -> None:
    answer = await failed(plain(status=status, raw=said.encode()))
    assert "it gave no reason" in answer.error
    assert "named here" not in answer.error and "what was said" not in answer.error
    answer = await failed(fault(status, "invalid_request_error", said))
    assert "it gave no reason" in answer.error


async def test_a_redirect_to_nowhere_says_so() -> None:
    for headers in ({}, {"location": ""}):
        answer = await failed(plain(status=302, raw=b"", headers=headers))
        assert "Redirected to nowhere" in answer.error
