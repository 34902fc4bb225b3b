"""The app: themes, the two screens, Ctrl-C, and the one clock that repaints.

It holds no state of the session. What it opens it is handed through ``AppServices``, so that
nothing here knows a file format, a workflow or a model.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.driver import Driver

from tooltrace.core.model.errors import NotSaved, ToolTraceError
from tooltrace.core.text.glyphs import in_ascii
from tooltrace.debugger.debugger import FINISHING, Debugger
from tooltrace.debugger.session.session import Session
from tooltrace.tui import safe_text, theme
from tooltrace.tui.cells import driver_that_places
from tooltrace.tui.colorless import colorless
from tooltrace.tui.copies import Copies
from tooltrace.tui.everywhere import Everywhere
from tooltrace.tui.input.keys_in_order import KeysInOrder
from tooltrace.tui.input.marked import copy_marked
from tooltrace.tui.input.typed import read_with
from tooltrace.tui.job import Job
from tooltrace.tui.keys.keymap import textual_bindings
from tooltrace.tui.last_note import LastNote
from tooltrace.tui.outside import Outside
from tooltrace.tui.painted_cells import PaintsWhatDiffers
from tooltrace.tui.palette import Actions
from tooltrace.tui.run_signals import LONG, RunSignals, driver_that_tells
from tooltrace.tui.screens.code_offer import LOAD, by_hand_offer, offer_of
from tooltrace.tui.screens.home import HomeScreen
from tooltrace.tui.screens.session import SessionScreen
from tooltrace.tui.services import (
    AppServices,
    CopyBlock,
    LeaveSession,
    OfferCode,
    OpenBlock,
    OpenSession,
)
from tooltrace.tui.theme_commands import Themes

__all__ = ["AppServices", "ToolTraceApp"]

TWICE = 2.0
"""Seconds within which a second Ctrl-C means quit."""

CUT_OFF = 0.4
"""Seconds that a call which was given up has for saying so, when the session is left."""

SETTLED = 1.0
"""Seconds after which the app is there, with all rows of what it opened."""


class ToolTraceApp(Everywhere, LastNote, Copies, KeysInOrder, PaintsWhatDiffers, App[int]):
    """Opens at a session, or at the home screen when there is none."""

    TITLE = "tooltrace"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar = {Actions, Themes}
    BINDINGS: ClassVar[list[BindingType]] = textual_bindings("anywhere")
    CSS = """
    ToastRack { margin-bottom: 6; }
    RowsPane, #box { border-title-color: $foreground; border-subtitle-color: $foreground; }
    /* A dialog may take nearly all of a small screen: its box makes room for a note. */
    RequestScreen > ToastRack { margin-bottom: 3; }
    Dialog > ToastRack { layer: default; margin-bottom: 0; }
    """

    def __init__(self, services: AppServices, debugger: Debugger | None = None) -> None:
        self.services = services  # The driver is asked for in the next line.
        super().__init__()
        read_with(services.typed)
        self.debugger = debugger
        self._interrupted = -TWICE
        self._left: Path | None = None
        self.unsaved: list[Session] = []
        self._job: Job | None = None
        self._outside = Outside(self)
        self.signals = RunSignals(self._tell_terminal, services.progress, services.preferences.bell)
        self.dress(services.preferences.theme)
        if self.no_color:
            self._filters[:] = colorless(self._filters)
        self.animation_level = "none"

    def get_driver_class(self) -> type[Driver]:
        """The terminal's driver, which also keeps borders straight after any text."""
        driver = driver_that_tells(super().get_driver_class())
        return driver_that_places(driver, self.services.preferences.ascii)

    def dress(self, name: str) -> None:
        """Draw in another theme from now on, by its name of ``theme.theme_names``."""
        self.register_theme(theme.textual_theme(name))
        self.theme = name

    def on_mount(self) -> None:
        """Begin where there is something to see."""
        self.services.ready()
        if self._driver is not None:
            if self.services.modes is not None:
                self._driver.attrs_before = self.services.modes  # type: ignore[attr-defined]
            self._job = Job(self._driver, self._taken_again)
        self.set_timer(SETTLED, _collect_from_now_on)
        if self.debugger is None:
            self.push_screen(HomeScreen(self.services))
        else:
            screen = self._screen_of(self.debugger)
            self.push_screen(screen)
            screen.call_after_refresh(screen.controller.presenting.begin, self.services.show)
        for problem in self.services.preferences.problems[:1]:
            self.call_later(safe_text.notify, self, problem, "warning")

    async def action_save_and_quit(self) -> None:
        """Save and leave, wherever one is."""
        await self.action_quit()

    def action_suspend_process(self) -> None:
        """Ctrl-Z: stop as a job of the shell, once however often it was pressed."""
        if self._job is None or self._job.settled:
            super().action_suspend_process()

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Let another program have the terminal."""
        with self._job.away() if self._job is not None else nullcontext(), super().suspend():
            yield
        self._taken_again()

    def _taken_again(self) -> None:
        """The terminal was somebody else's, and is the app's again."""
        self.draw_again()
        self.signals.again()

    def action_redraw(self) -> None:
        """Something else wrote on the terminal: draw all of it again."""
        self.draw_again()

    def _tell_terminal(self, data: str) -> None:
        if (tell := getattr(self._driver, "tell", None)) is not None:
            tell(in_ascii(data) if self.services.preferences.ascii else data)

    def action_ring(self) -> None:
        """Call for the person when a long run stops, or no longer."""
        self.signals.ring = not self.signals.ring
        when = f"a run of more than {LONG:.0f} seconds rings when it stops"
        self.tell(when if self.signals.ring else "nothing rings any more")

    def _screen_of(self, debugger: Debugger) -> SessionScreen:
        services = self.services
        rendered = services.preferences.markdown
        return SessionScreen(debugger, services.stdio, self.signals, rendered)

    def on_open_session(self, message: OpenSession) -> None:
        """Open a session over the home screen; say why when that cannot be done."""
        try:
            debugger = message.opening()
        except ToolTraceError as error:
            safe_text.notify(self, str(error), "error")
            return
        self.debugger = debugger
        self.push_screen(self._screen_of(debugger))

    def on_offer_code(self, message: OfferCode) -> None:
        """Ask whether code is to be loaded that this person has run from here before."""
        known = self.services.known(message.ref) if message.ref else None
        by_hand, debugger = self.services.by_hand, self.debugger
        if known is not None:
            open_with, ref = self.services.open_with, known.ref
            again = partial(self._open_again, lambda path: open_with(path, ref))
            self.push_screen(offer_of(known), again)
        elif by_hand is None or debugger is None or debugger.view().read_only:
            # A file that was sent must not propose code to run.
            safe_text.notify(self, message.otherwise, "warning")
        else:
            model = debugger.view().snapshot.settings.model
            offer = by_hand_offer(message.otherwise, model)
            self.push_screen(offer, partial(self._open_again, by_hand))

    def _open_again(self, again: Callable[[Path], Debugger], answer: str | None) -> None:
        """Open the session that is shown again, to go on live, and stand where one stood."""
        debugger = self.debugger if answer == LOAD else None
        if debugger is None or (path := debugger.session.file) is None:
            return
        before = debugger.view()
        self.close_debugger(remember=False)
        try:
            made = again(path)
        except ToolTraceError as error:
            safe_text.notify(self, str(error), "error")
            made = self.services.open(path)
        made.submit.goto(before.head, before.tip)
        self.debugger = made
        self.switch_screen(self._screen_of(made))

    def on_leave_session(self, message: LeaveSession) -> None:
        """Back to the home screen, or out of the app when one stands there or began elsewhere."""
        if self.debugger is not None and any(
            isinstance(screen, HomeScreen) for screen in self.screen_stack
        ):
            before = len(self.unsaved)
            self.close_debugger()
            while not isinstance(self.screen, HomeScreen):
                self.pop_screen()
            self.signals.rest()
            self.screen.refresh_sessions()
            if len(self.unsaved) > before:
                safe_text.notify(
                    self, f"not saved: {self.unsaved[-1].trouble}; said on leaving", "error"
                )
        else:
            self.exit(0)

    def close_debugger(self, *, remember: bool = True) -> Path | None:
        """Save and let go of the session that is open; the file it is in.

        One that could not be saved is in ``unsaved`` then, for whoever has the terminal next.
        """
        debugger, self.debugger = self.debugger, None
        if debugger is not None:
            self._left = debugger.session.named
            saved = False
            with suppress(NotSaved):
                debugger.close(CUT_OFF, remember=remember, patience=FINISHING)
                saved = not debugger.unsaved
            if not saved:
                self.unsaved.append(debugger.session)
            self._left = debugger.session.named  # None when nothing happened in it.
            gc.unfreeze()  # What was loaded for it may go now.
        return self._left

    def on_copy_block(self, message: CopyBlock) -> None:
        """Copy a picture, a document or a text of a result or message."""
        self._outside.copy(message.block)

    def on_open_block(self, message: OpenBlock) -> None:
        """Open one outside."""
        self._outside.open(message.block)

    def tell(self, text: str, severity: safe_text.Severity = "information") -> None:
        """Say something in a note."""
        safe_text.notify(self, text, severity)

    def action_interrupt(self) -> None:
        """Ctrl-C: copies marked text, once pauses, twice saves and quits."""
        if copy_marked(self):
            return
        now = time.monotonic()
        again, self._interrupted = now - self._interrupted < TWICE, now
        running = self.debugger is not None and self.debugger.view().running
        if again:
            self.exit(0)
        elif running and self.debugger is not None:
            self.debugger.pause()
            safe_text.notify(self, "pausing at the next safe point; ^c again saves and quits")
        else:
            safe_text.notify(self, "^c again saves and quits")


def _collect_from_now_on() -> None:
    """Look for cycles, but not among what is there: it stays, and looking would stop the screen."""
    gc.freeze()
    gc.enable()
