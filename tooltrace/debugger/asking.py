"""Asking the model, as often as it takes: heard while it answers, and asked again if that helps."""

from __future__ import annotations

from tooltrace.core.actions import CallModel
from tooltrace.core.budgets import over_budget
from tooltrace.debugger.attempts import Attempts
from tooltrace.debugger.incoming import Incoming
from tooltrace.debugger.session import Session
from tooltrace.engine.engine import Engine

__all__ = ["Asking"]


class Asking:
    """One model call of a run: its attempts, and the reply while it arrives."""

    def __init__(self, attempts: Attempts, incoming: Incoming) -> None:
        self.attempts = attempts
        self.incoming = incoming

    async def ask(self, engine: Engine, session: Session) -> None:
        """Ask until there is an answer, or a failure that a person should see. Raises NotSaved."""
        while True:
            self.incoming.begin()
            await engine.perform(CallModel(), session)
            if session.snapshot.trouble is None:
                return
            session.sync()
            if over_budget(session.snapshot) is not None or not await self.attempts.another(
                session.snapshot
            ):
                return
