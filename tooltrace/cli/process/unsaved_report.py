"""What could not be saved, said to whoever is left to hear it, once the terminal is given back.

Each fact is told as the line that it would be in the session's file: without secrets, in ASCII, so
that it can be put there by hand.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tooltrace.core.model.errors import NotSaved
from tooltrace.core.text.sanitize import one_line

if TYPE_CHECKING:
    from tooltrace.debugger.debugger import Debugger
    from tooltrace.debugger.session.session import Session

__all__ = ["MOST", "leave", "saved_state", "tell_unsaved"]

MOST = 64 << 10
"""More bytes than this are no text for a terminal: they go into a file."""


def leave(debugger: Debugger, descriptor: int) -> None:
    """Save, and let go of the session. Raises NotSaved, after telling what could not be."""
    try:
        debugger.close(remember=True)
    except NotSaved:
        if not debugger.unsaved:
            raise
    lines = debugger.unsaved
    if lines:
        raise NotSaved(saved_state(debugger.session, lines, tell_unsaved(lines, descriptor)))


def tell_unsaved(lines: Sequence[bytes], descriptor: int) -> str:
    """Print the lines, or put them into a file of the temporary folder; where they are now.

    ``descriptor`` is the real stderr.
    """
    data = b"".join(lines)
    if len(data) > MOST:
        with suppress(OSError):
            return f"in {one_line(str(_in_a_file(data)))}"
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except OSError:
        return "lost, for nobody reads them"
    return "on stderr, as lines of it"


def _in_a_file(data: bytes) -> Path:
    """A new file that only its owner can read. Raises OSError, and then there is none."""
    fd, name = tempfile.mkstemp(prefix="tooltrace-", suffix=".jsonl")
    path = Path(name)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(fd)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


def saved_state(session: Session, unsaved: Sequence[bytes], where: str) -> str:
    """What of the session is saved now, where something went wrong with saving."""
    path = session.file
    name = one_line(path.name) if path is not None else "the session"
    went_wrong = f"{name} could not be written ({session.trouble or 'there was no time'})"
    facts = "1 fact is" if len(unsaved) == 1 else f"{len(unsaved)} facts are"
    if path is not None and _is_gone(path):
        rest = f"; of what followed {facts} {where}" if unsaved else ""
        return f"{went_wrong}: nothing is left of it{rest}"
    if not unsaved:
        return f"{went_wrong}; all that happened until then is saved"
    return f"{went_wrong}; it is saved up to #{session.saved}, {facts} not: {where}"


def _is_gone(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False  # It cannot be looked at, which says nothing of it.
    return False
