"""The home screen: shipped workflows, recent sessions, and what to press."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tooltrace.tui.doors import Doors, LeaveSession, OpenSession
from tooltrace.tui.lines import Line, Row
from tooltrace.tui.panes.rows import RowsPane
from tooltrace.tui.screens.early import EarlyKeys
from tooltrace.tui.screens.help import HelpScreen
from tooltrace.tui.still import Words

__all__ = ["HomeScreen"]

MOST_SESSIONS = 200
MOST_TOLD = 40
"""Sessions that are looked into for what they are: opening each costs a few milliseconds."""


class HomeScreen(EarlyKeys, Screen[None]):
    """A list to open something from; enter opens."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape", "leave", "quit"),
        Binding("r", "again", "look again"),
        Binding("question_mark,f1", "help", "help"),
    ]
    DEFAULT_CSS = """
    HomeScreen #head { height: auto; padding: 1 2 0 2; }
    HomeScreen RowsPane { height: 1fr; margin: 1 1 0 1; }
    HomeScreen #foot { height: 2; padding: 0 2; }
    """

    def __init__(self, doors: Doors) -> None:
        super().__init__()
        self._doors = doors
        self._sessions: list[Path] = []

    def compose(self) -> ComposeResult:
        """What this is, the list, and the keys."""
        yield Words(
            [
                (("tooltrace", "title"), ("  the debugger for tool-calling agents", "dim")),
                (("Pick a workflow to step through it, or a session to replay it.", "text"),),
            ],
            id="head",
        )
        yield RowsPane(id="things")
        yield Words(id="foot")

    def on_mount(self) -> None:
        """Fill the list."""
        pane = self.query_one(RowsPane)
        pane.heading(None, "open")
        pane.follow = False
        self.refresh_sessions()
        pane.focus()
        self.query_one("#foot", Words).show(
            tuple(
                span
                for key, what in (
                    ("enter", "open"),
                    ("↑ ↓", "choose"),
                    ("r", "look again"),
                    ("?", "help"),
                    ("q", "quit"),
                )
                for span in ((key, "key"), (f" {what}   ", "dim"))
            )
        )

    def refresh_sessions(self) -> None:
        """Look into the sessions folder again."""
        self._sessions = self._doors.recent()[:MOST_SESSIONS]
        pane = self.query_one(RowsPane)
        pane.set_items(self._rows())
        if pane.cursor is None or pane.selected is None:
            pane.cursor_to(0)

    def _rows(self) -> list[Row]:
        rows = [Row(-1, (("workflows", "title"), ("  offline, no key needed", "dim")), False)]
        for index, (name, what) in enumerate(self._doors.shipped):
            rows.append(Row(index, ((f"  {name:<12}", "strong"), (what, "dim"))))
        rows.append(Row(-2, (("", "text"),), False))
        folders = {path.parent for path in self._sessions}
        where = f"  in {next(iter(folders))}" if len(folders) == 1 else ""
        rows.append(Row(-3, (("recent sessions", "title"), (where, "dim")), False))
        for index, path in enumerate(self._sessions):
            folder = "" if where else str(path.parent)
            about = self._doors.about(path) if index < MOST_TOLD else ""
            said = "  ".join(part for part in (about, folder) if part)
            line: Line = ((f"  {path.stem:<24} ", "strong"), (said, "dim"))
            rows.append(Row(1000 + index, line))
        if not self._sessions:
            rows.append(Row(-4, (("  none yet: they are saved as you step", "dim"),), False))
        return rows

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        """Open it."""
        key = event.item.key
        if key >= 1000:
            path = self._sessions[key - 1000]
            self.post_message(OpenSession(lambda: self._doors.open(path)))
        elif key >= 0:
            name = self._doors.shipped[key][0]
            self.post_message(OpenSession(lambda: self._doors.run(name)))

    def action_again(self) -> None:
        """Look again."""
        self.refresh_sessions()

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(HelpScreen())

    def action_leave(self) -> None:
        """Quit."""
        self.post_message(LeaveSession())
