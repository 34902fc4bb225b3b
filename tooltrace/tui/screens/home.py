"""The home screen: workflows, sessions, and what to press first."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from textual.app import ComposeResult
from textual.events import Key, Resize
from textual.screen import Screen

from tooltrace.core.model.errors import ToolTraceError
from tooltrace.core.text.sanitize import bytes_in_words, one_line
from tooltrace.debugger.session.found_sessions import FoundSession
from tooltrace.tui import safe_text
from tooltrace.tui.input.key_buffer import KeyBuffer
from tooltrace.tui.input.offers_keys import OffersKeys
from tooltrace.tui.input.text_marking import MarksText
from tooltrace.tui.keys.action import Scope
from tooltrace.tui.keys.key_bar import footer, laid_out
from tooltrace.tui.keys.keymap import in_scope, textual_bindings
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.home.home_rows import LOOK, SESSIONS, HomeThings, home_rows
from tooltrace.tui.rows.home.session_row import SessionRow, local_time
from tooltrace.tui.rows.lines import wrap
from tooltrace.tui.screens import dialogs
from tooltrace.tui.screens.facts_lookup import FactsLookup
from tooltrace.tui.screens.help import HelpScreen
from tooltrace.tui.screens.home_files import remove_session, rename_session
from tooltrace.tui.services import AppServices, LeaveSession, OpenSession
from tooltrace.tui.widgets.inputs import LineInput
from tooltrace.tui.widgets.key_lines import KeyLines
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["HomeScreen"]

_PREVIEW = 2
_MOVES = {"up": "cursor_up", "down": "cursor_down", "pageup": "page_up", "pagedown": "page_down"}


class HomeScreen(OffersKeys, MarksText, KeyBuffer, Screen[None]):
    """A list to open something from; enter opens."""

    SCOPE: Scope = "home"
    BINDINGS = textual_bindings("home")
    DEFAULT_CSS = """
    HomeScreen #head { height: auto; padding: 1 2 0 2; }
    HomeScreen LineInput { margin: 1 2 0 2; background: $surface; }
    HomeScreen RowsPane { height: 1fr; margin: 1 1 0 1; }
    HomeScreen #preview { height: 2; padding: 0 2; }
    HomeScreen #foot { height: 2; padding: 0 2; }
    """

    def __init__(self, services: AppServices) -> None:
        super().__init__()
        self._services = services
        self._things = HomeThings(services.shipped, ())
        self._words = ""
        self._facts = FactsLookup(services.about, self._show)

    def compose(self) -> ComposeResult:
        """What this is, the list, what is marked, and the keys."""
        first = (("enter", "key"), (" on a workflow steps through it; ", "text"))
        yield LinesLabel(
            [
                (("tooltrace", "title"), ("  the debugger for tool-calling agents", "dim")),
                (*first, ("n", "key"), (" begins one of your own.", "text")),
            ],
            id="head",
        )
        yield LineInput(hint="only sessions with these words", id="filter")
        yield RowsPane(id="things")
        yield LinesLabel(id="preview")
        yield KeyLines(id="foot")

    def on_mount(self) -> None:
        """Fill the list."""
        self._filter.display = False
        self._pane.heading(None, "open")
        self._pane.follow = False
        self.refresh_sessions()
        self._pane.focus()

    def on_resize(self, event: Resize) -> None:
        """As many keys as there is room for."""
        width = event.size.width - 4
        keys = self.query_one("#foot", KeyLines)
        ids = [entry.id for entry in in_scope("home")]
        keys.show_keys(*laid_out(footer(width, ids, "home"), width))
        self._preview()

    @property
    def _pane(self) -> RowsPane:
        return self.query_one(RowsPane)

    @property
    def _filter(self) -> LineInput:
        return self.query_one("#filter", LineInput)

    # -- what is listed -------------------------------------------------------------------------

    def refresh_sessions(self) -> None:
        """Look into the sessions folder again."""
        sessions = self._services.recent()
        came_along = not sessions
        if came_along:
            sessions = self._services.recordings()
        self._things = HomeThings(self._services.shipped, sessions, came_along)
        self._facts.again()
        self._show()

    def _show(self) -> None:
        if not self.is_attached:
            return
        pane = self._pane
        pane.set_items(home_rows(self._things, self._facts.of, self._words))
        if pane.cursor is None or pane.selected is None:
            pane.cursor_to(0)
        pane.refresh()
        self._preview()

    def _preview(self) -> None:
        """The last step of the session that is marked."""
        item = self._pane.selected
        facts = self._facts.of(item.path) if isinstance(item, SessionRow) else None
        lines = []
        if facts is not None and facts.last:
            lines = wrap(f"last step: {facts.last}", max(10, self.size.width - 4))[:_PREVIEW]
        self.query_one("#preview", LinesLabel).show(*(((line, "dim"),) for line in lines))

    def on_rows_pane_highlighted(self) -> None:
        """Another one is marked."""
        self._preview()

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        """Open it."""
        key = event.item.key
        if key == LOOK:
            self.run_worker(self._look_for_others(), exclusive=True)
        elif key >= SESSIONS:
            self._open(self._things.sessions[key - SESSIONS])
        elif key >= 0:
            name = self._services.shipped[key][0]
            self.post_message(OpenSession(lambda: self._services.run(name)))

    def _open(self, path: Path) -> None:
        self.post_message(OpenSession(lambda: self._services.open(path)))

    async def _look_for_others(self) -> None:
        """Only now: it looks through folders of other programs."""
        found = await asyncio.to_thread(self._services.found)
        if not found:
            safe_text.notify(self.app, "Claude Code, Codex and Pi have none in your home folder")
            return
        choices = [dialogs.Choice(one.path, one.path.stem, _about(one)) for one in found]
        title = f"{len(found):,} sessions of other agents"
        picked = await self.app.push_screen_wait(dialogs.PickerScreen(title, choices))
        if picked is not None:
            self._open(picked.value)

    # -- the filter -----------------------------------------------------------------------------

    def action_filter_sessions(self) -> None:
        """Only sessions with some words: typed in a line above the list."""
        self._filter.display = True
        self._filter.focus()
        self._facts.want(self._things.sessions)

    def on_input_changed(self, event: LineInput.Changed) -> None:
        """As one types."""
        self._words = event.value
        self._show()
        items = self._pane.items
        first = next((at for at, item in enumerate(items) if isinstance(item, SessionRow)), 0)
        self._pane.cursor_to(first)

    def on_input_submitted(self) -> None:
        """Enter goes to the list."""
        self._pane.focus()

    def on_key(self, event: Key) -> None:
        """The arrows move in the list while one types."""
        if self.focused is self._filter and event.key in _MOVES:
            getattr(self._pane, f"action_{_MOVES[event.key]}")()
            event.stop()

    def action_stay(self) -> None:
        """Take the filter away; else stay: quitting by accident helps nobody."""
        if self._filter.display:
            self._filter.value = ""
            self._filter.display = False
            self._pane.focus()
        else:
            safe_text.notify(self.app, "q quits")

    # -- what its keys do -----------------------------------------------------------------------

    def action_open_marked(self) -> None:
        """Enter belongs to the list."""
        self._pane.action_choose()

    def action_new_workflow(self) -> None:
        """A workflow of one's own, from a template."""
        self.run_worker(self._new(), exclusive=True)

    async def _new(self) -> None:
        from tooltrace.authoring.new_workflow import TEMPLATES, wrong_new_name

        make, here = self._services.new, Path.cwd()
        choices = [dialogs.Choice(name, name, what) for name, what in TEMPLATES.items()]
        picked = await self.app.push_screen_wait(dialogs.PickerScreen("A new workflow", choices))
        if picked is None:
            return
        hint = f"Its file is written to {one_line(str(here))} and opened. None is written over."
        name = await self.app.push_screen_wait(
            dialogs.PromptScreen(
                "What is it called?", "", hint, lambda name: wrong_new_name(here, name)
            )
        )
        if name is None:
            return
        try:
            ref = make(name, picked.value)
        except ToolTraceError as error:
            safe_text.notify(self.app, str(error), "error")
            return
        safe_text.notify(self.app, f"written: {ref}")
        self.post_message(OpenSession(lambda: self._services.run(ref)))

    def action_open_file(self) -> None:
        """Any session, or a recording of another program, by its path."""

        def check(text: str) -> str | None:
            path = Path(text.strip()).expanduser()
            if path.is_file():
                return None
            return "that is a folder" if path.is_dir() else "there is no such file"

        def typed(text: str | None) -> None:
            if text is not None:
                self._open(Path(text.strip()).expanduser())

        hint = "A session, or a recording of another program. Opening changes and runs nothing."
        self.app.push_screen(dialogs.PromptScreen("Open a file", "", hint, check), typed)

    def action_remove_session(self) -> None:
        """Remove it, with its world and its payloads, after a yes."""
        if (path := self._marked("remove")) is not None:
            self.run_worker(self._remove(path), exclusive=True)

    async def _remove(self, path: Path) -> None:
        await remove_session(self, path, self._services.places)
        self.refresh_sessions()

    def action_rename_session(self) -> None:
        """Give it another name, with its world and its payloads."""
        if (path := self._marked("rename")) is not None:
            self.run_worker(self._rename(path), exclusive=True)

    async def _rename(self, path: Path) -> None:
        await rename_session(self, path, self._services.places)
        self.refresh_sessions()

    def _marked(self, what: str) -> Path | None:
        """The session that the cursor is on; where it is on none, that is said."""
        item = self._pane.selected
        if not isinstance(item, SessionRow):
            safe_text.notify(self.app, f"go to a session to {what} it", "warning")
        elif self._things.came_along:
            safe_text.notify(self.app, "it came with tooltrace and stays as it is", "warning")
        else:
            return item.path
        return None

    def action_look_again(self) -> None:
        """Look again."""
        self.refresh_sessions()

    def action_home_help(self) -> None:
        """The keys."""
        self.app.push_screen(HelpScreen())

    def action_leave_home(self) -> None:
        """Quit."""
        self.post_message(LeaveSession())


def _about(one: FoundSession) -> str:
    when = datetime.fromtimestamp(one.changed, UTC).isoformat()
    size = bytes_in_words(one.size)
    return f"{one.agent}  {local_time(when)}  {size}  {one.path.parent.name}"
