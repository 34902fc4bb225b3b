"""``debugger.samples``: ask the model the same several times, and go on from one of the answers."""

from __future__ import annotations

from tooltrace.core.model.errors import BadCommand
from tooltrace.debugger.run.without_code import no_code
from tooltrace.debugger.sampling.samples import UNLIMITED, Budget, Samples
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.verbs import T, Verbs

__all__ = ["SampleCommands"]


class SampleCommands(Verbs[T]):
    """Ask, look at the answers, take one."""

    @property
    def found(self) -> Samples | None:
        """The answers of the latest ``ask``, as far as they have come; None before it."""
        return self._parts.sampler.found

    def ask(self, k: int = 5, budget: Budget = UNLIMITED) -> T:
        """Ask the model ``k`` times what comes next, and as often without the pending edits.

        Nothing runs and the head stays; ``found`` has the answers, each on a branch out of view.
        Raises BadCommand, ReadOnly or NotSaved.
        """
        return self._run(self._ask(k, budget))

    async def _ask(self, k: int, budget: Budget) -> Stop:
        if not self._parts.live.able:
            raise BadCommand(no_code(self._parts.session))
        self._parts.session.settle()
        found = await self._parts.sampler.ask(k, budget)
        return Stop("paused", found.stopped)

    def take(self, number: int) -> T:
        """Go on from one of the samples; undo comes back. Raises BadCommand."""
        return self._run(self._take(number))

    async def _take(self, number: int) -> Stop:
        session = self._parts.session
        with self._parts.undo.change():
            sample = self._parts.sampler.taken(number)
            tip = session.tree.tip_from(sample.branch)
            session.select(tip, tip)
            session.stand()
        session.sync()
        return await self._parts.move(lambda: f"on {sample.name}; undo with u")
