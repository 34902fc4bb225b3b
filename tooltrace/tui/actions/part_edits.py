"""Keys that change a request before it goes out: what they ask, and what the answers do.

A part belongs to the request that goes out next; of one that was sent nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable

from tooltrace.core.compare.request_parts import RequestPart, Section
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.messages import Assistant, Results
from tooltrace.core.model.reply import is_call
from tooltrace.debugger.edit import request
from tooltrace.debugger.edit.message_place import before_message, goes_along
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.view import View
from tooltrace.models.request_report import RequestReport
from tooltrace.tui.actions.edit_targets import Target
from tooltrace.tui.actions.group import Controller, OnSession
from tooltrace.tui.actions.message_targets import PartPlace, added_target, part_place, part_target
from tooltrace.tui.actions.model_picker import pick_model
from tooltrace.tui.actions.open_editor import open_editor
from tooltrace.tui.actions.request_targets import (
    description_target,
    schema_target,
    setting_name,
    setting_target,
    system_target,
)
from tooltrace.tui.actions.setting_picker import pick_setting
from tooltrace.tui.screens import dialogs

__all__ = ["PartEdits", "goes_next"]


def goes_next(view: View, report: RequestReport) -> bool:
    """Whether a request is the one that is made next where one stands."""
    if report.called is None:
        return report.at == view.head
    return view.tree[report.called].parent == view.head


class PartEdits(OnSession):
    """Changes the request that goes out next, or says why not."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._changed: Callable[[], None] = lambda: None

    def after(self, changed: Callable[[], None]) -> None:
        """What is to be called after a change."""
        self._changed = changed

    def view(self) -> View:
        """The present moment."""
        return self.debugger.view()

    def _then(self, stop: Stop) -> None:
        if stop.kind != "error":
            self._changed()

    def undo(self) -> None:
        """Stand where one stood before the last change."""
        if not self.controller.refused("undo_part"):
            self.ask(self.debugger.submit.edit.undo(), self._then)

    def redo(self) -> None:
        """The opposite of undo."""
        if not self.controller.refused("redo_part"):
            self.ask(self.debugger.submit.edit.redo(), self._then)

    def stand_before(self, report: RequestReport) -> None:
        """Stand before a request that was sent; nothing runs."""
        view = self.debugger.view()
        before = report.at if report.called is None else view.tree[report.called].parent
        if before is not None and not self.controller.refused("stand_before"):
            self.ask(self.debugger.submit.goto(before, view.tip), self._then)

    def _may(self, ident: str, report: RequestReport) -> bool:
        """Whether a key may change this request; if not, it has been said why."""
        if self.controller.refused(ident):
            return False
        here = goes_next(self.debugger.view(), report)
        if not here:
            self.tell("this request was sent: g stands before it, and then it can be changed")
        return here

    # -- another value ------------------------------------------------------------------------

    def edit(self, report: RequestReport, section: Section, part: RequestPart | None) -> None:
        """Edit a part, or the system prompt where there is none."""
        if not self._may("edit_part", report):
            return
        try:
            self._edit(report, section, part)
        except BadCommand as error:
            self.tell(str(error), "warning")

    def _edit(self, report: RequestReport, section: Section, part: RequestPart | None) -> None:
        view, debugger = self.debugger.view(), self.debugger
        match section, part:
            case "system", _:
                self._open(system_target(view, debugger))
            case "settings", None:
                pick_setting(self, self._then)
            case _, None:
                raise BadCommand("select a part to edit")
            case "settings", RequestPart(name="model"):
                self._model()
            case "settings", RequestPart(name=name):
                self._open(setting_target(view, debugger, name))
            case "tools", RequestPart(name=name):
                self._tool(name)
            case _, RequestPart() as found:
                self._open(part_target(view, debugger, report, found))

    def _open(self, target: Target) -> None:
        open_editor(self, target, same=target.drafted, then=self._then)

    def _tool(self, name: str) -> None:
        view = self.debugger.view()
        if view.snapshot.workflow.tool(name) is None:
            self._open(setting_target(view, self.debugger, "server_tools"))
            return
        answers = [
            dialogs.Answer("d", "its description, as text", "description"),
            dialogs.Answer("s", "the schema of its arguments, as JSON", "schema"),
        ]

        def answered(value: str | None) -> None:
            made = description_target if value == "description" else schema_target
            if value is not None:
                self._open(made(view, self.debugger, name))

        lines = ["What the model is told of it from here on. Its code stays as it is."]
        self.show(dialogs.ConfirmScreen(f"Edit the tool {name}", lines, answers), answered)

    def model(self, report: RequestReport) -> None:
        """Ask another model from here on."""
        if self._may("choose_model", report):
            self._model()

    def _model(self) -> None:
        pick_model(
            self,
            "Ask another model from here on",
            lambda *asked: self.ask(self.debugger.submit.edit.model(*asked), self._then),
        )

    # -- one more -----------------------------------------------------------------------------

    def add(self, report: RequestReport, section: Section, part: RequestPart | None) -> None:
        """Add a setting, or a message before or behind the one that a part is of."""
        if not self._may("add_part", report):
            return
        if section == "settings":
            pick_setting(self, self._then)
        elif section == "messages":
            try:
                self._add_message(report, part)
            except BadCommand as error:
                self.tell(str(error), "warning")
        else:
            self.tell("what can be added is a setting or a message: go to one of them", "warning")

    def _add_message(self, report: RequestReport, part: RequestPart | None) -> None:
        s = self.debugger.view().snapshot
        place = None if part is None else part_place(self.debugger.view(), report, part)
        at = len(s.messages) - 1 if place is None else place.place
        behind, before = before_message(s, at + 1), before_message(s, at)
        answers = [
            dialogs.Answer("u", "of the user, behind it", "user behind"),
            dialogs.Answer("a", "of the assistant, behind it", "assistant behind"),
            dialogs.Answer("U", "of the user, before it", "user before"),
            dialogs.Answer("A", "of the assistant, before it", "assistant before"),
        ]
        if place is None:
            # Results that nobody has read are no message yet, and what is said comes behind them.
            answers = [dialogs.Answer("u", "of the user, behind all", "say")]

        def answered(value: str | None) -> None:
            if value == "say":
                self._say()
            elif value is not None:
                role, where = value.split()
                after = behind if where == "behind" else before
                self._open(added_target(self.debugger, after, role, _where(after, where)))

        lines = ["It stands in the conversation from here on, on this branch."]
        self.show(dialogs.ConfirmScreen("Add a message", lines, answers), answered)

    def _say(self) -> None:
        def said(answer: dialogs.Said | None) -> None:
            if answer is not None:
                said = self.debugger.submit.edit.say(answer.text, answer.blocks)
                self.ask(said, self._then)

        self.show(dialogs.SayScreen("Say something to the model", "it comes behind all"), said)

    # -- one less -----------------------------------------------------------------------------

    def remove(self, report: RequestReport, section: Section, part: RequestPart | None) -> None:
        """Take a message or one result out; put back what was edited of the rest."""
        if not self._may("remove_part", report):
            return
        edit = self.debugger.submit.edit
        try:
            match section, part:
                case "system", _:
                    self.ask(edit.system(None), self._then)
                case "tools", RequestPart(name=name):
                    self.ask(edit.tool(name), self._then)
                case "settings", RequestPart(name=name):
                    self._remove_setting(setting_name(name))
                case "messages", RequestPart() as found:
                    self._remove_message(report, found)
                case _:
                    raise BadCommand("select a part to take out")
        except BadCommand as error:
            self.tell(str(error), "warning")

    def _remove_setting(self, name: str) -> None:
        chosen = self.debugger.view().snapshot.settings.request
        extra, key = name.startswith("extra."), name.removeprefix("extra.")
        held = {} if chosen is None else chosen.extra if extra else chosen.as_json()
        if key not in held:
            raise BadCommand(f"nobody set {key} for this run: e gives it a value")
        self.ask(self.debugger.submit.edit.setting(name, None), self._then)

    def _remove_message(self, report: RequestReport, part: RequestPart) -> None:
        view = self.debugger.view()
        place = part_place(view, report, part)
        if place is None:
            raise BadCommand("the model has not read this yet: e edits it, N goes back before it")
        record = _record_to_remove(view, place)
        blocks = [one for at, one in enumerate(place.blocks) if at != place.index]
        alone = place.index is not None and blocks and record == place.record
        answers = [dialogs.Answer("n", "leave it", "no")]
        if alone and self._why_not(record, blocks) is None:
            answers.append(dialogs.Answer("b", "take only this block out", "block"))
        why = self._why_not(record, None)
        if why is None:
            answers.append(dialogs.Answer("y", "take it out", "yes"))
        elif len(answers) == 1:
            raise BadCommand(why)

        def answered(value: str | None) -> None:
            if value in ("yes", "block"):
                content = None if value == "yes" else [*blocks]
                self.ask(self.debugger.submit.edit.message(record, content), self._then)

        lines = [f"{goes_along(view.snapshot, record)}. What came after it stays."]
        self.show(
            dialogs.ConfirmScreen("Take it out of the conversation", lines, answers), answered
        )

    def _why_not(self, record: int, content: list[dict[str, object]] | None) -> str | None:
        return self.debugger.edit.request_problem(
            lambda s: request.edit_message(s, record, content)
        )


def _record_to_remove(view: View, place: PartPlace) -> int:
    """A call is taken out by its result, which takes it along."""
    message = place.message
    after = view.snapshot.messages[place.place + 1 : place.place + 3]
    if place.index is None or not isinstance(message, Assistant):
        return place.record
    if is_call(block := message.content[place.index]):
        for results in after:
            for one in results.results if isinstance(results, Results) else ():
                if one.tool_use_id == block.get("id"):
                    return one.record
    return place.record


def _where(after: int, where: str) -> str:
    if where == "before" and not after:
        return "in front of all"
    return f"behind #{after}"
