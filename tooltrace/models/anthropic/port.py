"""The live model port: one request to a Messages API, one whole reply or one failure.

The answer is read as the bytes of its stream, never through the model classes of the SDK, so blocks
and stop reasons that nobody here has heard of survive. Nothing is retried: an attempt that failed
is a fact that the person sees. No failure holds a credential.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tooltrace.core.model.events import ModelFailed
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import ModelAnswer
from tooltrace.core.text.exact_json import plain
from tooltrace.core.text.redact import Hide
from tooltrace.models.anthropic.body_settings import betas
from tooltrace.models.anthropic.client import ASKING, answers, sends
from tooltrace.models.anthropic.errors import OFFICIAL, refusal
from tooltrace.models.anthropic.request_body import body, placed
from tooltrace.models.anthropic.request_check import problems
from tooltrace.models.anthropic.settings_check import refused_settings
from tooltrace.models.live.attempt import Attempt, as_text
from tooltrace.models.live.connection import (
    LOCAL_KEY,
    LOOPBACK,
    address,
    bracketed,
    receive,
    tls,
)
from tooltrace.models.live.failure_words import hider, no_key_in, secrets_in
from tooltrace.models.live.port import LiveModel, patience
from tooltrace.models.live.retry_after import retry_after, retryable
from tooltrace.models.request.turns import Placement
from tooltrace.models.wire.messages.codec import MessagesCodec

if TYPE_CHECKING:
    from anthropic import APIStatusError, AsyncAnthropic, Timeout
    from httpx2 import Response

__all__ = ["AnthropicModel"]

_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
_NO_KEY = "No API key: set ANTHROPIC_API_KEY, or replay a session without one: tooltrace open FILE"


class AnthropicModel(LiveModel):
    """Asks a model behind the Anthropic API, or behind another server that speaks it.

    ``base_url`` overrides ANTHROPIC_BASE_URL; a server on this machine needs no key. ``key_env`` is
    the variable that has the key, if not the SDK's own. ``timeout`` is in seconds, and by default
    grows with what a reply may hold. ``clock`` counts seconds, ``now`` is in seconds since 1970.
    """

    def __init__(
        self,
        model: str,
        base_url: str | None = None,
        placement: Placement = "auto",
        clock: Callable[[], float] = time.perf_counter,
        timeout: float | None = None,
        now: Callable[[], float] = time.time,
        key_env: str | None = None,
    ) -> None:
        super().__init__(MessagesCodec(), clock)
        self.model = model
        self._base_url = base_url
        self._keys = _KEYS if key_env is None else (key_env,)
        self._placement = placement
        self._now = now
        self._timeout = timeout
        self._client: AsyncAnthropic | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def warm(self) -> None:
        """Load the SDK, which takes a second; may be called from a thread, and more than once."""
        import anthropic.resources.messages

        del anthropic
        # Certificates that cannot be read are the first request's failure, not a crash here.
        with suppress(OSError):
            tls()

    async def aclose(self) -> None:
        """Close the connections; the next ask opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def attempted(self, attempt: Attempt, request: Request) -> ModelAnswer:
        """See ``LiveModel``."""
        await asyncio.to_thread(self.warm)
        from anthropic import AnthropicError, Timeout
        from httpx2 import HTTPError, InvalidURL

        timeout = patience(request, self._timeout)
        try:
            client = self._connected()
            if client is None:
                return attempt.failure(self.keyless() or _NO_KEY)
            attempt.where = self._where()
            official = client.base_url.host == OFFICIAL
            attempt.placement = placed(self._placement, self.model, official)
            made = body(request, model=self.model, placement=attempt.placement, official=official)
            if wrong := problems(made):
                more = f" (and {len(wrong) - 1} more)" if wrong[1:] else ""
                return attempt.failure(f"Not sent, the API would refuse {wrong[0]}{more}")
            if why := refused_settings(request.options, self.model, official):
                return attempt.failure(f"Not sent: {why}; take it away, or name another model")
            ASKING.set(attempt)
            attempt.asked = made
            attempt.asks()
            patient = Timeout(timeout, connect=min(5.0, timeout))
            answer = await _answer(client, made, betas(request), patient)
            try:
                await receive(attempt, answer)
            finally:
                await answer.aclose()
        except (
            AnthropicError,
            HTTPError,
            InvalidURL,
            ImportError,
            OSError,
            TypeError,
            ValueError,
        ) as error:
            return self._failure(attempt, error, timeout)
        return attempt.answer()

    def keyless(self) -> str | None:
        """Why nothing could be asked: there is nothing to authenticate with. None when there is.

        The SDK, which takes a second to load, may know other places to look; it is asked only where
        neither a variable nor the address of a local server settles it.
        """
        if self._key():
            return None
        if self._keys != _KEYS:
            return no_key_in(self._keys[0])
        try:
            address = self._base_url or os.environ.get("ANTHROPIC_BASE_URL", "")
            if urlsplit(address).hostname in LOOPBACK:
                return None
            from anthropic import AnthropicError
            from httpx2 import InvalidURL

            try:
                return None if _may_ask(self._made()) else _NO_KEY
            except (AnthropicError, InvalidURL):
                return None
        except (ImportError, OSError, TypeError, ValueError):
            return None  # What is wrong there, the first request says.

    def _key(self) -> str | None:
        """What there is to authenticate with, if a variable has it."""
        return next((key for name in self._keys if (key := os.environ.get(name))), None)

    def _connected(self) -> AsyncAnthropic | None:
        """The client of this event loop; None when there is nothing to authenticate with."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            # A client of another loop is dropped: only its own loop could close it.
            self._client = self._made()
            self._loop = loop
        return self._client if _may_ask(self._client) else None

    def _made(self) -> AsyncAnthropic:
        from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient
        from httpx2 import URL

        url = URL(self._base_url or os.environ.get("ANTHROPIC_BASE_URL", ""))
        key = None if self._keys == _KEYS else self._key()
        if not self._key() and url.host in LOOPBACK:
            key = LOCAL_KEY
        return AsyncAnthropic(
            api_key=key,
            base_url=self._base_url,
            max_retries=0,
            open_telemetry=False,
            http_client=DefaultAsyncHttpxClient(
                # Proxy settings are about the network, but swallow local servers as well.
                mounts={f"all://{bracketed(host)}": None for host in LOOPBACK},
                # A redirect would take the conversation to a host that nobody named.
                follow_redirects=False,
                event_hooks={"request": [sends], "response": [answers]},
                verify=tls(),
            ),
        )

    def _failure(self, attempt: Attempt, error: Exception, timeout: float) -> ModelFailed:
        """The failure that an exception of the SDK, or of the connection under it, stands for."""
        from anthropic import APIConnectionError, APIError, APIStatusError

        if isinstance(error, APIError):
            attempt.sent = error.request.headers
        if attempt.status is not None and not attempt.accepted:
            return self._refused(attempt, error if isinstance(error, APIStatusError) else None)
        cause = error.__cause__ if isinstance(error, APIConnectionError) else error
        return self.broken_off(attempt, cause, timeout)

    def _refused(self, attempt: Attempt, error: APIStatusError | None) -> ModelFailed:
        """The failure of an answer with another status; without an error its body was cut."""
        status, headers = attempt.status or 0, attempt.headers
        said, raw = "", None
        if error is not None:
            # A part of a secret could not be found any more where what was said is cut short.
            hide = self.hider(attempt)
            raw = hide(as_text(error.response.content))
            said = hide(error.api_message) if isinstance(error.api_message, str) else raw
        passes = retryable(status, headers)
        wait = retry_after(headers, self._now()) if passes else None
        text = refusal(
            status,
            headers if wait is None else {"retry-after": f"{wait:g}", **headers},
            said,
            model=self.model,
            where=attempt.where,
            official=attempt.where == OFFICIAL,
        )
        return attempt.failure(text, retryable=passes, retry_after=wait, raw=raw)

    def hider(self, attempt: Attempt) -> Hide:
        """See ``LiveModel``."""
        client = self._client
        sent = {} if client is None else {k: str(v) for k, v in client.default_headers.items()}
        password = client.base_url.password if client else ""
        ours = {k: v for k, v in os.environ.items() if k.startswith("ANTHROPIC_")}
        keys = [os.environ.get(name, "") for name in self._keys]
        sent_with = [*secrets_in(attempt.sent), *secrets_in(sent)]
        return hider([*sent_with, *secrets_in(ours), *keys, password])

    @property
    def official(self) -> bool:
        """Whether it asked the Anthropic API itself; known once it has asked."""
        return self._client is not None and self._client.base_url.host == OFFICIAL

    def _where(self) -> str:
        """The server's address, without the password that a URL can carry."""
        if self._client is None:
            return "the API"
        url = self._client.base_url
        return OFFICIAL if url.host == OFFICIAL else address(url)


async def _answer(
    client: AsyncAnthropic, body: dict[str, Any], named: list[str], timeout: Timeout
) -> Response:
    """The answer to a body, which goes out as it is: ``create`` would order its keys anew.

    What the SDK has no name for, or no longer has one, goes out all the same.
    """
    from httpx2 import Response

    headers = {"X-Stainless-Raw-Response": "stream"}
    if named:
        headers["anthropic-beta"] = ",".join(named)
    return await client.post(
        "/v1/messages",
        cast_to=Response,
        content=plain(body).encode(),
        options={"headers": headers, "timeout": timeout},
    )


def _may_ask(client: AsyncAnthropic) -> bool:
    """Whether a client has something to authenticate with."""
    sent = {name.lower() for name in client.default_headers}
    return client.credentials is not None or bool(sent & {"authorization", "x-api-key"})
