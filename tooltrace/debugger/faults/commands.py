"""``debugger.faults``: let the paused call go wrong; nothing runs."""

from __future__ import annotations

from tooltrace.core.model.errors import BadScenario
from tooltrace.core.model.events import CallRef
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.debugger.faults import faults
from tooltrace.debugger.faults.injector import Injector
from tooltrace.debugger.faults.scenario import Scenario
from tooltrace.debugger.verbs import T, Verbs

__all__ = ["FaultCommands"]


class FaultCommands(Verbs[T]):
    """Inject a fault; give a run those of a scenario."""

    def here(self, ref: CallRef | None = None) -> list[faults.Fault]:
        """What can be made to go wrong for that call or the next one; what cannot, with why."""
        session = self._parts.session
        return faults.faults_at(session.tree, session.snapshot, ref)

    def inject(self, fault: str, ref: CallRef | None = None) -> T:
        """Let the fault of that id happen to the call that is paused here, on a branch of its own.

        Raises BadCommand, ReadOnly or NotSaved.
        """
        return self._change(lambda session: faults.inject(session, fault, ref))

    def rehearse(self, scenario: Scenario) -> None:
        """Give the faults of a scenario where a live run comes to their places.

        ``tooltrace run --scenario`` reads one from its file. Raises BadScenario.
        """
        if not isinstance(scenario, Scenario):
            raise BadScenario(f"{clip(one_line(repr(scenario)), 60)} is no Scenario")
        self._parts.live.rehearse(Injector(scenario, self._parts.session))

    @property
    def injector(self) -> Injector | None:
        """What gives the faults of a scenario; None without one."""
        return self._parts.live.injector
