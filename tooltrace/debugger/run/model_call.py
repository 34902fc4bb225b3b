"""Call the model; listen while it answers, and retry failures that may pass.

Before a request goes out whose history was changed in front of a model's thinking, a person is
told: the API binds thinking to what stood before it, and may refuse the request.
"""

from __future__ import annotations

from tooltrace.core.decide.budgets import over_budget
from tooltrace.core.decide.next_action import CallModel
from tooltrace.core.decide.thinking_binding import unbound
from tooltrace.debugger.run.partial_reply import PartialReply
from tooltrace.debugger.run.retry import RetryTimer
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop
from tooltrace.engine.engine import Engine

__all__ = ["ModelCaller"]


class ModelCaller:
    """One model call of a run: its attempts, and the reply while it arrives."""

    def __init__(self, attempts: RetryTimer, incoming: PartialReply) -> None:
        self.attempts = attempts
        self.incoming = incoming
        self._looked_at = -1

    async def ask(self, engine: Engine, session: Session, thinking: bool) -> Stop | None:
        """Ask until there is an answer, or a failure that a person should see.

        ``thinking`` is sent whatever the API makes of it, if that is so. Returns what a person
        should decide before anything is asked. Raises NotSaved.
        """
        stop = None if thinking else self._thinking(session)
        while stop is None:
            self.incoming.begin()
            await engine.perform(CallModel(), session)
            if session.snapshot.trouble is None:
                break
            session.sync()
            s = session.snapshot
            if over_budget(s) is not None or not await self.attempts.another(s):
                break
        return stop

    def _thinking(self, session: Session) -> Stop | None:
        settings = session.snapshot.settings
        if settings.model == "scripted" or settings.drop_bound_thinking:
            return None
        if self._looked_at == session.moves:
            return None
        found = unbound(session.tree.path(session.head))
        if not found:
            # Going on from here changes nothing before it, so once is enough.
            self._looked_at = session.moves
            return None
        first = found[0]
        more = f", and that of {len(found) - 1} more" if found[1:] else ""
        return Stop(
            "thinking",
            f"the API may refuse the thinking in reply #{first.reply}{more}: {first.why}",
        )
