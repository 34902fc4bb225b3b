"""Keys that look: breakpoints, finding, copying, panes, help."""

from __future__ import annotations

from tooltrace.core.compare.request_diff import call_at
from tooltrace.core.decide.breakpoints import Breakpoint, parse, same, unfit
from tooltrace.core.model.errors import BadExpression, ToolTraceError
from tooltrace.core.text.exact_json import pretty
from tooltrace.tui import safe_text
from tooltrace.tui.actions.base import OnSession
from tooltrace.tui.actions.edit_targets import value_of
from tooltrace.tui.rows.context_changes import context_detail
from tooltrace.tui.rows.labels import BREAK
from tooltrace.tui.rows.records import tool_of
from tooltrace.tui.screens import dialogs
from tooltrace.tui.screens.marked import copy_marked

__all__ = ["Looking"]

PANES = ("conversation", "workflow", "calls")


class Looking(OnSession):
    """Nothing here changes the session."""

    # -- breakpoints ------------------------------------------------------------------------

    def action_breakpoint(self) -> None:
        """Set or clear the breakpoint that fits what is selected; without one, list them all."""
        wanted = self._fitting()
        if self.focused_pane() == "workflow" and wanted is not None:
            self._pick_state()
        elif wanted is None:
            self._list_points()
        else:
            self._toggle(wanted)

    def _toggle(self, wanted: Breakpoint) -> None:
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
                self._toggle(Breakpoint("state", choice.value))

        self.app.push_screen(dialogs.PickerScreen("Stop on entering a state", choices), picked)

    def _set(self, points: tuple[Breakpoint, ...], said: str) -> None:
        self.debugger.breakpoints.set(tuple(dict.fromkeys(points)))
        safe_text.notify(self, said)

    def _fitting(self) -> Breakpoint | None:
        """The tool of the selected call, or the state in the workflow pane."""
        view = self.debugger.view()
        if self.focused_pane() == "workflow":
            return Breakpoint("state", view.snapshot.state) if view.snapshot.state else None
        selected = self.selected()
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
        offered += [Breakpoint("error"), Breakpoint("call")]
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

        self.app.push_screen(dialogs.PickerScreen("Breakpoints", choices), picked)

    def action_breakpoint_when(self) -> None:
        """A breakpoint with a condition, as it is written on the command line."""
        fitting = self._fitting()
        begin = f"{fitting} if " if fitting else "if "

        def check(text: str) -> str | None:
            try:
                point = parse(text)
            except BadExpression as error:
                return str(error)
            return unfit(point, self.debugger.view().snapshot.workflow)

        def typed(text: str | None) -> None:
            if not text:
                return
            point, points = parse(text), self.debugger.view().points
            there = next((p for p in points if same(p, point)), None)
            if there is not None:
                self._set(points, f"{there} is set already")
            else:
                self._set((*points, point), f"breakpoint {point}")

        hint = "over args, result, context, state, tokens, cost: tool:pay if args.amount > 100"
        self.app.push_screen(
            dialogs.PromptScreen("Breakpoint with a condition", begin, hint, check), typed
        )

    # -- finding and copying ----------------------------------------------------------------

    def action_find(self) -> None:
        """Find text in the focused pane."""
        pane = self.pane(self.focused_pane())

        def typed(text: str | None) -> None:
            if text is None:
                pane.find("")
                return
            self.shown.sought = text
            if text and not pane.find(text, here=True):
                safe_text.notify(self, f"{text!r} is not in this pane", "warning")

        hint = "enter finds · ] next · [ previous · esc lets go"
        self.app.push_screen(dialogs.PromptScreen("Find", self.shown.sought, hint), typed)

    def action_find_next(self) -> None:
        """The next match."""
        self._find_on(forward=True)

    def action_find_previous(self) -> None:
        """The match before."""
        self._find_on(forward=False)

    def _find_on(self, *, forward: bool) -> None:
        if not self.shown.sought:
            self.action_find()
        elif not self.pane(self.focused_pane()).find(self.shown.sought, 1 if forward else -1):
            safe_text.notify(self, f"{self.shown.sought!r} is not in this pane", "warning")

    def action_context(self) -> None:
        """How the request at or before the cursor differs from the one before it."""
        view = self.debugger.view()
        record = self.selected().record
        here = view.head if record is None or record not in view.tree else record
        called = call_at(view.tree, here)
        if called is None:
            safe_text.notify(self, "the model was not asked before this", "warning")
            return
        self.app.push_screen(dialogs.CallDetailScreen("Context", context_detail(view.tree, called)))

    def action_copy(self) -> None:
        """Copy the text marked with the mouse, or else the selected value, whole, as it is."""
        if copy_marked(self.app):
            return
        try:
            value = value_of(self.debugger.view(), self.selected())
        except ToolTraceError as error:
            safe_text.notify(self, str(error), "warning")
            return
        text = value if isinstance(value, str) else pretty(value)
        safe_text.copy(self.app, text)

    # -- panes and help ---------------------------------------------------------------------

    def action_pane_1(self) -> None:
        """To the conversation."""
        self._to_pane("conversation")

    def action_pane_2(self) -> None:
        """To the workflow."""
        self._to_pane("workflow")

    def action_pane_3(self) -> None:
        """To the tool calls."""
        self._to_pane("calls")

    def action_next_pane(self) -> None:
        """To the next pane."""
        now = PANES.index(self.focused_pane())
        self._to_pane(PANES[(now + 1) % len(PANES)])

    def _to_pane(self, name: str) -> None:
        if self.zoomed is not None:
            self.zoomed = name
        pane = self.pane(name)
        pane.display = True
        self.query_one("#right").display = True
        pane.focus()
        self.lay_out()

    def action_zoom(self) -> None:
        """One pane over the whole screen, and back."""
        self.zoomed = None if self.zoomed else self.focused_pane()
        self.lay_out()

    def action_help(self) -> None:
        """The keys and words for this pane."""
        self.app.push_screen(dialogs.HelpScreen(self.focused_pane()))
