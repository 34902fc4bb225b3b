"""Requests to a model on their way: what was sent, what came back, and when.

Runs on the threads and loops of others, so it keeps bytes and does nothing with them, and lets no
error of its own out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tooltrace.core.text.sanitize import clip, one_line

__all__ = ["ModelRequest", "Requests"]

_PATHS = ("/messages", "/chat/completions", "/responses")
_LONGEST_ERROR = 300
_IDS = ("request-id", "x-request-id")

Told = Callable[["ModelRequest"], None]


class ModelRequest:
    """One of them. ``told`` is called when it is over, once."""

    def __init__(self, body: bytes, attempt: int, told: Told) -> None:
        self.body, self.attempt = body, attempt
        self.asked_at = time.time()
        self.replied_at = self.asked_at
        self.status = 0
        self.request_id = ""
        self.error = ""
        self.chunks: list[bytes] = []
        self.decoded: Callable[[bytes], bytes] | None = None
        """Undoes the compression of the body."""
        self.is_over = False
        self._told = told

    @property
    def response(self) -> bytes:
        """The body of the response, as far as it came."""
        data = b"".join(self.chunks)
        if self.decoded is not None and data:
            try:
                return self.decoded(data)
            except Exception:  # noqa: BLE001 - cut in the middle, or no such compression after all
                return b""
        return data

    def failed(self, error: BaseException) -> None:
        """It got no response, or not all of it."""
        with suppress(Exception):
            said = clip(one_line(str(error)), _LONGEST_ERROR)
            self.error = f"{type(error).__name__}: {said}" if said else type(error).__name__
        self.over()

    def responded(self, response: Any) -> None:
        """What came back, all of it read."""
        self._head(response)
        self.chunks = [response.content]
        self.over()

    def streams(self, response: Any) -> None:
        """What came back, of which only the head is read."""
        self._head(response)
        encoding = response.headers.get("content-encoding", "identity")
        if encoding.strip().lower() not in ("", "identity"):
            kind, headers = type(response), {"content-encoding": encoding}
            self.decoded = lambda data: bytes(kind(200, headers=headers, content=data).content)

    def chunk(self, data: bytes) -> None:
        """A piece of the body as it came over the wire."""
        self.chunks.append(data)

    def over(self) -> None:
        """No more comes, or nobody reads it."""
        if not self.is_over:
            self.is_over = True
            self.replied_at = time.time()
            self._told(self)

    def _head(self, response: Any) -> None:
        self.status = response.status_code
        named = (response.headers.get(name) for name in _IDS)
        self.request_id = next((name for name in named if name), "")


class Requests:
    """Tells of each request to a model, when it is sent and when it is over, and of nothing else.

    ``began``, ``over`` and ``ended`` raise nothing and return at once.
    """

    def __init__(self, began: Told, over: Told, ended: Callable[[], None]) -> None:
        self._began, self._over, self._ended = began, over, ended

    def asked(self, request: Any) -> ModelRequest | None:
        """A request that is about to be sent; None where it is of no interest."""
        try:
            if request.method != "POST" or not request.url.path.endswith(_PATHS):
                return None
            attempt = request.headers.get("x-stainless-retry-count", "")
            again = int(attempt) if attempt.isdecimal() else 0
            made = ModelRequest(request.content, again, self._over)
        except Exception:  # noqa: BLE001 - its body is a stream that can be read once, say
            return None
        self._began(made)
        return made

    def closed(self) -> None:
        """The client was closed."""
        self._ended()
