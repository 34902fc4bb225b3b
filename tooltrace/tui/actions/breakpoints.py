"""Keys about breakpoints: set or clear one, with a condition or without, or list them all."""

from __future__ import annotations

from tooltrace.core.decide.breakpoints import Breakpoint, Kind, parse, same
from tooltrace.tui.actions.group import ActionGroup
from tooltrace.tui.rows.breakpoints import FORMS, point_problem
from tooltrace.tui.rows.conversation.reply_entries import tool_of
from tooltrace.tui.rows.labels import BREAK
from tooltrace.tui.screens import dialogs

__all__ = ["BreakpointActions"]

_ALONE: tuple[Kind, ...] = (
    *("error", "call", "request", "reply", "repeat", "illegal", "divergence", "stuck", "limit"),
)
"""Kinds that need no name to be offered."""


class BreakpointActions(ActionGroup):
    """Nothing here changes the session."""

    def breakpoint(self) -> None:
        """Set or clear the breakpoint that fits what is selected; without one, list them all."""
        wanted = self._fitting()
        if self.panes.focused() == "workflow" and wanted is not None:
            self._pick_state()
        elif wanted is None:
            self._list_points()
        else:
            self.toggle(wanted)

    def toggle(self, wanted: Breakpoint) -> None:
        """Clear what stops at a place, under whatever conditions; if nothing does, set it."""
        points = self.debugger.view().points
        there = [p for p in points if (p.kind, p.target) == (wanted.kind, wanted.target)]
        others = tuple(p for p in points if p not in there)
        stops = [p for p in there if p.enabled]
        if stops:
            self._set(others, f"cleared {', '.join(map(str, stops))}")
        else:
            self._set((*others, wanted), f"breakpoint {wanted}")

    def _pick_state(self) -> None:
        """The states to stop at, the one where the workflow stands first."""
        view = self.debugger.view()
        names = [state.name for state in view.snapshot.workflow.states]
        names.sort(key=lambda name: name != view.snapshot.state)
        choices = []
        for name in names:
            there = [p for p in view.points if (p.kind, p.target) == ("state", name) and p.enabled]
            told = f"{BREAK} enter clears {', '.join(map(str, there))}" if there else ""
            here = "the workflow stands here" if name == view.snapshot.state else ""
            choices.append(dialogs.Choice(name, name, told or here))

        def picked(choice: dialogs.Picked[str] | None) -> None:
            if choice is not None:
                self.toggle(Breakpoint("state", choice.value))

        self.show(dialogs.PickerScreen("Stop on entering a state", choices), picked)

    def _set(self, points: tuple[Breakpoint, ...], said: str) -> None:
        self.debugger.breakpoints.set(tuple(dict.fromkeys(points)))
        self.tell(said)

    def _fitting(self) -> Breakpoint | None:
        """The tool of the selected call, or the state in the workflow pane."""
        view = self.debugger.view()
        if self.panes.focused() == "workflow":
            return Breakpoint("state", view.snapshot.state) if view.snapshot.state else None
        selected = self.panes.selected()
        ref = selected.ref
        record = view.tree.records.get(selected.record or 0)
        if ref is None and record is not None:
            ref = getattr(record.event, "call", None)
        name = tool_of(view.tree, ref) if ref is not None else ""
        return Breakpoint("tool", name) if view.snapshot.workflow.tool(name) else None

    def _list_points(self) -> None:
        view = self.debugger.view()
        choices = [
            dialogs.Choice(str(p), str(p), "enter clears it", group="set") for p in view.points
        ]
        spec = view.snapshot.workflow
        offered = [Breakpoint("tool", tool.name) for tool in spec.tools]
        offered += [Breakpoint("state", state.name) for state in spec.states]
        offered += [Breakpoint(kind) for kind in _ALONE]
        choices += [
            dialogs.Choice(str(p), str(p), "", group="not set")
            for p in offered
            if p not in view.points
        ]

        def picked(choice: dialogs.Picked[str] | None) -> None:
            if choice is None:
                return
            point = parse(choice.value)
            if point in view.points:
                self._set(tuple(p for p in view.points if p != point), f"cleared {point}")
            else:
                self._set((*view.points, point), f"breakpoint {point}")

        self.show(dialogs.PickerScreen("Breakpoints", choices), picked)

    def breakpoint_when(self) -> None:
        """A breakpoint with a condition, as it is written on the command line."""
        fitting = self._fitting()
        begin = f"{fitting} if " if fitting else "if "

        def check(text: str) -> str | None:
            return point_problem(text, self.debugger.view().snapshot.workflow)

        def typed(text: str | None) -> None:
            if not text:
                return
            point, points = parse(text), self.debugger.view().points
            there = next((p for p in points if same(p, point)), None)
            if there is not None:
                self._set(points, f"{there} is set already")
            else:
                self._set((*points, point), f"breakpoint {point}")

        self.show(dialogs.PromptScreen("Breakpoint with a condition", begin, FORMS, check), typed)

    def breakpoints(self) -> None:
        """All breakpoints, logpoints and watches."""
        self.show(dialogs.BreakpointsScreen(self.debugger, self._list_points))
