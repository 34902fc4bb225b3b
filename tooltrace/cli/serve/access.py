"""Who may see and press keys: a browser on this machine that was given the token, and our page.

Any page that a person visits can ask a server on this machine for something. So the name that it
was asked by has to be this machine's (else a foreign name could be pointed here), a socket has to
be opened by our own page, and a browser has to have a cookie that it was given for the token.
"""

from __future__ import annotations

import re
import secrets
from hmac import compare_digest

from msgspec import Struct

__all__ = ["Access", "PageRequest"]

_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?", re.ASCII | re.IGNORECASE)


class PageRequest(Struct, frozen=True):
    """What a request says of itself; None where it says nothing.

    ``socket`` says that it wants to press keys, and not only to see a page.
    """

    host: str | None
    origin: str | None
    token: str | None
    cookie: str | None
    socket: bool = False


class Access:
    """The secrets of one server: the token in the address that is printed, and the cookie."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)
        self.cookie = secrets.token_urlsafe(24)

    def refusal(self, asked: PageRequest) -> str | None:
        """Why a request is refused; None where it is not."""
        if asked.host is None or not _HOST.fullmatch(asked.host):
            return "this server answers by the name of this machine alone"
        own = f"http://{asked.host}"
        if asked.origin is None:
            if asked.socket:
                return "only its own page may press keys"
        elif asked.origin.lower() != own.lower():
            return "another page asks for this"
        if _same(asked.cookie, self.cookie) or (not asked.socket and self.has_token(asked)):
            return None
        return "open the address that tooltrace serve printed: it lets a browser in"

    def has_token(self, asked: PageRequest) -> bool:
        """Whether it brings the token of the address that was printed."""
        return _same(asked.token, self.token)


def _same(given: str | None, secret: str) -> bool:
    return given is not None and compare_digest(given.encode("utf-8", "replace"), secret.encode())
