"""Whether a request that failed may succeed later, and when: read off a status and its headers.

The rules are those of the official SDK (``anthropic/_base_client.py``), which asks again by itself.
Here nothing does: a person, or the debugger on their behalf, decides.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC

from tooltrace.models.wire.errors import passes

__all__ = ["lost", "retry_after", "retryable"]

_LOST = frozenset(
    {"CloseError", "ConnectError", "ProxyError", "ReadError", "RemoteProtocolError", "WriteError"}
    | {"DecodingError", "ConnectTimeout", "PoolTimeout", "ReadTimeout", "WriteTimeout"}
)
_NUMBER = re.compile(r"\d{1,300}(\.\d{0,30})?|\.\d{1,30}", re.ASCII)


def retryable(status: int, headers: Mapping[str, str]) -> bool:
    """Whether the same request may succeed later; the server's own word counts before the rule."""
    told = headers.get("x-should-retry", "")
    if told in ("true", "false"):
        return told == "true"
    return passes(status)


def lost(cause: BaseException | None) -> bool:
    """Whether a connection failed in a way that may pass; a wrong address or key does not."""
    while isinstance(cause, BaseExceptionGroup):
        cause = cause.exceptions[0]
    return type(cause).__name__ in _LOST and "CERTIFICATE_VERIFY" not in str(cause)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """How many seconds the server asks to wait; None when it names no time that makes sense.

    ``now`` is in seconds since 1970; a date that has passed is 0. Nothing is capped.
    """
    thousandths = _number(headers.get("retry-after-ms", ""))
    if thousandths is not None:
        return thousandths / 1000
    after = headers.get("retry-after", "")
    seconds = _number(after)
    return _until(after, now) if seconds is None else seconds


def _number(text: str) -> float | None:
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def _until(text: str, now: float) -> float | None:
    # Seldom needed, and long to import.
    from email.utils import parsedate_to_datetime

    try:
        at = parsedate_to_datetime(text)
        # A date without a zone is GMT, as HTTP dates are.
        moment = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, moment.timestamp() - now)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
