"""Make what a model call leaves when it goes wrong, as a live one would write it. Pure."""

from __future__ import annotations

from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import ModelFailed, ModelReplied, Settings
from tooltrace.core.text.exact_json import dumps
from tooltrace.models.live.retry_after import retryable
from tooltrace.models.providers import split_model

__all__ = ["STATUSES", "failed_with", "model_answer", "status_problem"]

STATUSES = {
    400: ("invalid_request_error", "something in the request is not allowed"),
    401: ("authentication_error", "the API key is not accepted"),
    403: ("permission_error", "the key may not do this"),
    404: ("not_found_error", "no model of that name"),
    413: ("request_too_large", "the request is too large"),
    429: ("rate_limit_error", "too many requests; may be asked again in a second"),
    500: ("api_error", "the API itself fails"),
    529: ("overloaded_error", "the API is overloaded"),
}
"""The HTTP errors offered: what the API calls each, and what it means."""

_WAIT = 1.0
"""Seconds that an injected 429 asks to wait: enough to be seen, little enough for a test run."""

_CUT = {
    "role": "assistant",
    "content": [{"type": "text", "text": "Let me look at that first, and th"}],
    "stop_reason": None,
}
_REFUSED = {"role": "assistant", "content": [], "stop_reason": "refusal"}


def model_answer(fault: str, settings: Settings) -> ModelFailed | ModelReplied:
    """The fact that a fault of a model call leaves. Raises BadCommand for one that is not known."""
    if fault == "refusal":
        return ModelReplied(_REFUSED)
    if fault == "cut-stream":
        where, _ = split_model(settings.model)[0].host(settings)
        error = f"The connection to {where} broke before a whole reply came: ask again"
        return ModelFailed(error, kind="incomplete", reply=_CUT, retryable=True)
    number = fault.removeprefix("http-")
    if number == fault or not (number.isascii() and number.isdigit() and len(number) == 3):
        raise BadCommand(f"{fault!r} is no fault of a model call: try http-529 or cut-stream")
    return failed_with(int(number), settings)


def status_problem(text: str) -> str | None:
    """What keeps a text from being the number of an HTTP error; None when it is one."""
    if text.isascii() and text.isdigit() and len(text) == 3 and 400 <= int(text) <= 599:
        return None
    return f"{text} is no HTTP error: they go from 400 to 599"


def failed_with(status: int, settings: Settings, retry_after: float | None = None) -> ModelFailed:
    """The failure that an HTTP status from 400 to 599 is. Raises BadCommand for another one."""
    problem = status_problem(str(status))
    if problem is not None:
        raise BadCommand(problem)
    kind, _ = STATUSES.get(status, ("api_error" if status >= 500 else "invalid_request_error", ""))
    if status == 429 and retry_after is None:
        retry_after = _WAIT
    provider, model = split_model(settings.model)
    headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
    return ModelFailed(
        provider.refusal(status, headers, model, settings),
        status=status,
        raw=dumps(provider.error(kind, "injected")),
        retryable=retryable(status, headers),
        retry_after=retry_after,
    )
