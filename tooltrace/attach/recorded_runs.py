"""The runs of a client as records: what its requests say that is new, and what came back.

They are the records that an import of the same requests would make, and made by the same code: that
also says which run a request belongs to. What is known of the client beside stands between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from tooltrace.attach.headers import by_name, recorded, session_of
from tooltrace.attach.proxy_request import ProxyAnswer, ProxyRequest
from tooltrace.attach.raw_delta import delta
from tooltrace.core.model import client_events as c
from tooltrace.core.model import events as e
from tooltrace.core.model.notes import HeadSet
from tooltrace.formats.imported.body import RequestBody
from tooltrace.formats.imported.conversations import Conversation, Conversations, Exchange
from tooltrace.formats.imported.http_exchange import reply_read, request_read
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.reply import HttpAnswer
from tooltrace.models.live.retry_after import retryable

__all__ = ["RecordedRuns", "source_of"]

_Records = Iterator[e.Record]

SIDE_CALL = "side call"
"""The title of a run that begins without tools: no agent, but what it asks beside, as a title."""


def source_of(event: e.Event) -> e.Source:
    """Where a fact of an attached run comes from: its tools are run by the client."""
    return "client" if isinstance(event, e.ToolStarted | e.ToolReturned) else "live"


class RecordedRuns:
    """All runs of one client. Each method gives the records that are now known, in order."""

    def __init__(self, out: Recorder, argv: Sequence[str] = (), recipe: str = "") -> None:
        self._out, self._attached = out, c.ClientAttached([*argv], recipe)
        self._told = Conversations(out, "attached")
        self._all: dict[Conversation, str] = {}
        """Each with the body of its last request, and in the order in which they began."""
        self._asking: dict[int, tuple[Conversation, Exchange]] = {}
        """By the number of a request that has no answer yet."""
        self._main: Conversation | None = None

    def came(self, request: ProxyRequest) -> _Records:
        """A request for a reply: belongs to the run of its path and of its client's session."""
        exchange = _exchange(request)
        found = self._told.find(exchange)
        one = found.conversation
        if one not in self._all:
            self._all[one] = ""
            if self._main is None and exchange.title != SIDE_CALL:
                self._main = one
            yield from one.run.begin(exchange.model)
            yield from one.run.noted(self._attached, request.at)
        self._asking[request.number] = one, exchange
        yield from one.run.noted(self._came(request, one), request.at)
        yield from self._told.told(found, exchange)
        yield from one.run.asked()

    def _came(self, request: ProxyRequest, one: Conversation) -> c.RequestCame:
        assert request.protocol is not None
        raw = self._shown(request.body)
        made = delta(self._all[one], raw)
        self._all[one] = raw
        headers = recorded(request.headers)
        return c.RequestCame(
            request.protocol, request.path, made.text, made.head, made.tail, headers
        )

    def sent(self, request: ProxyRequest, body: bytes) -> _Records:
        """The request went on with another body."""
        if request.number in self._asking:
            one, _ = self._asking[request.number]
            made = delta(self._all[one], self._shown(body))
            yield from one.run.noted(c.RequestSent(made.text, made.head, made.tail))

    def answered(self, request: ProxyRequest, answer: ProxyAnswer) -> _Records:
        """What came back."""
        if request.number not in self._asking:
            return
        one, exchange = self._asking.pop(request.number)
        headers = by_name(answer.headers)
        came = HttpAnswer(
            answer.body.decode("utf-8", "surrogateescape"),
            headers.get("request-id", headers.get("x-request-id")),
            answer.ms,
            answer.first_ms,
            answer.status or None,
            retryable(answer.status, headers),
        )
        reply = replace(reply_read(answer.status, answer.body, answer.broken), answer=came)
        whole = replace(exchange, reply=reply, replied_at=answer.at)
        yield from self._told.answered(one, whole)
        if answer.status:
            delivered = c.ReplyDelivered(answer.status, recorded(answer.headers))
            yield from one.run.noted(delivered, answer.at)

    def left(self, request: ProxyRequest, why: str, at: str) -> _Records:
        """Its client went away."""
        if request.number in self._asking:
            one, _ = self._asking[request.number]
            yield from one.run.noted(c.ClientLeft(why), at)

    def ended(self, code: int | None, at: str) -> _Records:
        """No more requests come; ``code`` is how the client's process ended, if it had one."""
        yield from self._told.end()
        for one in self._all if code is not None else ():
            yield from one.run.noted(c.ClientEnded(code or 0), at)
        if self._main is not None:
            tip = self._main.run.tip
            yield self._out.record(HeadSet(tip, tip), tip, at)

    def _shown(self, body: bytes) -> str:
        return self._out.hide(body.decode("utf-8", "surrogateescape"))


def _exchange(request: ProxyRequest) -> Exchange:
    try:
        body, keys = request_read(request.body)
    except ValueError:
        body, keys = RequestBody(), None
    of = f"{request.run} {session_of(by_name(request.headers))}".strip()
    return Exchange(
        body.messages,
        None,
        body.system,
        body.tools,
        body.model,
        request.at,
        extra=body.settings,
        previous=body.previous,
        keys=keys,
        of=of,
        title="" if body.tools or body.previous else SIDE_CALL,
    )
