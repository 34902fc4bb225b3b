"""What a click on a state or an edge of the graph offers: go there, force it, stop there."""

from __future__ import annotations

from typing import Literal

from tooltrace.core.decide.breakpoints import Breakpoint
from tooltrace.core.decide.transitions import legal_targets
from tooltrace.core.graph.edges_taken import Taken
from tooltrace.core.graph.machine import Edge
from tooltrace.tui.actions.breakpoints import BreakpointActions
from tooltrace.tui.actions.group import Controller, OnSession
from tooltrace.tui.keys.keymap import action
from tooltrace.tui.rows.workflow.state_graph_shape import DrawnRow
from tooltrace.tui.screens import dialogs

__all__ = ["GraphClicks"]

Offer = Literal["go", "force", "stop"]


class GraphClicks(OnSession):
    """Nothing is done by the click: it puts up what can be."""

    def __init__(self, controller: Controller, points: BreakpointActions) -> None:
        super().__init__(controller)
        self._points = points

    def clicked(self, row: DrawnRow | None, taken: Taken) -> None:
        """Offer what can be done with the state or the edge of a row; nothing for other rows."""
        if row is None:
            return
        if row.edge is not None:
            self._edge(row.edge, taken)
        elif row.kind == "state":
            self._state(row.state, taken.entered.get(row.state))

    def _state(self, name: str, entered: int | None) -> None:
        never = "this branch has not been there, as far as you stand on it"
        choices = [
            _go("go to its last visit", entered, never),
            self._force(name),
            self._stop(Breakpoint("state", name), "stop on entering it"),
        ]
        self._offer(f"State {name}", name, entered, Breakpoint("state", name), choices)

    def _edge(self, edge: Edge, taken: Taken) -> None:
        record = taken.at.get(edge.key)
        point = Breakpoint("transition", f"{edge.source}->{edge.target}")
        never = "it was not taken, as far as you stand on this branch"
        choices = [
            _go("go to where it was taken last", record, never),
            self._force(edge.target),
            self._stop(point, "stop before this transition"),
        ]
        title = f"{edge.source} → {edge.target}: {edge.label}"
        self._offer(title, edge.target, record, point, choices)

    def _offer(
        self,
        title: str,
        target: str,
        record: int | None,
        point: Breakpoint,
        choices: list[dialogs.Choice[Offer]],
    ) -> None:
        def picked(choice: dialogs.Picked[Offer] | None) -> None:
            if choice is None:
                return
            match choice.value:
                case "go" if record is not None and not self.controller.refused("jump"):
                    self.ask(self.debugger.submit.goto(record))
                case "force" if not self.controller.refused("force"):
                    self.ask(self.debugger.submit.edit.force(target, choice.reason))
                case "stop":
                    self._points.toggle(point)
                case _:
                    pass

        self.show(dialogs.PickerScreen(title, choices), picked)

    def _force(self, target: str) -> dialogs.Choice[Offer]:
        s = self.debugger.view().snapshot
        label = f"force a transition to {target}"
        if target == s.state:
            return _not("force", label, "the workflow stands there")
        possible = action("force").when
        why = possible(self.debugger.view())
        if why is not None:
            return _not("force", label, why)
        if target in legal_targets(s):
            return dialogs.Choice("force", label, f"legal from {s.state}")
        ask = "why? it is kept with the transition"
        return dialogs.Choice("force", label, f"no transition leads there from {s.state}", ask=ask)

    def _stop(self, point: Breakpoint, label: str) -> dialogs.Choice[Offer]:
        there = (point.kind, point.target)
        points = self.debugger.view().points
        if any((p.kind, p.target) == there and p.enabled for p in points):
            return dialogs.Choice("stop", "stop there no more", f"clears {point}")
        return dialogs.Choice("stop", label, f"sets {point}")


def _go(label: str, record: int | None, never: str) -> dialogs.Choice[Offer]:
    if record is None:
        return _not("go", label, never)
    return dialogs.Choice("go", label, f"#{record}; nothing runs")


def _not(value: Offer, label: str, why: str) -> dialogs.Choice[Offer]:
    return dialogs.Choice(value, label, why, enabled=False, why=why)
