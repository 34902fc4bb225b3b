"""What a server says instead of a reply, in whichever words: an object, a line, a page of HTML."""

from __future__ import annotations

import re
from collections.abc import Callable

from tooltrace.core.text.exact_json import JsonValue, plain
from tooltrace.core.text.redact import Redactor
from tooltrace.core.text.sanitize import clip
from tooltrace.models.wire.form import WireError

__all__ = ["error_in", "passes", "quoted", "text_error", "words"]

_SAID_LENGTH = 301
_WITHOUT_KEYS = Redactor()
_PASSING_STATUS = frozenset({408, 409, 429})
_TITLE = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_PAGE = re.compile(r"\s*<(!doctype|html|head|body|h1)\b", re.IGNORECASE)


def quoted(said: str) -> str:
    """What a server said, cut short; keys are taken out first, as half of one is not found."""
    return clip(_WITHOUT_KEYS(said.strip()), _SAID_LENGTH)


def words(error: WireError) -> str:
    """An error in its server's words, cut short."""
    return quoted(": ".join(one for one in (error.kind, error.message) if one.strip()))


def passes(status: int) -> bool:
    """Whether a status is about the moment and not about the request."""
    return status in _PASSING_STATUS or status >= 500


def error_in(error: JsonValue, passing: Callable[[object], bool]) -> WireError:
    """The error in the ``error`` of a body, which may be an object or a text.

    ``passing`` says whether a kind of error is about the moment. What has neither kind nor message
    is told as JSON.
    """
    fields = error if isinstance(error, dict) else {"message": error}
    kind, said = (_text(fields.get(name)) for name in ("type", "message"))
    return WireError(kind, said if kind or said else plain(error), passing(fields.get("type")))


def text_error(status: int, text: str) -> WireError | None:
    """The error that a body is which is no JSON: its text, or the title of a page.

    None for a status that is of no error.
    """
    if status < 400:
        return None
    if _PAGE.match(text):
        found = _TITLE.search(text)
        text = _TAG.sub(" ", found[2] if found else text)
    return WireError("", quoted(" ".join(text.split())), passes(status))


def _text(value: object) -> str:
    return value if isinstance(value, str) and value.strip() else ""
