"""The secrets of this process's environment, kept out of what it writes and says."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from types import TracebackType

from tooltrace.core.scrub import Hide, Scrubber, secrets_of
from tooltrace.core.text import visible

__all__ = ["hide", "hide_in_crashes", "hider"]


def hider() -> Hide:
    """Hides what the environment holds now; loading a workflow may have added to it."""
    return Scrubber(secrets_of(os.environ))


def hide(text: str) -> str:
    """A text that is said once, without secrets."""
    return hider()(text)


def hide_in_crashes() -> None:
    """From now on a crash says why without saying a secret."""
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    text = "".join(traceback.format_exception(kind, error, trace))
    if sys.stderr is not None:
        sys.stderr.write(visible(hide(text)))


def _thread_crashed(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is not SystemExit and args.exc_value is not None:
        _crashed(args.exc_type, args.exc_value, args.exc_traceback)
