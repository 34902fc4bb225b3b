"""The keys of a request's screen that copy it, or a part of it, as text."""

from __future__ import annotations

from abc import abstractmethod

from textual.screen import Screen

from tooltrace.core.text.exact_json import DEEPEST, pretty
from tooltrace.formats.text.curl_text import curl_text
from tooltrace.formats.text.python_text import python_text
from tooltrace.models.request_report import RequestReport
from tooltrace.tui import safe_text
from tooltrace.tui.input.marked import copy_marked
from tooltrace.tui.rows.request.part_rows import PartRow, SectionRow

__all__ = ["CopiesRequest"]


class CopiesRequest(Screen[None]):
    """Copies what is marked; no copy holds a key."""

    @abstractmethod
    def marked(self) -> tuple[RequestReport | None, PartRow | SectionRow | None]:
        """The request that is shown, and what the cursor is on."""

    def action_copy_part(self) -> None:
        """Copy the text marked with the mouse, or else the part under the cursor."""
        if copy_marked(self.app):
            return
        item = self.marked()[1]
        if not isinstance(item, PartRow):
            self.app.bell()
            return
        value = item.report.part.said
        safe_text.copy(self.app, value if isinstance(value, str) else pretty(value, DEEPEST))

    def action_copy_json(self) -> None:
        """Copy the body as JSON."""
        report = self.marked()[0]
        if report is not None:
            safe_text.copy(self.app, pretty(report.body, DEEPEST))

    def action_copy_curl(self) -> None:
        """Copy it as a command for curl."""
        report = self.marked()[0]
        if report is not None:
            safe_text.copy(self.app, curl_text(*report.sent))

    def action_copy_python(self) -> None:
        """Copy it as a Python program."""
        report = self.marked()[0]
        if report is not None:
            safe_text.copy(self.app, python_text(*report.sent))
