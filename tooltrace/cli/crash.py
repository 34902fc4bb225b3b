"""What is said of a fault of our own: its traceback, without secrets."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from tooltrace.core.text.sanitize import visible
from tooltrace.debugger.session.secrets import hide

__all__ = ["tell_crash"]


def tell_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Write why something crashed to stderr."""
    text = "".join(traceback.format_exception(kind, error, trace))
    if sys.stderr is not None:
        sys.stderr.write(visible(hide(text)))
