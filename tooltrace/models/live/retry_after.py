"""Whether a request that failed may succeed later, and when: read off a status and its headers.

The rules are those of the official SDKs (``_base_client.py`` of anthropic and of openai), which ask
again by themselves. Here nothing does: a person, or the debugger on their behalf, decides. OpenAI,
and who follows it, says when a limit is whole again in ``x-ratelimit-reset-requests`` and
``x-ratelimit-reset-tokens``, as ``1s`` or ``6m0s`` (platform.openai.com/docs/guides/rate-limits).
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
_LIMITS = ("requests", "tokens")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_SPAN = re.compile(r"(?:\d{1,9}(?:\.\d{0,9})?(?:ms|[smhd]))+", re.ASCII)
_PART = re.compile(r"(\d+\.?\d*)(ms|[smhd])", re.ASCII)
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
    if seconds is None:
        seconds = _until(after, now) if after.strip() else None
    return _reset(headers) if seconds is None else seconds


def _reset(headers: Mapping[str, str]) -> float | None:
    """When the limit that was reached is whole again: that with nothing left, or the later one."""
    found = {name: _span(headers.get(f"x-ratelimit-reset-{name}", "")) for name in _LIMITS}
    told = {name: seconds for name, seconds in found.items() if seconds is not None}
    reached = [
        seconds
        for name, seconds in told.items()
        if headers.get(f"x-ratelimit-remaining-{name}", "").strip() == "0"
    ]
    return max(reached or told.values(), default=None)


def _span(text: str) -> float | None:
    """The seconds in ``6m0s``, ``20ms`` or ``1.5``; None for anything else, and for nothing."""
    text = text.strip()
    if _SPAN.fullmatch(text):
        return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    # Azure says 0, and -1 for what it leaves, where it says nothing.
    return _number(text) or None


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
