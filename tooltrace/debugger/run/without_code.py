"""What to do where nothing runs a session's tools, as one line."""

from __future__ import annotations

from tooltrace.core.model.snapshot import Call
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.recorded_ref import BY_HAND, open_with
from tooltrace.debugger.session.session import Session

__all__ = ["no_code", "to_be_typed"]


def no_code(session: Session) -> str:
    """Why nothing can run where no workflow was named."""
    path = open_with(session.tree, session.snapshot.run)
    return f"nothing can run here: {path} to go on live, {BY_HAND}"


def to_be_typed(call: Call) -> str:
    """What a call waits for whose result a person gives."""
    return f"nothing here runs {one_line(call.tool)}: S types its result"
