"""What is told to a terminal outside of its screen: a title, a run's progress, a call. Pure.

Text given here is shown by the terminal: it has come through the edge before.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "NO_PROGRESS",
    "PROGRESS",
    "RESTORE_TITLE",
    "SAVE_TITLE",
    "call",
    "takes_progress",
    "title",
]

SAVE_TITLE, RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"
PROGRESS, NO_PROGRESS = "\x1b]9;4;3\x07", "\x1b]9;4;0\x07"
"""Something goes on, nobody knows how long; nothing does any more."""

_FIRST_VTE = 8000
_FIRST_ITERM = (3, 6, 6)


def title(text: str) -> str:
    """Set the title of the terminal's window."""
    return f"\x1b]2;{text}\x07"


def call(text: str) -> str:
    """Ring, and show a note where the desktop shows notes of terminals."""
    return f"\a\x1b]9;{text}\x07"


def takes_progress(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is one that shows progress: others take it for a note to show."""
    if "TMUX" in environ or "STY" in environ:
        return False
    if "WT_SESSION" in environ or environ.get("ConEmuANSI") == "ON":
        return True
    program = environ.get("TERM_PROGRAM", "")
    if program == "iTerm.app":
        return _numbers(environ.get("TERM_PROGRAM_VERSION", "")) >= _FIRST_ITERM
    vte = environ.get("VTE_VERSION", "")
    return program in ("ghostty", "WezTerm") or (vte.isdecimal() and int(vte) >= _FIRST_VTE)


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split(".")
    return tuple(int(part) for part in parts) if all(map(str.isdecimal, parts)) else ()
