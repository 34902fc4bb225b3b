"""Which headers go on, and which are written down: those are listed, so that no key ever is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tooltrace.core.text.secret_names import words_in

__all__ = ["Headers", "by_name", "client_headers", "passed_on", "recorded", "session_of"]

Headers = list[tuple[bytes, bytes]]
"""Names and values as they came, in their order; a name may stand more than once."""

_SESSION = (
    "x-claude-code-agent-id",
    "x-claude-code-session-id",
    "thread-id",
    "session-id",
    "x-session-id",
    "x-session-affinity",
)
"""By which clients name what a request belongs to, the narrowest first."""

_HOP_BY_HOP = words_in(
    "connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer "
    "transfer-encoding upgrade"
)
_OURS = words_in("host content-length accept-encoding expect")
_KEPT = words_in(
    "accept anthropic-beta anthropic-version content-type openai-beta openai-processing-ms "
    "originator request-id retry-after retry-after-ms user-agent version x-app "
    "x-client-request-id x-codex-window-id x-request-id x-should-retry"
)
_KEPT_BEGIN = ("x-stainless-", "anthropic-ratelimit-", "x-ratelimit-")
_LONGEST = 1000


def passed_on(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """What goes to the upstream: all but what is of this connection; nothing is compressed."""
    kept = [one for one in client_headers(headers) if _name(one[0]) not in _OURS]
    return [*kept, (b"Accept-Encoding", b"identity")]


def client_headers(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """What goes to the client of an answer's headers: all but what is of that connection."""
    came = [*headers]
    named = {
        one.strip().lower()
        for name, value in came
        if _name(name) == "connection"
        for one in value.decode("latin-1").split(",")
    }
    drop = _HOP_BY_HOP | named
    return [one for one in came if _name(one[0]) not in drop]


def by_name(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names in lower case and their values; of a name that stands twice the first counts."""
    found: dict[str, str] = {}
    for name, value in headers:
        found.setdefault(_name(name), value.decode("latin-1"))
    return found


def session_of(headers: Mapping[str, str]) -> str:
    """What a client calls the session of a request: the header with its value, or nothing."""
    return next((f"{name}={headers[name]}" for name in _SESSION if headers.get(name)), "")


def recorded(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """What of the headers a session may say: those that are known to be nobody's secret."""
    return {
        name: value[:_LONGEST]
        for name, value in by_name(headers).items()
        if name in _KEPT or name in _SESSION or name.startswith(_KEPT_BEGIN)
    }


def _name(name: bytes) -> str:
    return name.decode("latin-1").lower()
