"""Call the model; listen while it answers, and retry failures that may pass.

Before a request goes out whose history was changed in front of a model's thinking, a person is
told: Anthropic's API binds thinking to what stood before it, and may refuse the request. What of a
request the protocol has no words for is told as well, each once.
"""

from __future__ import annotations

from collections.abc import Callable

from tooltrace.core.decide.budgets import over_budget
from tooltrace.core.decide.next_action import CallModel, model_called, request_at
from tooltrace.core.decide.thinking_binding import unbound
from tooltrace.core.fold.fold import fold
from tooltrace.core.model.events import Record
from tooltrace.debugger.run.partial_reply import PartialReply
from tooltrace.debugger.run.retry import RetryTimer
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop
from tooltrace.engine.engine import Engine
from tooltrace.models.registry import asked_provider, binds_thinking

__all__ = ["ModelCaller"]


class ModelCaller:
    """One model call of a run: its attempts, and the reply while it arrives.

    ``tell`` lets a person read what goes on beside what was asked for.
    """

    def __init__(
        self, attempts: RetryTimer, incoming: PartialReply, tell: Callable[[str], None]
    ) -> None:
        self.attempts = attempts
        self.incoming = incoming
        self._tell = tell
        self._told: set[str] = set()
        self._looked_at = -1

    async def ask(self, engine: Engine, session: Session, thinking: bool) -> Stop | None:
        """Ask until there is an answer, or a failure that a person should see.

        ``thinking`` is sent whatever the API makes of it, if that is so. Returns what a person
        should decide before anything is asked. Raises NotSaved.
        """
        stop = None if thinking else self._thinking(session)
        if stop is None:
            self._tell_unsaid(session)
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
        if settings.drop_bound_thinking or not binds_thinking(settings.model):
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

    def _tell_unsaid(self, session: Session) -> None:
        s = session.snapshot
        asked = asked_provider(s.settings.model)
        if asked is None:
            return
        provider, model = asked
        called = Record(session.next_id, s.at, "", "live", model_called(s))
        for line in provider.unsaid(request_at(fold(s, called)), model):
            told = f"{s.settings.model} is not told: {line}"
            if told not in self._told:
                self._told.add(told)
                self._tell(told)
