"""A request to the model, whole: its parts, their size, what is new in it, and what a cache gave.

The parts are those of the body as it goes out; each knows where it stands in the body and which
record it comes from, which is what a key that changes it begins with.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.events import Resize

from tooltrace.core.compare.request_parts import Section
from tooltrace.core.fold.tree import Tree
from tooltrace.debugger.edit.request_cost import edit_cost, pending_edit
from tooltrace.models.edited_parts import Path, edited_parts
from tooltrace.models.request_report import RequestReport, request_report
from tooltrace.tui import safe_text
from tooltrace.tui.input.key_buffer import KeyBuffer
from tooltrace.tui.input.offers_keys import OffersKeys
from tooltrace.tui.input.text_marking import MarksText
from tooltrace.tui.keys.action import Action, Scope
from tooltrace.tui.keys.key_bar import footer, laid_out
from tooltrace.tui.keys.keymap import in_scope, textual_bindings
from tooltrace.tui.panes.layout import Way
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.request.part_rows import PartRow, SectionRow, part_rows
from tooltrace.tui.rows.request.request_places import place_at, requests_of
from tooltrace.tui.rows.request.request_summary import (
    answered_words,
    request_summary,
    request_title,
)
from tooltrace.tui.screens.help import HelpScreen
from tooltrace.tui.screens.request_copies import CopiesRequest
from tooltrace.tui.screens.request_edits import ChangesRequest, RequestEdits
from tooltrace.tui.widgets.find_line import FindLine
from tooltrace.tui.widgets.key_lines import KeyLines
from tooltrace.tui.widgets.lines_label import LinesLabel
from tooltrace.tui.widgets.rows_finder import RowsFinder

__all__ = ["RequestScreen"]

_CHANGED = ("new", "changed", "gone")


class RequestScreen(OffersKeys, MarksText, KeyBuffer, CopiesRequest, ChangesRequest):
    """The requests at some records of a tree, one at a time, beginning with that at a place."""

    SCOPE: Scope = "request"
    BINDINGS = textual_bindings("request")
    DEFAULT_CSS = """
    RequestScreen #summary { height: auto; max-height: 40%; padding: 0 1; }
    RequestScreen RowsPane { height: 1fr; }
    RequestScreen #keys { height: auto; padding: 0 1; }
    """

    def __init__(
        self,
        tree: Tree,
        records: Sequence[int],
        place: int,
        edits: RequestEdits | None = None,
    ) -> None:
        super().__init__()
        self._tree = tree
        self.edits = edits
        self._edited: dict[Path, int] = {}
        self._cost = ""
        self._records = list(records)
        self._place = place
        self._report: RequestReport | None = None
        self._opened: set[int] = set()
        self._rows: dict[int, PartRow] = {}
        self._folded: set[Section] = set()
        self._finder = RowsFinder(
            lambda: self._pane,
            lambda: self.query_one(FindLine),
            self._reveal,
            lambda text: safe_text.notify(self, text, "warning"),
        )

    def compose(self) -> ComposeResult:
        """What is to be known of it, its parts, the keys."""
        yield LinesLabel(id="summary")
        yield RowsPane(id="parts", empty="this request is not made any more")
        yield FindLine(self._finder, id="find", panes=False)
        yield KeyLines(id="keys")

    def on_mount(self) -> None:
        """Begin at the top."""
        self._pane.follow = False
        self._pane.focus()
        if self.edits is not None:
            self.edits.after(self.reload)
        self._load()

    @property
    def _pane(self) -> RowsPane:
        return self.query_one("#parts", RowsPane)

    def _load(self) -> None:
        """Another request: nothing of it is open yet."""
        self._finder.let_go()
        self._look()
        self._pane.cursor_to(0)

    def reload(self) -> None:
        """The request of where one stands now, the cursor where it was."""
        if self.edits is None or not self.is_mounted:
            return
        view = self.edits.view()
        records = requests_of(view)
        if not records:
            self.dismiss(None)
            return
        self._tree, self._records = view.tree, records
        self._place = place_at(view, records, view.head)
        self._look()
        self._keys(self.size.width)

    def marked(self) -> tuple[RequestReport | None, PartRow | SectionRow | None]:
        """The request that is shown, and what the cursor is on."""
        item = self._pane.selected
        return self._report, item if isinstance(item, PartRow | SectionRow) else None

    def _look(self) -> None:
        at = self._records[self._place]
        report = self._report = request_report(self._tree, at)
        self._edited = self._edited_parts(report)
        pending = report is not None and report.called is None and pending_edit(self._tree, at)
        self._cost = str(edit_cost(self._tree, at)) if pending else ""
        self._opened.clear()
        self._rows.clear()
        if report is not None:
            where = f"{self._place + 1:,} of {len(self._records):,}"
            self._pane.heading(None, f"{request_title(report)} · {answered_words(report)}", where)
        self._show()
        self._summary(self.size.width)

    def _edited_parts(self, report: RequestReport | None) -> dict[Path, int]:
        if report is None:
            return {}
        parts = [each.part for each in report.parts if each.verdict != "gone"]
        return edited_parts(self._tree, report.at, parts)

    def _show(self) -> None:
        report = self._report
        pane = self._pane
        rows = report and part_rows(report, self._opened, self._folded, self._rows, self._edited)
        pane.set_items(rows or [])
        if pane.cursor is not None:
            pane.cursor_to(pane.cursor)

    def on_resize(self, event: Resize) -> None:
        """As wide as the screen is."""
        self._summary(event.size.width)
        self._keys(event.size.width)

    def _keys(self, width: int) -> None:
        possible = [entry.id for entry in in_scope("request") if self.why_not(entry) is None]
        self.query_one("#keys", KeyLines).show_keys(
            *laid_out(footer(width - 2, possible, "request", rows=3), width - 2)
        )

    def why_not(self, entry: Action) -> str | None:
        """Why an action is not possible now; without a session, nothing here is known to be."""
        return None if self.edits is None else entry.when(self.edits.view())

    def _summary(self, width: int) -> None:
        if self._report is not None and width > 2:
            lines = request_summary(self._report, width - 2, self._cost)
            self.query_one("#summary", LinesLabel).show(*lines)

    # folding

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        """Open or close a part, or a section."""
        match event.item:
            case SectionRow(section=section):
                self._folded ^= {section}
            case PartRow(key=key):
                self._opened ^= {key}
            case _:
                return
        self._show()

    def action_open_part(self) -> None:
        """Enter belongs to the list."""
        self._pane.action_choose()

    def action_open_parts(self) -> None:
        """Open all parts of the section that the cursor is in, or fold them all."""
        section = self._section()
        if section is None or self._report is None:
            return
        self._folded.discard(section)
        parts = enumerate(self._report.parts)
        places = {place for place, each in parts if each.part.section == section}
        self._opened = self._opened - places if places <= self._opened else self._opened | places
        self._show()

    def _section(self) -> Section | None:
        match self._pane.selected:
            case SectionRow(section=section):
                return section
            case PartRow(report=report):
                return report.part.section
            case _:
                return None

    # going on

    def action_next_change(self) -> None:
        """To the next part that the request before had not, or had otherwise."""
        self._to_change(1)

    def action_previous_change(self) -> None:
        """To the one before."""
        self._to_change(-1)

    def _to_change(self, direction: Way) -> None:
        items, index = self._pane.items, (self._pane.cursor or 0) + direction
        while 0 <= index < len(items):
            item = items[index]
            if isinstance(item, PartRow) and item.report.verdict in _CHANGED:
                self._pane.cursor_to(index)
                return
            index += direction
        safe_text.notify(self, "no more changes that way")

    def action_request_before(self) -> None:
        """The request before this one on the branch."""
        self._to_request(-1)

    def action_request_after(self) -> None:
        """The request after this one on the branch."""
        self._to_request(1)

    def _to_request(self, direction: Way) -> None:
        place = self._place + direction
        if 0 <= place < len(self._records):
            self._place = place
            self._load()
        else:
            which = "first" if direction < 0 else "last"
            safe_text.notify(self, f"this is the {which} request of the branch")

    # finding

    def action_find_part(self) -> None:
        """Find text in the parts, opened or not."""
        if self._folded:
            self._folded.clear()
            self._show()
        self._finder.begin()

    def action_next_match(self) -> None:
        """The next match."""
        self._finder.find_on(1)

    def action_previous_match(self) -> None:
        """The match before."""
        self._finder.find_on(-1)

    def _reveal(self) -> None:
        """Open the part that was found."""
        if isinstance(item := self._pane.selected, PartRow) and not item.is_open:
            self._opened.add(item.key)
            self._show()

    def action_request_help(self) -> None:
        """The keys of this screen."""
        self.app.push_screen(HelpScreen("request"))

    def action_leave_request(self) -> None:
        """Let go of what was found first; then back to where you were."""
        if not self._finder.let_go() and self.is_active:
            self.dismiss(None)
