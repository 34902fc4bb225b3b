"""The keys of a request's screen that change it: each goes to who can, with what is marked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol

from textual.screen import Screen

from tooltrace.core.compare.request_parts import RequestPart, Section
from tooltrace.debugger.view import View
from tooltrace.models.request_report import RequestReport
from tooltrace.tui import safe_text
from tooltrace.tui.rows.request.part_rows import PartRow, SectionRow

__all__ = ["ChangesRequest", "RequestEdits"]


class RequestEdits(Protocol):
    """Who changes a request: each verb says why where it cannot, and else calls ``after``'s."""

    def after(self, changed: Callable[[], None]) -> None:
        """What is to be called after a change."""

    def view(self) -> View:
        """The present moment."""
        ...

    def edit(self, report: RequestReport, section: Section, part: RequestPart | None) -> None:
        """Edit a part, or the system prompt where there is none."""

    def add(self, report: RequestReport, section: Section, part: RequestPart | None) -> None:
        """Add a setting, or a message before or behind the one that a part is of."""

    def remove(self, report: RequestReport, section: Section, part: RequestPart | None) -> None:
        """Take a message or one result out; put back what was edited of the rest."""

    def model(self, report: RequestReport) -> None:
        """Ask another model from here on."""

    def undo(self) -> None:
        """Stand where one stood before the last change."""

    def redo(self) -> None:
        """The opposite of undo."""

    def stand_before(self, report: RequestReport) -> None:
        """Stand before a request that was sent."""


class ChangesRequest(Screen[None]):
    """Where there is somebody to change it, ``edits``; what is shown then is made anew."""

    edits: RequestEdits | None = None

    @abstractmethod
    def marked(self) -> tuple[RequestReport | None, PartRow | SectionRow | None]:
        """The request that is shown, and what the cursor is on."""

    def _begin(self) -> tuple[RequestEdits, RequestReport, Section, RequestPart | None] | None:
        report, item = self.marked()
        if self.edits is None or report is None or item is None:
            self.app.bell()
            return None
        if isinstance(item, SectionRow):
            return self.edits, report, item.section, None
        if item.report.verdict == "gone":
            safe_text.notify(self, "this part is gone: u undoes what took it out", "warning")
            return None
        return self.edits, report, item.report.part.section, item.report.part

    def action_edit_part(self) -> None:
        """Edit the part under the cursor."""
        if begun := self._begin():
            edits, report, section, part = begun
            edits.edit(report, section, part)

    def action_add_part(self) -> None:
        """Add a setting or a message."""
        if begun := self._begin():
            edits, report, section, part = begun
            edits.add(report, section, part)

    def action_remove_part(self) -> None:
        """Take the part out, or an edit of it back."""
        if begun := self._begin():
            edits, report, section, part = begun
            edits.remove(report, section, part)

    def action_choose_model(self) -> None:
        """Ask another model."""
        report, _ = self.marked()
        if self.edits is not None and report is not None:
            self.edits.model(report)

    def action_undo_part(self) -> None:
        """Stand where one stood before the last change."""
        if self.edits is not None:
            self.edits.undo()

    def action_redo_part(self) -> None:
        """The opposite of undo."""
        if self.edits is not None:
            self.edits.redo()

    def action_stand_before(self) -> None:
        """Stand before this request; nothing runs."""
        report, _ = self.marked()
        if self.edits is not None and report is not None:
            self.edits.stand_before(report)
