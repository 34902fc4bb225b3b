"""Whether there is a terminal to draw on, said before anything is set up for one."""

from __future__ import annotations

import os
import sys

from tooltrace.core.model.errors import BadCommand

__all__ = ["require_terminal"]


def require_terminal(instead: str) -> None:
    """Raise BadCommand, naming the command that needs no terminal, when there is none.

    Where Textual is told to draw elsewhere, as in a page, it needs none.
    """
    if os.environ.get("TEXTUAL_DRIVER"):
        return
    for stream, name in ((sys.stdin, "stdin"), (sys.stderr, "stderr")):
        if stream is None or not stream.isatty():
            raise BadCommand(f"{name} is no terminal: use {instead}")
