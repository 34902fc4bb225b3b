"""A tool's exception as an answer: short text for the model, everything for the person.

Describing an exception never raises, although its text is the tool's own code.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from types import TracebackType

from tooltrace.core.model.events import ErrorDetail
from tooltrace.core.text.error_origin import text_of

__all__ = ["explain", "failure"]

_FOR_MODEL = 2_000
_FOR_PERSON = 100_000
_SHOWN_PARTS = 3
_OWN = f"{Path(__file__).parents[1]}/"


def failure(error: BaseException) -> tuple[str, ErrorDetail]:
    """What the model reads, like ``KeyError: 'x'``, and the detail for the person."""
    kind, message = type(error).__name__, _message(error)
    detail = ErrorDetail(kind, _clipped(message, _FOR_PERSON), _clipped(_trace(error), _FOR_PERSON))
    return explain(kind, message), detail


def explain(kind: str, message: str) -> str:
    """``kind: message``, short enough for a model."""
    return _clipped(f"{kind}: {message}" if message else kind, _FOR_MODEL)


def _message(error: BaseException) -> str:
    text = text_of(error)
    if isinstance(error, BaseExceptionGroup):
        parts = [f"{type(part).__name__}: {text_of(part)}" for part in error.exceptions]
        more = len(parts) - _SHOWN_PARTS
        shown = [*parts[:_SHOWN_PARTS], *([f"and {more} more"] if more > 0 else [])]
        text = f"{text}: {'; '.join(shown)}"
    return text


def _trace(error: BaseException) -> str:
    """The traceback from the tool's own first frame on; empty when it never got there."""
    frames = _theirs(error.__traceback__)
    if frames is None:
        return ""
    try:
        return "".join(traceback.format_exception(type(error), error, frames))
    except BaseException as broken:  # noqa: BLE001 - formatting runs the exception's own code
        return f"<the traceback cannot be shown: {type(broken).__name__}>"


def _theirs(frames: TracebackType | None) -> TracebackType | None:
    while frames is not None and frames.tb_frame.f_code.co_filename.startswith(_OWN):
        frames = frames.tb_next
    return frames


def _clipped(text: str, length: int) -> str:
    over = len(text) - length
    return text if over <= 0 else f"{text[:length]}… ({over} more characters)"
