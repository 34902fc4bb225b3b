"""Recordings, and checking them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.debugger.sitting import clock
from tooltrace import Workflow
from tooltrace.core.model import events as e
from tooltrace.debugger.replay.check import BranchVerdict, check_session
from tooltrace.debugger.session.session import Session
from tooltrace.models.scripted import ScriptedModel
from tooltrace.store.journal import Journal

__all__ = ["Records", "check", "event"]

Records = list[e.Record]


def event(records: Records, kind: type[e.Event], nth: int = 0) -> int:
    """Where in the list the nth record of a kind is."""
    return [at for at, r in enumerate(records) if isinstance(r.event, kind)][nth]


def check(path: Path, today: Workflow | None = None) -> list[BranchVerdict]:
    """Check a file, against itself or against a workflow as it is today."""
    before = path.read_bytes()
    with Journal.open(path) as journal:
        session = Session(clock, journal)
        model = ScriptedModel(today.policy) if today and today.policy else None
        spec = today.spec if today else None
        found = asyncio.run(check_session(session, clock, spec, model))
    assert path.read_bytes() == before
    return found
