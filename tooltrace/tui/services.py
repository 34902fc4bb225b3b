"""What leads out of a screen: the things the app can open, and the messages that ask for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from textual.message import Message

from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.session.last_position import LastPositions
from tooltrace.tui.clipboard import Clipboard

__all__ = ["AppServices", "LeaveSession", "OpenSession"]


def _nothing() -> None:
    """Nothing to do."""


class AppServices(Struct, frozen=True):
    """What the app can open, and the descriptors of the real terminal for ``$EDITOR``.

    ``about`` says what a session is: workflow, outcome, time, and the rest; ``places`` keeps where
    one stood in those that one only looked at; ``recordings`` are shown where there is no recent
    session; ``ready`` is called once the app has taken hold of the terminal; ``clipboard`` is where
    copies go, and without one they stay in the app.
    """

    run: Callable[[str], Debugger]
    open: Callable[[Path], Debugger]
    recent: Callable[[], list[Path]]
    shipped: list[tuple[str, str]]
    about: Callable[[Path], list[str]] = lambda path: []
    recordings: Callable[[], list[Path]] = list
    places: LastPositions | None = None
    stdio: tuple[int, int, int] | None = None
    ready: Callable[[], None] = _nothing
    clipboard: Clipboard | None = None


class OpenSession(Message):
    """Open this session, and show it."""

    def __init__(self, opening: Callable[[], Debugger]) -> None:
        super().__init__()
        self.opening = opening


class LeaveSession(Message):
    """Save the session that is shown, if any, and go where one came from."""
