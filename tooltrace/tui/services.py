"""What leads out of a screen: the things the app can open, and the messages that ask for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from textual.message import Message

from tooltrace.core.model.content_blocks import Block
from tooltrace.core.model.errors import BadCommand
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.script.script import Script
from tooltrace.debugger.session.found_sessions import FoundSession, found_sessions
from tooltrace.debugger.session.known_code import KnownCode
from tooltrace.debugger.session.last_position import LastPositions
from tooltrace.debugger.session.session_facts import SessionFacts, session_facts
from tooltrace.tui.clipboard import Clipboard
from tooltrace.tui.media_files import MediaFiles
from tooltrace.tui.opener import Opener
from tooltrace.tui.preferences import Preferences

__all__ = [
    "AppServices",
    "CopyBlock",
    "LeaveSession",
    "OfferCode",
    "OpenBlock",
    "OpenSession",
    "Show",
]


def _nothing() -> None:
    """Nothing to do."""


def _no_code(path: Path, ref: str) -> Debugger:
    raise BadCommand(f"no code is known for {path.name}")


def _no_new(name: str, template: str) -> str:
    raise BadCommand(f"{name} cannot be written here")


class Show(Struct, frozen=True):
    """That a session is shown to an audience from the start, along a script if there is one."""

    script: Script | None = None


class AppServices(Struct, frozen=True):
    """What the app can open, and the descriptors of the real terminal for ``$EDITOR``.

    ``about`` says what a session is; ``places`` keeps where one stood in those that one only looked
    at; ``recordings`` are shown where there is no recent session; ``ready`` is called once the app
    has taken hold of the terminal; ``clipboard`` is where copies go, and without one they stay in
    the app; ``opener`` shows files outside, ``media`` holds those that pictures and documents are
    written to; ``known`` says which file a session's code is in, if this person has run that from
    here, and ``open_with`` opens the session with it, ``by_hand`` to go on without any; ``new``
    writes a workflow of that name from a template and gives what ``run`` takes, ``found`` looks for
    sessions of other agents; ``progress`` says whether the terminal shows that of a run; ``typed``
    are keys that came before the screen, and ``modes`` how the terminal was before it, where it is
    not so any more.
    """

    run: Callable[[str], Debugger]
    open: Callable[[Path], Debugger]
    recent: Callable[[], list[Path]]
    shipped: list[tuple[str, str]]
    about: Callable[[Path], SessionFacts] = session_facts
    recordings: Callable[[], list[Path]] = list
    places: LastPositions | None = None
    stdio: tuple[int, int, int] | None = None
    ready: Callable[[], None] = _nothing
    clipboard: Clipboard | None = None
    opener: Opener | None = None
    media: MediaFiles = field(default_factory=MediaFiles)
    preferences: Preferences = Preferences()
    known: Callable[[str], KnownCode | None] = lambda ref: None
    open_with: Callable[[Path, str], Debugger] = _no_code
    by_hand: Callable[[Path], Debugger] | None = None
    progress: bool = False
    new: Callable[[str, str], str] = _no_new
    found: Callable[[], list[FoundSession]] = found_sessions
    show: Show | None = None
    typed: str = ""
    modes: list[Any] | None = None


class OpenSession(Message):
    """Open this session, and show it."""

    def __init__(self, opening: Callable[[], Debugger]) -> None:
        super().__init__()
        self.opening = opening


class OfferCode(Message):
    """Offer the code that a session says it was recorded with; else say ``otherwise``."""

    def __init__(self, ref: str, otherwise: str) -> None:
        super().__init__()
        self.ref = ref
        self.otherwise = otherwise


class CopyBlock(Message):
    """Copy this content block, and say what was done."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.block = block


class OpenBlock(CopyBlock):
    """Open this content block outside, and say what was done."""


class LeaveSession(Message):
    """Save the session that is shown, if any, and go where one came from."""
