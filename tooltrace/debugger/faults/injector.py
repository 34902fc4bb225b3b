"""Give the faults of a scenario when the run comes to their places.

The place is counted on the path that is run on, so going back and on again meets it again. For a
tool the fact is the same as at a paused call: the tool is not called, and nothing says that it
was. For the model it is an answer of its port, so what follows a real failure follows this one.
"""

from __future__ import annotations

from collections.abc import Sequence

from tooltrace.core.decide.next_action import refusal
from tooltrace.core.model.events import Outcome, ToolReturned
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import Divergence, ModelAnswer, ModelPort, OnDelta, PortAnswer
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.debugger.faults.scenario import (
    ModelFault,
    Scenario,
    ToolFault,
    answers_before,
    call_number,
)
from tooltrace.debugger.session.session import Session

__all__ = ["InjectedModel", "Injector"]


class Injector:
    """Gives the faults of a scenario to a session; ``expected`` is how its run should end."""

    def __init__(self, scenario: Scenario, session: Session) -> None:
        self._faults = scenario.faults
        self.expected = scenario.outcome
        self._session = session
        self._given: set[int] = set()

    def complaint(self, outcome: Outcome) -> str:
        """What of the scenario a run that ended so did not keep to; empty when it did."""
        missed = [
            f"fault {number} ({fault})"
            for number, fault in enumerate(self._faults, 1)
            if number not in self._given
        ]
        found = [f"the scenario's {', '.join(missed)} never came up"] if missed else []
        if self.expected not in (None, outcome):
            found.append(f"the scenario expects {self.expected}")
        return "; ".join(found)

    def results(self, s: Snapshot, calls: Sequence[Call]) -> list[Call]:
        """Write down the results that the scenario gives; the calls for which it gives none."""
        rest = []
        for call in calls:
            fault = None if refusal(s, call) is not None else self._result(call)
            if fault is None:
                rest.append(call)
                continue
            event = ToolReturned(call.ref, fault.result, is_error=fault.is_error)
            self._session.append(event, "injected")
        return rest

    def _result(self, call: Call) -> ToolFault | None:
        path = None
        for number, fault in enumerate(self._faults, 1):
            if not isinstance(fault, ToolFault) or fault.tool != call.tool:
                continue
            path = path or self._session.tree.path(self._session.head)
            if call_number(path, call.ref, call.tool, fault.arguments) == fault.call:
                self._given.add(number)
                return fault
        return None

    def answer(self) -> ModelAnswer | None:
        """What becomes of the request just made; None when the model is to be asked."""
        asked = None
        for number, fault in enumerate(self._faults, 1):
            if not isinstance(fault, ModelFault):
                continue
            asked = asked or answers_before(self._session.tree.path(self._session.head)) + 1
            if asked == fault.request:
                self._given.add(number)
                return fault.answer(self._session.snapshot.settings)
        return None


class InjectedModel:
    """A model port that fails where the scenario says so, and is the real one elsewhere."""

    def __init__(self, model: ModelPort, injector: Injector) -> None:
        self._model = model
        self._injector = injector

    async def ask(
        self, request: Request, heard: OnDelta | None = None
    ) -> PortAnswer[ModelAnswer] | Divergence:
        """The scenario's answer, or the model's."""
        answer = self._injector.answer()
        if answer is not None:
            return PortAnswer(answer, "injected")
        return await self._model.ask(request, heard)

    def cancel(self) -> bool:
        """As the model does."""
        return self._model.cancel()
