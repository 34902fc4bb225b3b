"""Where a request in one of OpenAI's protocols goes, and which key goes there with it.

``base_url`` is what OpenAI's own SDK calls by that name, ``/v1`` included; its OPENAI_BASE_URL
counts where nothing is given. OPENAI_API_KEY goes to OpenAI's own host and to no other: a key goes
to another host only from a variable that a person named for it. Nothing here imports an HTTP
library.
"""

from __future__ import annotations

import os
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from tooltrace.core.text.sanitize import one_line
from tooltrace.models.live.connection import LOCAL_KEY, LOOPBACK, bracketed
from tooltrace.models.live.failure_words import no_key_in

__all__ = ["OFFICIAL", "Host"]

OFFICIAL = "api.openai.com"
"""OpenAI's own host: the one whose prices and rules are known."""

_OFFICIAL_URL = f"https://{OFFICIAL}/v1"
_KEY = "OPENAI_API_KEY"
_NO_KEY = f"No API key: set {_KEY}, or replay a session without one: tooltrace open FILE"
_COUNTING = (OFFICIAL, "openrouter.ai", *LOOPBACK)
"""Hosts that take ``stream_options``, local servers among them: Ollama, vLLM, llama.cpp, LM Studio.
Some others refuse a request with it, such as Mistral's (openai/openai-agents-python#442)."""


class Host(Struct, frozen=True):
    """A server; ``key_env`` is the variable with the key that a person named for it."""

    base_url: str
    key_env: str | None = None

    @staticmethod
    def of(base_url: str | None, key_env: str | None) -> Host:
        """The host of a run's settings."""
        given = base_url or os.environ.get("OPENAI_BASE_URL") or _OFFICIAL_URL
        return Host(given.rstrip("/"), key_env)

    @property
    def official(self) -> bool:
        """Whether it is OpenAI's own."""
        url = self._split()
        return url is not None and (url.scheme, url.hostname) == ("https", OFFICIAL)

    @property
    def local(self) -> bool:
        """Whether it is this machine."""
        url = self._split()
        return url is not None and url.hostname in LOOPBACK

    @property
    def counts(self) -> bool:
        """Whether it is known to say what a streamed reply used, when it is asked to."""
        url = self._split()
        return url is not None and url.hostname in _COUNTING

    @property
    def where(self) -> str:
        """Its address for people, without the password that a URL can carry."""
        if self.official:
            return OFFICIAL
        url = self._split()
        if url is None or url.hostname is None:
            return one_line(self.base_url)
        port = "" if url.port is None else f":{url.port}"
        return f"{url.scheme}://{bracketed(url.hostname)}{port}{url.path}".rstrip("/")

    @property
    def key(self) -> str | None:
        """What authenticates a request there; None where nothing is sent."""
        if self.key_env is not None:
            return os.environ.get(self.key_env) or None
        if self.official:
            return os.environ.get(_KEY) or None
        return LOCAL_KEY if self.local else None

    def keyless(self) -> str | None:
        """Why nothing could be asked there: no address, or no key where one is needed, or None."""
        url = self._split()
        if url is None or url.scheme not in ("http", "https") or not url.hostname:
            where = one_line(self.base_url)
            return f"Cannot ask {where}: --base-url has to be as http://localhost:11434/v1"
        if self.key_env is not None and self.key is None:
            return no_key_in(self.key_env)
        if self.official and self.key is None:
            return _NO_KEY
        key = self.key or ""
        if not (key.isascii() and key.isprintable()):
            return f"No API key: {one_line(self.key_env or _KEY)} has characters that none has"
        return None

    @property
    def credentials(self) -> str:
        """What to look at when it refuses a key."""
        if self.key_env is not None:
            return one_line(self.key_env)
        return _KEY if self.official else "--key-env: it names the variable that has the key"

    @property
    def secrets(self) -> list[str]:
        """The values that nobody else may see."""
        url = self._split()
        key = "" if self.key in (None, LOCAL_KEY) else str(self.key)
        return [key, os.environ.get(_KEY, ""), (url.password or "") if url else ""]

    def _split(self) -> SplitResult | None:
        try:
            url = urlsplit(self.base_url)
            _ = url.port
        except ValueError:
            return None
        return url
