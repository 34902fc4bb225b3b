"""Answers of a terminal that come late, when nobody waits for them any more, are no keys.

Textual would give them out letter by letter, as if they had been typed.
"""

from __future__ import annotations

from collections.abc import Generator

from textual import constants
from textual._parser import ParseEOF, ParseTimeout, Peek1, Read1

__all__ = ["without_answers"]

Reading = Generator[Read1 | Peek1, str, None]

_TOLD, _IS = "\x1b]11;", "\x1b[?"
_LONGEST = 64
_ON_ITS_WAY = 1.0
"""Seconds within which the rest of an answer comes, even over a slow line."""


def without_answers(inner: Reading) -> Reading:
    """The same reading of characters, which sees none of a colour or a kind that is told.

    A character that may begin an answer is held back no longer than a lone escape is anyhow.
    """
    try:
        wanted = next(inner)
        held = ""
        while True:
            try:
                char = yield Read1(_patience(held)) if held else wanted
            except ParseEOF as error:
                for each in held:
                    wanted = inner.send(each)
                inner.throw(error)
                return
            except ParseTimeout as error:
                if held.startswith(_TOLD):
                    held = ""  # What is left of it was lost on the way.
                    continue
                for each in held:
                    wanted = inner.send(each)
                held = ""
                if wanted.timeout is not None:
                    wanted = inner.throw(error)
                continue
            held, given = _sorted(held, char)
            for each in given:
                wanted = inner.send(each)
    except StopIteration:
        return


def _patience(held: str) -> float:
    return _ON_ITS_WAY if held.startswith(_TOLD) else constants.ESCAPE_DELAY


def _sorted(held: str, char: str) -> tuple[str, str]:
    """What is held back with the next character, and what is no answer and may go on."""
    now = held + char
    if held.startswith(_TOLD):
        if char == "\x07" or now.endswith("\x1b\\") or char == "\x9c":
            return "", ""
        if held.endswith("\x1b"):  # It was cut: another sequence begins.
            return _sorted("\x1b", char)
        return (now, "") if len(now) < _LONGEST and (char == "\x1b" or char >= " ") else ("", "")
    if held.startswith(_IS):
        if char == "c":
            return "", ""
        going_on = char in "0123456789;" and len(now) < _LONGEST
        return (now, "") if going_on else _restarted(held, char)
    if _TOLD.startswith(now) or _IS.startswith(now):
        return now, ""
    return _restarted(held, char)


def _restarted(held: str, char: str) -> tuple[str, str]:
    return ("\x1b", held) if char == "\x1b" else ("", held + char)
