"""What the screen says with its keys, in words for a script: which verb to call instead.

Sentences are written once, for the screen, where the key is next to the hand.
"""

from __future__ import annotations

__all__ = ["KEYS_AS_VERBS", "for_python"]

KEYS_AS_VERBS = {
    "pause first (p)": "pause first: d.pause()",
    "say something, or press esc": "there is no text to say",
    "switch to it first (v)": "switch to it first: d.switch(branch)",
    "say how it ended (S), or go back before it (N)": (
        "say how it ended, d.edit.answer(ref, content), or go back before it, d.back()"
    ),
    "step to one (n), or go back (N)": "step to one, d.step(), or go back, d.back()",
    "S types its result, or go on live": (
        "d.edit.answer(ref, content) gives its result, d.replay.live_from_here() goes on live"
    ),
    "S types its result": "d.edit.answer(ref, content) gives its result",
    "go back first (N)": "go back first: d.back()",
    "undo with u": "undo with d.edit.undo()",
    "redo with U": "redo with d.edit.redo()",
    "make the failed call again (R)": "d.edit.retry(record) makes the failed call again",
    "ask first (M)": "ask first: d.samples.ask()",
    "ask again (M)": "ask again: d.samples.ask()",
}
"""The part of a sentence that has keys in it, and what it is for somebody without them."""

_OPTIONS_AS_ARGUMENTS = {
    "give --base-url ": "give base_url=",
    "leave out --base-url": "leave out base_url",
    "give --key-env ": "give key_env=",
    "leave out --key-env": "leave out key_env",
}
"""The same for options of the command line."""


def for_python(text: str) -> str:
    """The same sentence, with verbs in place of keys, and arguments in place of options."""
    for there, here in (KEYS_AS_VERBS | _OPTIONS_AS_ARGUMENTS).items():
        text = text.replace(there, here)
    return text
