"""Where in a person's files a definition stands: a file and a line, taken from the call stack.

The first frame outside this package counts, so a helper of the person's that makes states is named
at the line where it makes them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

from msgspec import Struct

from tooltrace.core.text.sanitize import one_line

__all__ = ["SourceLine", "caller"]

_OURS = "tooltrace.authoring"


class SourceLine(Struct, frozen=True):
    """A line of a file; printed as ``refund.py:12``, relative to the working folder if inside."""

    file: str
    line: int

    def __str__(self) -> str:
        path = Path(self.file)
        try:
            shown = path.relative_to(Path.cwd())
        except (ValueError, OSError):
            shown = path
        return f"{one_line(str(shown))}:{self.line}"


def caller() -> SourceLine:
    """Where the definition now being made was written."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith(_OURS):
        frame = frame.f_back
    if frame is None:
        return SourceLine("<unknown>", 0)
    return SourceLine(frame.f_code.co_filename, frame.f_lineno)
