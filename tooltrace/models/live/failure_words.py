"""What came back instead of a reply, in words for a person, whichever provider was asked.

A refusal becomes one line that says what happened and what to do next. Secrets are hidden by their
exact values, in every form in which they get into a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from tooltrace.core.text.redact import Hide, Redactor, hidden
from tooltrace.core.text.sanitize import named, one_line
from tooltrace.models.wire.errors import quoted

__all__ = [
    "RefusalWords",
    "hidden",
    "hider",
    "no_key_in",
    "refusal",
    "secrets_in",
    "unreached",
    "waiting",
]


class RefusalWords(Struct, frozen=True):
    """What a provider's own refusals are about.

    ``credentials`` is what to look at when a key is refused, ``another_model`` what to do without
    the one that was asked for, ``path`` where a server of that protocol takes requests. ``special``
    are refusals with a meaning of their own: a status, what is said then, and both halves of the
    line.
    """

    credentials: str
    another_model: str
    path: str
    special: tuple[tuple[int, str, str, str], ...] = ()


_REFUSALS = {
    400: ("The request was refused", "change what is named here, then ask again"),
    401: ("The API key was refused", "check {credentials}"),
    402: ("The account cannot pay for this", "check its plan and credit balance"),
    403: ("The key may not do this", "check what it may use, or pick another model with --model"),
    404: ("No model {model}: unknown or retired", "{another_model}"),
    413: ("The request is too large", "shorten a long tool result, or fork from an earlier step"),
    429: ("Too many requests", "wait {wait}, then ask again"),
    529: ("The API is overloaded", "wait {wait}, then ask again"),
}
_NO_SUCH_PATH = ("No model {model}, or no {path} there", "check --model and --base-url")
_REDIRECTED = ("Redirected to {location}", "give that address as --base-url if you trust it")
_FAILED = ("The API failed", "wait {wait}, then ask again")
_OTHER = ("The request was refused", "see what was said")
_UNTOLD = "it gave no reason: see what the server logs, or change the request"

_SECRET_NAME = re.compile("auth|key|token|secret|cookie", re.IGNORECASE)


def refusal(
    status: int,
    headers: Mapping[str, str],
    said: str,
    words: RefusalWords,
    *,
    model: str,
    where: str,
    official: bool,
) -> str:
    """Words for an HTTP status that is no reply; ``said`` is the server's own explanation.

    ``official`` is false for a server that only speaks the provider's protocol.
    """
    special = next((one for one in words.special if one[0] == status and one[1] in said), None)
    if special is not None:
        what, advice = special[2:]
    elif 300 <= status < 400:
        what, advice = _REDIRECTED
    elif status == 404 and not official:
        what, advice = _NO_SUCH_PATH
    else:
        what, advice = _REFUSALS.get(status, _FAILED if status >= 500 else _OTHER)
    if not said.strip() and advice in (_REFUSALS[400][1], _OTHER[1]):
        advice = _UNTOLD
    facts = {
        "model": model,
        "wait": waiting(headers.get("retry-after", "")),
        "location": headers.get("location", "").strip() or "nowhere",
        "credentials": words.credentials,
        "another_model": words.another_model,
        "path": words.path,
    }
    told = f". It said: {quoted(said)}" if said.strip() else ""
    return f"{what.format_map(facts)} ({status} from {where}): {advice.format_map(facts)}{told}"


def waiting(after: str) -> str:
    """How long to wait, as a server's ``retry-after`` says it; a moment if that says nothing."""
    after = after.strip()
    if not after:
        return "a moment"
    return f"{after} s" if re.fullmatch(r"\d+(\.\d+)?", after) else f"until {after}"


def no_key_in(variable: str) -> str:
    """Words for a variable that a person named with --key-env, and that holds nothing."""
    return f"No API key: {one_line(variable)} is not set; --key-env names the variable that has it"


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
