"""Asks whether the code that a session was recorded with is to be loaded: no, unless it is yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.known_code import KnownCode
from tooltrace.tui.screens import dialogs

if TYPE_CHECKING:
    from tooltrace.tui.dialog.confirm import ConfirmScreen

__all__ = ["LOAD", "by_hand_offer", "offer_of"]

LOAD = "load"
"""The answer that is a yes."""


def offer_of(known: KnownCode) -> ConfirmScreen:
    """The question, with the whole path of what would run."""
    lines = [one_line(known.file), f"You ran it from {one_line(known.folder)} before."]
    if known.changed:
        lines.append("Its file is not what it was then.")
    answers = [
        dialogs.Answer("n", "go on without code", "no"),
        dialogs.Answer("y", "load it: it runs as you", LOAD, danger=True),
    ]
    return dialogs.ConfirmScreen("Load the code that this was recorded with?", lines, answers)


def by_hand_offer(otherwise: str, model: str) -> ConfirmScreen:
    """The question where no code is known; ``otherwise`` says how it would be named."""
    lines = [one_line(otherwise), f"Or {one_line(model)} is asked anew, and no code runs:"]
    lines.append("you type what each call gives (S).")
    answers = [
        dialogs.Answer("n", "stay as it is", "no"),
        dialogs.Answer("y", "go on by hand", LOAD),
    ]
    return dialogs.ConfirmScreen("Go on without its code?", lines, answers)
