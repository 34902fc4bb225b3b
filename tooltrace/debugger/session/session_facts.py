"""Say in a few facts what a session is, without going through it: how it ended, and what it took.

Its file is only read. One that cannot be read says why; a large one is not read unless asked to.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from tooltrace.core.fold.steps import Steps
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.errors import ToolTraceError
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.any_file import open_any
from tooltrace.debugger.session.clock import now
from tooltrace.debugger.session.session import Session

__all__ = ["LARGE", "SessionFacts", "session_facts"]

LARGE = 8 << 20
"""Bytes of a session above which it is not read through for a list."""


class SessionFacts(Struct, frozen=True):
    """What one line says about a session: of the branch that was stood on last, at its end.

    ``why`` is set instead of all else where it was not read, and ``unreadable`` where it could not
    be. ``last`` tells its last step in words; ``size`` is in bytes, ``cost`` in US dollars.
    """

    path: Path
    workflow: str = ""
    outcome: str | None = None
    state: str | None = None
    tool_calls: int = 0
    steps: int = 0
    cost: float = 0.0
    model: str = ""
    when: str = ""
    branches: int = 1
    accepted: int = 0
    problems: int = 0
    last: str = ""
    size: int = 0
    why: str = ""
    unreadable: bool = False


def session_facts(path: Path, *, told: bool = True) -> SessionFacts:
    """What there is to say of a session; ``told`` with its steps. Never raises."""
    try:
        size = path.stat().st_size
    except OSError as error:
        why = f"{path.name} cannot be read: {error.strerror}"
        return SessionFacts(path, why=why, unreadable=True)
    if size > LARGE:
        return SessionFacts(path, size=size, why=f"{size >> 20} MB: tooltrace show {path}")
    try:
        return _read(path, size, told)
    except ToolTraceError as error:
        return SessionFacts(path, size=size, why=str(error), unreadable=True)
    except OSError as error:
        why = f"{path.name} cannot be read: {error.strerror}"
        return SessionFacts(path, size=size, why=why, unreadable=True)


def _read(path: Path, size: int, told: bool) -> SessionFacts:
    with open_any(path) as journal:
        session = Session(now, journal)
        if not session.path:
            return SessionFacts(
                path, size=size, why=f"{path}: there is no run in it", unreadable=True
            )
        # Where the person left off may be the middle: the end of that branch says how it went.
        tree, tip = session.tree, session.tip
        last = _last_step(tree, tip) if told else ""
        s = tree.snapshot_at(tip)
        return SessionFacts(
            path,
            workflow=s.workflow.name,
            outcome=s.outcome,
            state=s.state,
            tool_calls=s.tool_calls,
            steps=Steps.to(tree, tip).total if told else 0,
            cost=s.usage.cost,
            model=s.settings.model,
            when=tree[session.path[-1]].at,
            branches=len(tree.branches()),
            accepted=s.accepted,
            problems=len(journal.problems) + len(session.tree.stray_notes()),
            last=last,
            size=size,
        )


def _last_step(tree: Tree, tip: int) -> str:
    from tooltrace.core.caption.caption import caption_at

    return one_line(str(caption_at(tree, tip)))
