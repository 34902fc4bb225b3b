"""The live model port: one request to a Messages API, one whole reply or one failure.

The reply is the JSON that came over the wire, never a model class of the SDK, so blocks and stop
reasons that nobody here has heard of survive. Nothing is retried: an attempt that failed is a fact
that the person sees. No failure holds a credential.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from tooltrace.core.jsonio import loads
from tooltrace.core.messages import Request
from tooltrace.core.ports import Failure, Heard, Reply
from tooltrace.core.text import one_line
from tooltrace.models.answer import as_message, hider, refusal, secrets_in, unreached
from tooltrace.models.body import Placement, body, problems

if TYPE_CHECKING:
    from ssl import SSLContext

    from anthropic import AsyncAnthropic

__all__ = ["AnthropicModel"]

_OFFICIAL = "api.anthropic.com"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
_LOCAL_KEY = "local"
_NO_KEY = "No API key: set ANTHROPIC_API_KEY, or replay a session without one: tooltrace open FILE"


class AnthropicModel:
    """Asks a model behind the Anthropic API, or behind another server that speaks it.

    ``base_url`` overrides ANTHROPIC_BASE_URL; a server on this machine needs no key. ``max_tokens``
    limits a reply; ``timeout`` is in seconds and by default grows with ``max_tokens``.
    """

    def __init__(
        self,
        model: str,
        base_url: str | None = None,
        max_tokens: int = 4096,
        placement: Placement = "auto",
        clock: Callable[[], float] = time.perf_counter,
        timeout: float | None = None,
    ) -> None:
        self.model = model
        self._base_url = base_url
        self._max_tokens = max_tokens
        self._placement = placement
        self._clock = clock
        # The API's own estimate is an hour for 128,000 tokens.
        self._timeout = timeout or max(600.0, max_tokens * 3600 / 128_000)
        self._client: AsyncAnthropic | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def warm(self) -> None:
        """Load the SDK, which takes a second; may be called from a thread, and more than once."""
        import anthropic.resources.messages

        del anthropic
        # Certificates that cannot be read are the first request's failure, not a crash here.
        with suppress(OSError):
            _tls()

    async def ask(self, request: Request, heard: Heard | None = None) -> Reply | Failure:
        """One attempt at one reply. A reply that is incomplete is one too: see its stop_reason."""
        await asyncio.to_thread(self.warm)
        from anthropic import AnthropicError, Timeout
        from httpx2 import HTTPError, InvalidURL

        started = self._clock()
        try:
            client = self._connected()
            if client is None:
                return Failure(_NO_KEY, "live")
            made = self._body(request, client)
            if wrong := problems(made):
                more = f" (and {len(wrong) - 1} more)" if wrong[1:] else ""
                return Failure(f"Not sent, the API would refuse {wrong[0]}{more}", "live")
            limits = Timeout(self._timeout, connect=min(5.0, self._timeout))
            started = self._clock()
            answer = await client.messages.with_raw_response.create(**made, timeout=limits)
            raw = await answer.read()
        except (
            AnthropicError,
            HTTPError,
            InvalidURL,
            ImportError,
            OSError,
            TypeError,
            ValueError,
        ) as error:
            return self._failure(error, self._since(started))
        ms = self._since(started)
        try:
            return Reply(as_message(loads(raw)), "live", ms=ms, request_id=answer.request_id)
        except ValueError as error:
            return self._failed(
                f"No usable reply from {self._where()}: check --base-url, or ask again: {error}",
                answer.http_request.headers,
                status=answer.status_code,
                request_id=answer.request_id,
                raw=raw.decode("utf-8", "replace"),
                ms=ms,
            )

    def cancel(self) -> bool:
        """Not yet: the whole reply comes at once."""
        return False

    async def aclose(self) -> None:
        """Close the connections; the next ask opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _connected(self) -> AsyncAnthropic | None:
        """The client of this event loop; None when there is nothing to authenticate with."""
        from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient
        from httpx2 import URL

        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            url = URL(self._base_url or os.environ.get("ANTHROPIC_BASE_URL", ""))
            keyless = not any(os.environ.get(name) for name in _KEYS)
            # A client of another loop is dropped: only its own loop could close it.
            self._client = AsyncAnthropic(
                api_key=_LOCAL_KEY if keyless and url.host in _LOOPBACK else None,
                base_url=self._base_url,
                max_retries=0,
                open_telemetry=False,
                http_client=DefaultAsyncHttpxClient(
                    # Proxy settings are about the network, but swallow local servers as well.
                    mounts={f"all://{_bracketed(host)}": None for host in _LOOPBACK},
                    # A redirect would take the conversation to a host that nobody named.
                    follow_redirects=False,
                    verify=_tls(),
                ),
            )
            self._loop = loop
        client = self._client
        sent = {name.lower() for name in client.default_headers}
        known = client.credentials is not None or sent & {"authorization", "x-api-key"}
        return client if known else None

    def _body(self, request: Request, client: AsyncAnthropic) -> dict[str, Any]:
        placement = self._placement
        if placement == "auto" and client.base_url.host != _OFFICIAL:
            # A server that only speaks the same protocol may take no system turns.
            placement = "beside"
        return body(request, model=self.model, max_tokens=self._max_tokens, placement=placement)

    def _failure(self, error: Exception, ms: float) -> Failure:
        from anthropic import APIConnectionError, APIError, APIStatusError, APITimeoutError
        from httpx2 import ConnectTimeout

        where = self._where()
        headers = error.request.headers if isinstance(error, APIError) else {}
        match error:
            case APIStatusError():
                response = error.response
                text = refusal(
                    error.status_code,
                    response.headers,
                    error.api_message if isinstance(error.api_message, str) else response.text,
                    model=self.model,
                    where=where,
                    official=where == _OFFICIAL,
                )
                return self._failed(
                    text,
                    headers,
                    status=error.status_code,
                    request_id=error.request_id,
                    raw=response.text,
                    ms=ms,
                )
            case APITimeoutError() if not isinstance(error.__cause__, ConnectTimeout):
                text = f"No reply from {where} within {self._timeout:g} s: ask again"
            case APIConnectionError():
                text = unreached(error.__cause__, where)
            case _:
                text = unreached(error, where)
        return self._failed(text, headers, ms=ms)

    def _failed(
        self,
        text: str,
        headers: Mapping[str, str],
        *,
        status: int | None = None,
        request_id: str | None = None,
        raw: str | None = None,
        ms: float,
    ) -> Failure:
        client = self._client
        sent = {} if client is None else {k: str(v) for k, v in client.default_headers.items()}
        password = client.base_url.password if client else ""
        ours = {k: v for k, v in os.environ.items() if k.startswith("ANTHROPIC_")}
        hide = hider([*secrets_in(headers), *secrets_in(sent), *secrets_in(ours), password])
        return Failure(
            one_line(hide(text)),
            "live",
            status=status,
            request_id=request_id and hide(request_id),
            raw=raw and hide(raw),
            ms=ms,
        )

    @property
    def official(self) -> bool:
        """Whether it asked the Anthropic API itself; known once it has asked."""
        return self._client is not None and self._client.base_url.host == _OFFICIAL

    def _where(self) -> str:
        """The server's address, without the password that a URL can carry."""
        if self._client is None:
            return "the API"
        url = self._client.base_url
        if url.host == _OFFICIAL:
            return _OFFICIAL
        port = "" if url.port is None else f":{url.port}"
        return f"{url.scheme}://{_bracketed(url.host)}{port}{url.path}".rstrip("/")

    def _since(self, started: float) -> float:
        return (self._clock() - started) * 1000


@cache
def _tls() -> SSLContext:
    """What to trust; reading the certificates takes too long for an event loop."""
    from httpx2 import create_ssl_context

    return create_ssl_context()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
