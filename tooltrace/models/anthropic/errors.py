"""What came back from a Messages API instead of a reply, in words for a person, without its SDK.

A refusal becomes one line that says what happened and what to do next. Secrets are hidden by their
exact values, in every form in which they get into a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tooltrace.core.text.redact import Hide, Redactor, hidden
from tooltrace.core.text.sanitize import named
from tooltrace.models.wire.errors import quoted

__all__ = [
    "OFFICIAL",
    "hidden",
    "hider",
    "refusal",
    "secrets_in",
    "unreached",
]

OFFICIAL = "api.anthropic.com"
"""The API's own host: the one whose prices and rules are known."""

_REFUSALS = {
    400: ("The request was refused", "change what is named here, then ask again"),
    401: ("The API key was refused", "check ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN"),
    402: ("The account cannot pay for this", "check its plan and credit balance"),
    403: ("The key may not do this", "check what it may use, or pick another model with --model"),
    404: ("No model {model}: unknown or retired", "pick another: --model claude-sonnet-5-5"),
    413: ("The request is too large", "shorten a long tool result, or fork from an earlier step"),
    429: ("Too many requests", "wait {wait}, then ask again"),
    529: ("The API is overloaded", "wait {wait}, then ask again"),
}
_BOUND = (
    "Thinking in this conversation was given in another one",
    "go back before the change, or let the API leave it out: --drop-bound-thinking",
)
_NO_SUCH_PATH = ("No model {model}, or no /v1/messages there", "check --model and --base-url")
_REDIRECTED = ("Redirected to {location}", "give that address as --base-url if you trust it")
_FAILED = ("The API failed", "wait {wait}, then ask again")
_OTHER = ("The request was refused", "see what was said")
_UNTOLD = "it gave no reason: see what the server logs, or change the request"

_SECRET_NAME = re.compile("auth|key|token|secret|cookie", re.IGNORECASE)


def refusal(
    status: int, headers: Mapping[str, str], said: str, *, model: str, where: str, official: bool
) -> str:
    """Words for an HTTP status that is no reply; ``said`` is the server's own explanation.

    ``official`` is false for a server that only speaks the Messages API.
    """
    if status == 400 and "bound to a different conversation" in said:
        what, advice = _BOUND
    elif 300 <= status < 400:
        what, advice = _REDIRECTED
    elif status == 404 and not official:
        what, advice = _NO_SUCH_PATH
    else:
        what, advice = _REFUSALS.get(status, _FAILED if status >= 500 else _OTHER)
    if not said.strip() and advice in (_REFUSALS[400][1], _OTHER[1]):
        advice = _UNTOLD
    after = headers.get("retry-after", "").strip()
    wait = f"{after} s" if re.fullmatch(r"\d+(\.\d+)?", after) else f"until {after}"
    facts = {
        "model": model,
        "wait": wait if after else "a moment",
        "location": headers.get("location", "").strip() or "nowhere",
    }
    told = f". It said: {quoted(said)}" if said.strip() else ""
    return f"{what.format_map(facts)} ({status} from {where}): {advice.format_map(facts)}{told}"


def unreached(cause: BaseException | None, where: str) -> str:
    """Words for a connection that could not be made, or broke before a whole answer came."""
    while isinstance(cause, BaseExceptionGroup):
        cause = cause.exceptions[0]
    why = _reason(cause)
    match type(cause).__name__:
        case "ConnectError" | "ConnectTimeout":
            return f"Cannot reach {where}: is it running, and --base-url right? {why}"
        case "ReadError" | "WriteError" | "CloseError" | "RemoteProtocolError":
            return f"The connection to {where} broke before a whole reply came: ask again: {why}"
        case "DecodingError":
            advice = "ask again, or look at what compresses its answers"
            return f"The reply from {where} cannot be unpacked: {advice}: {why}"
        case _:
            return f"Cannot ask {where or 'an empty address'}: check --base-url and the key: {why}"


def _reason(cause: BaseException | None) -> str:
    """An error's kind and what it says, or what the errors behind it say where it says nothing."""
    if cause is None:
        return "nothing is known"
    names, seen = [type(cause).__name__], {id(cause)}
    said = str(cause).strip()
    while not said:
        behind = cause.__cause__ or cause.__context__
        if behind is None or id(behind) in seen:
            break
        cause, said = behind, str(behind).strip()
        seen.add(id(cause))
        if type(cause).__name__ != names[-1]:
            names.append(type(cause).__name__)
    return named(", ".join(names), said)


def secrets_in(headers: Mapping[str, str]) -> Iterator[str]:
    """The values of headers whose name says that they are nobody else's business."""
    for name, value in headers.items():
        if _SECRET_NAME.search(name):
            yield value
            yield value.partition(" ")[2]


def hider(secrets: Iterable[str]) -> Hide:
    """A function that replaces these values in a text, also where they were quoted or escaped."""
    return Redactor(("", secret) for secret in secrets).exact
