"""A debugger over a session that a test wrote with ``Given``: in memory, with nothing to run."""

from __future__ import annotations

from tests.core.given import AT, Given
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.session.session import Session

__all__ = ["debugger_of"]


def debugger_of(given: Given) -> Debugger:
    """The same records, and one stands where ``given`` does."""
    session = Session(lambda: AT, None)
    for record in given.tree.records.values():
        if record.parent is None:
            session.append(record.event, record.source)
        else:
            session.append_after(record.parent, record.event, record.source)
    return Debugger(session)
