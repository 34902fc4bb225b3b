"""The home screen: shipped workflows, recent sessions, and what to press."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.events import Resize
from textual.screen import Screen

from tooltrace.core.model.errors import ToolTraceError
from tooltrace.core.text.sanitize import bytes_in_words, one_line, visible
from tooltrace.debugger.session.files import SessionFiles, look, opened
from tooltrace.debugger.session.removal import remove
from tooltrace.tui import safe_text
from tooltrace.tui.input.key_buffer import KeyBuffer
from tooltrace.tui.input.offers_keys import OffersKeys
from tooltrace.tui.input.text_marking import MarksText
from tooltrace.tui.keys.action import Scope
from tooltrace.tui.keys.key_bar import footer, laid_out
from tooltrace.tui.keys.keymap import in_scope, textual_bindings
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.columns import Columns
from tooltrace.tui.rows.lines import Item, Row
from tooltrace.tui.screens import dialogs
from tooltrace.tui.screens.help import HelpScreen
from tooltrace.tui.services import AppServices, LeaveSession, OpenSession
from tooltrace.tui.widgets.key_lines import KeyLines
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["HomeScreen"]

MOST_SESSIONS = 200
MOST_TOLD = 40
"""Sessions that are looked into for what they are: opening each costs a few milliseconds."""

SESSIONS = 1000
"""The key of the first session's row."""

_SOFT = 3
"""Name, workflow and outcome are cut where there is no room; half a time would say nothing."""


class HomeScreen(OffersKeys, MarksText, KeyBuffer, Screen[None]):
    """A list to open something from; enter opens."""

    SCOPE: Scope = "home"
    BINDINGS = textual_bindings("home")
    DEFAULT_CSS = """
    HomeScreen #head { height: auto; padding: 1 2 0 2; }
    HomeScreen RowsPane { height: 1fr; margin: 1 1 0 1; }
    HomeScreen #foot { height: 2; padding: 0 2; }
    """

    def __init__(self, services: AppServices) -> None:
        super().__init__()
        self._services = services
        self._sessions: list[Path] = []
        self._came_along = False

    def compose(self) -> ComposeResult:
        """What this is, the list, and the keys."""
        yield LinesLabel(
            [
                (("tooltrace", "title"), ("  the debugger for tool-calling agents", "dim")),
                (("Pick a workflow to step through it, or a session to replay it.", "text"),),
            ],
            id="head",
        )
        yield RowsPane(id="things")
        yield KeyLines(id="foot")

    def on_mount(self) -> None:
        """Fill the list."""
        pane = self.query_one(RowsPane)
        pane.heading(None, "open")
        pane.follow = False
        self.refresh_sessions()
        pane.focus()

    def on_resize(self, event: Resize) -> None:
        """As many keys as there is room for."""
        width = event.size.width - 4
        keys = self.query_one("#foot", KeyLines)
        ids = [entry.id for entry in in_scope("home")]
        keys.show_keys(*laid_out(footer(width, ids, "home"), width))

    def refresh_sessions(self) -> None:
        """Look into the sessions folder again."""
        self._sessions = self._services.recent()[:MOST_SESSIONS]
        self._came_along = not self._sessions
        if self._came_along:
            self._sessions = self._services.recordings()
        pane = self.query_one(RowsPane)
        pane.set_items(self._rows())
        if pane.cursor is None or pane.selected is None:
            pane.cursor_to(0)

    def _rows(self) -> list[Item]:
        rows: list[Item] = [
            Row(-1, (("workflows", "title"), ("  offline, no key needed", "dim")), False)
        ]
        rows += _below_each_other(0, [list(one) for one in self._services.shipped])
        rows.append(Row(-2, (("", "text"),), False))
        folders = {path.parent for path in self._sessions}
        where = f"  in {next(iter(folders))}" if len(folders) == 1 else ""
        title = "recent sessions"
        shown = where
        if self._came_along and self._sessions:
            title, shown = "recordings", "  that come along; what you change goes into a copy"
        rows.append(Row(-3, ((title, "title"), (shown, "dim")), False))
        told = [
            _cells(path, self._services.about(path) if index < MOST_TOLD else [], not where)
            for index, path in enumerate(self._sessions)
        ]
        rows += _below_each_other(SESSIONS, told)
        if not self._sessions:
            rows.append(Row(-4, (("  none yet: they are saved as you step", "dim"),), False))
        return rows

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        """Open it."""
        key = event.item.key
        if key >= SESSIONS:
            path = self._sessions[key - SESSIONS]
            self.post_message(OpenSession(lambda: self._services.open(path)))
        elif key >= 0:
            name = self._services.shipped[key][0]
            self.post_message(OpenSession(lambda: self._services.run(name)))

    def action_open_marked(self) -> None:
        """Enter belongs to the list."""
        self.query_one(RowsPane).action_choose()

    def action_stay(self) -> None:
        """There is nothing to go back to, and quitting by accident helps nobody."""
        safe_text.notify(self.app, "q quits")

    # -- the session that is marked ---------------------------------------------------------

    def _marked(self, what: str) -> Path | None:
        """The session that the cursor is on; where it is on none, that is said."""
        item = self.query_one(RowsPane).selected
        if item is not None and item.key >= SESSIONS:
            if self._came_along:
                safe_text.notify(self.app, "it came with tooltrace and stays as it is", "warning")
                return None
            return self._sessions[item.key - SESSIONS]
        safe_text.notify(self.app, f"go to a session to {what} it", "warning")
        return None

    def action_remove_session(self) -> None:
        """Remove it, with its world and its payloads, after a yes."""
        path = self._marked("remove")
        if path is not None:
            self.run_worker(self._remove(path), exclusive=True)

    async def _remove(self, path: Path) -> None:
        try:
            found = await asyncio.to_thread(_looked_at, path)
            answers = [
                dialogs.Answer("n", "keep it", "keep"),
                dialogs.Answer(
                    "y", f"remove {bytes_in_words(found.size)} for good", "remove", danger=True
                ),
            ]
            title = f"Remove {path.name}?"
            screen = dialogs.ConfirmScreen(title, _told(found), answers)
            if await self.app.push_screen_wait(screen) != "remove":
                return
            await asyncio.to_thread(remove, path, self._services.places)
        except ToolTraceError as error:
            safe_text.notify(self.app, str(error), "error")
        else:
            safe_text.notify(self.app, f"removed {path.name}")
        self.refresh_sessions()

    def action_rename_session(self) -> None:
        """Give it another name, with its world and its payloads."""
        path = self._marked("rename")
        if path is not None:
            self.run_worker(self._rename(path), exclusive=True)

    async def _rename(self, path: Path) -> None:
        from tooltrace.debugger.session.move import move, named_beside, wrong_name

        try:
            await asyncio.to_thread(_looked_at, path)
            name = await self.app.push_screen_wait(
                dialogs.PromptScreen(
                    f"Rename {path.name}",
                    visible(path.stem),
                    "Its world and its payloads go with it.",
                    lambda text: wrong_name(path, text),
                )
            )
            if name is None or named_beside(path, name) == path:
                return
            await asyncio.to_thread(move, path, named_beside(path, name), self._services.places)
        except ToolTraceError as error:
            safe_text.notify(self.app, str(error), "error")
        else:
            safe_text.notify(self.app, f"{path.name} is {named_beside(path, name).name} now")
        self.refresh_sessions()

    def action_look_again(self) -> None:
        """Look again."""
        self.refresh_sessions()

    def action_home_help(self) -> None:
        """The keys."""
        self.app.push_screen(HelpScreen("home"))

    def action_leave_home(self) -> None:
        """Quit."""
        self.post_message(LeaveSession())


def _cells(path: Path, about: list[str], folder: bool) -> list[str]:
    """What its row says: name, workflow, outcome, time, and the rest in one."""
    *known, rest = about or [""]
    while known and not known[-1]:
        known.pop()  # One that cannot be read has the room for why.
    parts = (str(path.parent) if folder else "", rest)
    return [path.stem, *known, "  ".join(part for part in parts if part)]


def _below_each_other(first: int, rows: list[list[str]]) -> list[Columns]:
    """Rows whose cells stand below each other; a row's last cell has the rest of its line."""
    count = max((len(row) for row in rows), default=1) - 1
    widths = tuple(
        max(cell_len(one_line(row[at])) for row in rows if at < len(row) - 1) for at in range(count)
    )
    return [
        Columns(
            first + index,
            tuple((text, "dim" if at else "strong") for at, text in enumerate(row)),
            widths,
            firm=max(0, count - _SOFT),
        )
        for index, row in enumerate(rows)
    ]


def _looked_at(path: Path) -> SessionFiles:
    with opened(path, lock=True) as session:
        return look(path, session)


def _told(found: SessionFiles) -> list[str]:
    """What goes, a line each, and what stays beside it."""
    kinds = ("the session", "its world", "its payloads")
    parts = (found.file, found.world, found.payloads)
    lines = [
        f"{part.path.name} · {kind} · {bytes_in_words(part.size)}"
        for part, kind in zip(parts, kinds, strict=True)
        if part is not None and part in found.removable
    ]
    return [*lines, *(f"stays: {line}" for line in found.left)]
