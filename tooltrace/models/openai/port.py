"""The live model port for a protocol over HTTP, without an SDK: one request, one whole reply.

The HTTP library is the one that the Anthropic SDK brings; it is imported when the first request is
made.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from tooltrace.core.model.events import ModelFailed
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import ModelAnswer
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.core.text.exact_json import loads, plain
from tooltrace.core.text.redact import Hide
from tooltrace.models.live.attempt import Attempt, as_text
from tooltrace.models.live.connection import beginning, http_client, receive, tls
from tooltrace.models.live.failure_words import hider, refusal, secrets_in
from tooltrace.models.live.port import LiveModel, patience
from tooltrace.models.live.retry_after import retry_after, retryable
from tooltrace.models.openai.api import Api, placed
from tooltrace.models.openai.host import Host
from tooltrace.models.request.turns import Placement
from tooltrace.models.wire.errors import words
from tooltrace.models.wire.form import WireError

if TYPE_CHECKING:
    from httpx2 import AsyncClient, Response

__all__ = ["HttpModel"]


class HttpModel(LiveModel):
    """Asks a model at ``host`` in the protocol ``api``.

    ``timeout`` is in seconds, and by default grows with what a reply may hold. ``clock`` counts
    seconds, ``now`` is in seconds since 1970.
    """

    def __init__(
        self,
        api: Api,
        model: str,
        host: Host,
        placement: Placement = "auto",
        clock: Callable[[], float] = time.perf_counter,
        timeout: float | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(api.codec, clock)
        self.model = model
        self.host = host
        self._api = api
        self._placement = placement
        self._now = now
        self._timeout = timeout
        self._client: AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def official(self) -> bool:
        """Whether it asks OpenAI itself."""
        return self.host.official

    def warm(self) -> None:
        """Load the HTTP library; may be called from a thread, and more than once."""
        import httpx2

        del httpx2
        # Certificates that cannot be read are the first request's failure, not a crash here.
        with suppress(OSError):
            tls()

    async def aclose(self) -> None:
        """Close the connections; the next ask opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def attempted(self, attempt: Attempt, request: Request) -> ModelAnswer:
        """See ``LiveModel``."""
        attempt.where = self.host.where
        attempt.placement = placed(self._placement, self.host)
        if why := self.host.keyless() or self._unfit(request):
            return attempt.failure(why)
        try:
            body = self._api.body(request, self.model, attempt.placement, self.host)
            wrong = self._api.problems(body)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            return attempt.failure(f"Not sent, a message cannot be said: edit it: {error}")
        if wrong:
            more = f" (and {len(wrong) - 1} more)" if wrong[1:] else ""
            return attempt.failure(f"Not sent, the API would refuse {wrong[0]}{more}")
        await asyncio.to_thread(self.warm)
        from httpx2 import HTTPError, InvalidURL

        timeout = patience(request, self._timeout)
        attempt.asked = body
        try:
            attempt.asks()
            return await self._answered(attempt, plain(body).encode(), timeout)
        except (HTTPError, InvalidURL, OSError, TypeError, ValueError, ExceptionGroup) as error:
            if attempt.status is not None and not attempt.accepted:
                return self._refused(attempt, None)
            return self.broken_off(attempt, error, timeout)

    def _unfit(self, request: Request) -> str | None:
        refused = self._api.refused(request.options or RequestSettings(), self.host)
        return f"Not sent, a setting is not taken there: {refused[0]}" if refused else None

    async def _answered(self, attempt: Attempt, body: bytes, timeout: float) -> ModelAnswer:
        from httpx2 import Timeout

        client = self._connected()
        headers = {"content-type": "application/json", "accept": "text/event-stream"}
        if (key := self.host.key) is not None:
            headers["authorization"] = f"Bearer {key}"
        request = client.build_request(
            "POST",
            f"{self.host.base_url}{self._api.path}",
            content=body,
            headers=headers,
            timeout=Timeout(timeout, connect=min(5.0, timeout)),
        )
        attempt.sent = request.headers
        response = await client.send(request, stream=True)
        try:
            attempt.answers(response.status_code, response.headers)
            if not attempt.accepted:
                response.stream = beginning(response.stream)
                await response.aread()
                return self._refused(attempt, response)
            await receive(attempt, response)
        finally:
            await response.aclose()
        return attempt.answer()

    def _connected(self) -> AsyncClient:
        """The client of this event loop."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            # A client of another loop is dropped: only its own loop could close it.
            self._client = http_client()
            self._loop = loop
        return self._client

    def _refused(self, attempt: Attempt, response: Response | None) -> ModelFailed:
        """The failure of an answer with another status; without a response its body was cut."""
        status, headers = attempt.status or 0, attempt.headers
        raw, error = None, None
        if response is not None:
            # A part of a secret could not be found any more where what was said is cut short.
            raw = self.hider(attempt)(as_text(response.content))
            error = self._told(status, raw)
        passes = retryable(status, headers)
        if error is not None and "x-should-retry" not in headers:
            passes = error.retryable
        wait = retry_after(headers, self._now()) if passes else None
        text = refusal(
            status,
            headers if wait is None else {"retry-after": f"{wait:g}", **headers},
            words(error) if error is not None else raw or "",
            self._api.words(self.host),
            model=self.model,
            where=attempt.where,
            official=self.official,
        )
        return attempt.failure(text, retryable=passes, retry_after=wait, raw=raw)

    def _told(self, status: int, raw: str) -> WireError | None:
        try:
            return self._codec.read_error(status, loads(raw))
        except ValueError:
            return self._codec.read_error(status, raw) if raw.strip() else None

    def hider(self, attempt: Attempt) -> Hide:
        """See ``LiveModel``."""
        return hider([*secrets_in(attempt.sent), *self.host.secrets])
