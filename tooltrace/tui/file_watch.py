"""Looks from time to time at the files of a session: nobody tells of what happens to them."""

from __future__ import annotations

from textual.screen import Screen

from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.actions.controller import SessionController

__all__ = ["FileWatch"]

FOLLOW = 0.5
"""Seconds between two looks at a file that someone else writes."""
WATCH = 1.0
"""Seconds between two looks whether the file that is written here is still there."""


class FileWatch:
    """Whether the session's file is still there, and the code what was loaded; or what was added
    to a file that somebody else writes."""

    def __init__(self, debugger: Debugger, controller: SessionController) -> None:
        self._debugger = debugger
        self._controller = controller

    def begin(self, screen: Screen[None]) -> None:
        """Look as long as the screen is there."""
        if self._debugger.session.read_only:
            screen.set_interval(FOLLOW, self._follow)
        else:
            screen.set_interval(WATCH, self._look)

    def _look(self) -> None:
        self._controller.lost_file.look()
        self._controller.code.look()

    def _follow(self) -> None:
        if self._debugger.session.read_only:
            self._debugger.submit.follow()
        else:
            self._look()
