"""The secrets of this process's environment, kept out of what it writes and says."""

from __future__ import annotations

import os
import sys
import traceback
from types import TracebackType

from tooltrace.core.text.redact import Hide, Redactor, SecretNumbers, secrets_of
from tooltrace.core.text.sanitize import visible

__all__ = ["hide", "hider", "tell_crash"]


def hider() -> Hide:
    """Hides what the environment holds now, numbered for one file.

    Loading a workflow may have added to the environment.
    """
    return Redactor(secrets_of(os.environ), SecretNumbers())


def hide(text: str) -> str:
    """A text that is said once, without secrets."""
    return Redactor(secrets_of(os.environ))(text)


def tell_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Write why something crashed to stderr."""
    text = "".join(traceback.format_exception(kind, error, trace))
    if sys.stderr is not None:
        sys.stderr.write(visible(hide(text)))
