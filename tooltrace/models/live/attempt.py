"""One attempt at one reply: what arrived, when, and what it amounts to.

Knows neither an SDK nor the network, and of the protocol no more than its codec says. What arrived
is kept as the bytes it came in, so that nothing that is made of them can lose any of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tooltrace.core.fold.reply_check import broken
from tooltrace.core.model.events import FailureKind, ModelFailed, ModelReplied
from tooltrace.core.model.ports import ModelAnswer, OnDelta
from tooltrace.core.text.exact_json import loads
from tooltrace.models.usage_estimates import estimate
from tooltrace.models.wire.errors import quoted, words
from tooltrace.models.wire.form import Codec, ReplyStream, WireError
from tooltrace.models.wire.sse import EventStream

__all__ = ["MOST_BYTES", "Attempt", "as_text"]

MOST_BYTES = 64 << 20
"""How large an answer may be, unpacked. One of 128,000 tokens, each an event, has some 25 MB."""

_BLANK = b" \t\r\n\xef\xbb\xbf"
_CONTROL = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f]")
"""No text has these; an escape may be in what a server says of itself."""

_BEGINS_AN_EVENT = frozenset(b":deir")
"""How a line of an event stream begins, and no JSON does."""


def as_text(raw: bytes) -> str:
    """The bytes as text that keeps each of them: what is no UTF-8 becomes lone surrogates.

    ``text.encode("utf-8", "surrogateescape")`` gives the bytes again.
    """
    return raw.decode("utf-8", "surrogateescape")


class Attempt:
    """Takes an answer piece by piece and judges it. ``where`` is the server, for people.

    ``sent`` and ``headers`` are those of the request and of the answer, once there are any, and
    ``asked`` is what the request says.
    """

    def __init__(
        self, clock: Callable[[], float], codec: Codec, heard: OnDelta | None = None
    ) -> None:
        self.where = "the API"
        self.placement: str | None = None
        self.asked: Mapping[str, Any] = {}
        self.sent: Mapping[str, str] = {}
        self.headers: Mapping[str, str] = {}
        self.status: int | None = None
        self.given_up = False
        self._clock = clock
        self._codec = codec
        self._heard = heard
        self._started = clock()
        self._first: float | None = None
        self._ended: float | None = None
        self._raw: list[bytes] = []
        self._events: EventStream | None = None
        self._stream: ReplyStream | None = None
        self._sniffed = False
        self._size = 0

    def asks(self) -> None:
        """The request goes out now."""
        self._started = self._clock()

    def answers(self, status: int, headers: Mapping[str, str]) -> None:
        """The answer began, with its headers."""
        self.status, self.headers = status, headers

    @property
    def accepted(self) -> bool:
        """Whether the server began to answer with a reply."""
        return self.status is not None and 200 <= self.status < 300

    def full(self) -> bool:
        """Whether more came than is read of an answer."""
        return self._size > MOST_BYTES

    @property
    def raw(self) -> bytes | None:
        """What came of the answer's body; None if no answer began."""
        return b"".join(self._raw) if self.accepted else None

    @property
    def blank(self) -> bool:
        """Whether nothing of a reply came: no byte, or only what keeps a connection open."""
        if self._stream is not None and self._events is not None:
            return self._stream.idle and not self._events.pending
        return all(not part.strip(_BLANK) for part in self._raw)

    def take(self, chunk: bytes) -> bool:
        """More of the body; whether that was the end of what counts."""
        if self._first is None:
            self._first = self._clock()
        room = MOST_BYTES - self._size
        self._size += len(chunk)
        if self.full():
            self._raw.append(chunk[: max(0, room)])
            return True
        self._raw.append(chunk)
        if not self._sniffed:
            self._sniff(chunk)
        if self._events is None or self._stream is None:
            return False
        for name, data in self._events.feed(chunk):
            self._stream.take(name, data)
        if self._stream.over and self._ended is None:
            self._ended = self._clock()
        return self._stream.over

    def _sniff(self, chunk: bytes) -> None:
        """Which of the two a body is shows in its first character, whatever its type says."""
        begun = chunk.removeprefix(b"\xef\xbb\xbf").lstrip()
        if not begun:
            return
        self._sniffed = True
        if begun[0] in _BEGINS_AN_EVENT or (self._typed_events() and begun[0] not in b"{["):
            self._events, self._stream = EventStream(), self._codec.stream(self._heard)

    def answer(self) -> ModelAnswer:
        """The verdict on a body that came to its end, or that was left because of its size."""
        if self.full() and not (self._stream and self._stream.over):
            most = f"{MOST_BYTES >> 20} MB, the most that is read of one"
            text = f"The reply from {self.where} is larger than {most}: look at what answers there"
            return self.stopped(text, "incomplete")
        stream, typed = self._stream, self._typed_events()
        if self.blank:
            text = (
                f"The reply from {self.where} is empty: ask again; if it stays so, see --base-url"
            )
            return self.failure(text, retryable=True)
        if (stream is None or not stream.events) and (why := self._no_text()):
            advice = "look at what compresses its answers"
            text = f"No usable reply from {self.where}: it cannot be unpacked: {advice}: {why}"
            return self.failure(text, kind="incomplete")
        if stream is None or not (stream.events or typed):
            return self._plain()
        stream.end()
        message, broken = stream.message(), stream.broken
        if broken is not None:
            advice = broken.advice
            text = f"The reply from {self.where} is incomplete: {advice}: {broken.why}"
            return self.failure(text, kind="incomplete", reply=message, retryable=broken.retryable)
        return self._reply(message or {})

    def failure(
        self,
        text: str,
        *,
        kind: FailureKind = "failed",
        reply: dict[str, Any] | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
        raw: str | None = None,
    ) -> ModelFailed:
        """A failure with the facts of this attempt; ``raw`` is what was read if not from here."""
        here = self.raw
        return ModelFailed(
            text,
            status=self.status,
            request_id=self._request_id,
            raw=as_text(here) if here is not None and raw is None else raw,
            ms=self._since_start(self._clock()),
            kind=kind,
            reply=reply,
            retryable=retryable,
            retry_after=retry_after,
            first_ms=self._first_ms(),
            placement=self.placement,
        )

    def stopped(self, text: str, kind: FailureKind, retryable: bool = False) -> ModelFailed:
        """The failure of an attempt that ended before its answer did, with what of it came."""
        reply = self._stream.message() if self._stream else None
        return self.failure(text, kind=kind, reply=reply, retryable=retryable)

    def estimate(self, answer: ModelAnswer) -> dict[str, int] | None:
        """The tokens to count instead of those that the answer tells; None where these can be."""
        stream = self._stream
        if isinstance(answer, ModelReplied):
            final = stream is None or stream.counted
            return estimate(self.asked, answer.reply, b"", final=final)
        if answer.kind == "failed" or not (self.accepted or (self.sent and self.status is None)):
            return None
        # Half of a body that is JSON makes no message: what came of its text begins here.
        plain = stream is None and answer.reply is None
        rest = b"".join(self._raw).partition(b'"content"')[2] if plain else b""
        final = stream.counted if stream else answer.reply is not None
        return estimate(self.asked, answer.reply, rest, final=final)

    def _plain(self) -> ModelAnswer:
        """The verdict on a body that is no event stream."""
        raw = b"".join(self._raw)
        try:
            body = loads(raw)
            if error := self._codec.read_error(self.status or 200, body):
                return self._told(error)
            message = self._codec.read_reply(body)
        except ValueError as error:
            begun = raw.lstrip().startswith(b"{") and not _is_json(raw)
            advice = "ask again" if begun else "check --base-url, or ask again"
            text = f"No usable reply from {self.where}: {advice}: {error}"
            return self.failure(text, kind="incomplete" if begun else "failed", retryable=begun)
        if why := broken(message) or self._said_twice(raw):
            text = f"The reply from {self.where} is incomplete: ask again: {why}"
            return self.failure(text, kind="incomplete", reply=message, retryable=True)
        return self._reply(message)

    def _told(self, error: WireError) -> ModelFailed:
        advice = "ask again" if error.retryable else "see what it says, or check --base-url"
        text = f"No usable reply from {self.where}: {advice}: it is an error: {words(error)}"
        return self.failure(text, retryable=error.retryable)

    def _reply(self, message: dict[str, Any]) -> ModelReplied:
        return ModelReplied(
            message,
            ms=self._since_start(self._clock() if self._ended is None else self._ended),
            request_id=self._request_id,
            raw=as_text(b"".join(self._raw)),
            first_ms=self._first_ms(),
            placement=self.placement,
        )

    def _said_twice(self, raw: bytes) -> str | None:
        """Why a body with calls in it is not surely whole: a key stands there twice."""
        if self._codec.calls not in raw:
            return None
        try:
            loads(raw, once=True)
        except ValueError as error:
            return str(error)
        return None

    def _no_text(self) -> str:
        """Why the body can be neither JSON nor events; empty where it can."""
        try:
            if not _CONTROL.search(b"".join(self._raw).decode("utf-8-sig")):
                return ""
        except UnicodeDecodeError:
            pass
        packed = quoted(self.headers.get("content-encoding", "")) or "none"
        return f"its bytes are no text, its content-encoding: {packed}"

    @property
    def _request_id(self) -> str | None:
        """What the server calls the request: Anthropic and OpenAI have a header each."""
        return self.headers.get("request-id") or self.headers.get("x-request-id")

    def _typed_events(self) -> bool:
        return "event-stream" in self.headers.get("content-type", "")

    def _first_ms(self) -> float:
        return 0.0 if self._first is None else self._since_start(self._first)

    def _since_start(self, moment: float) -> float:
        return (moment - self._started) * 1000


def _is_json(raw: bytes) -> bool:
    try:
        loads(raw)
    except ValueError:
        return False
    return True
