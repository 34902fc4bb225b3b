"""Make text from outside safe to show: the one edge that all of it passes.

Every code point a terminal could act on, or that hides or reorders text, becomes visible text.
Tab and newline are the only controls that pass, because callers lay them out themselves.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tooltrace.core.text.clusters import joining, whole_clusters

__all__ = ["bytes_in_words", "clip", "named", "one_line", "parted_at", "told_apart", "visible"]

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DOUBTFUL = re.compile(r"[^ -~\n\t]+")
# Variation selectors, and the letters and marks that Unicode has nothing drawn for.
_UNSEEN = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u034f\u17b4\u17b5\u3164\uffa0]")
_MOST_MARKS = 32
"""Marks of one letter that are looked at: to put more in order takes for ever."""

_JOINER = re.compile("[\u200c\u200d\ufe0e\ufe0f\U000e007f]")


def _spelled(found: re.Match[str]) -> str:
    run = found[0]
    if run.isprintable() and not _UNSEEN.search(run):
        return run
    start = found.start()
    kept = _JOINER.search(run) and joining(found.string, start, found.end())
    if not kept:
        return "".join(map(_shown, run))
    return "".join(char if at in kept else _shown(char) for at, char in enumerate(run, start))


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    if _UNSEEN.match(char) or unicodedata.category(char) in _HIDDEN:
        return f"\\u{{{ord(char):x}}}"
    return char


def visible(text: str) -> str:
    """The text with every control, format, surrogate, bidi and unassigned code point spelled out.

    ESC becomes ``\\u{1b}``. Newlines and tabs stay, and so does what is hidden but part of an emoji
    or a word: see ``core.clusters.joining``.
    """
    if text.isascii() and text.isprintable():  # Nearly every text, told in a third of the time.
        return text
    return _DOUBTFUL.sub(_spelled, text)


def one_line(text: str) -> str:
    """Visible text on one line: newlines become ``⏎`` and tabs a space."""
    return visible(text).replace("\n", "⏎").replace("\t", " ")


def clip(text: str, width: int) -> str:
    """At most ``width`` characters, with an ellipsis where something was cut."""
    if len(text) <= width:
        return text
    if width <= 0:
        return ""
    return text[: whole_clusters(text, width - 1)] + "…"


def named(kind: str, said: str) -> str:
    """``kind: said``, or the kind alone where nothing is said."""
    return f"{kind}: {said}" if said.strip() else kind


def parted_at(one: str, other: str) -> int:
    """How many characters both begin with; their first difference is the next one."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def told_apart(one: str, other: str) -> tuple[str, str]:
    """Both texts; the letters in which they part are spelled out where they look the same.

    An accent may be a letter's own or follow it, a space may not break, and there is an ``a`` in
    more than one script.
    """
    if one == other:
        return one, other
    part = parted_at(one, other)
    back = max(0, part - _MOST_MARKS)
    while part > back and any(
        map(unicodedata.combining, one[part : part + 1] + other[part : part + 1])
    ):
        part -= 1
    mine, others = _letter(one, part), _letter(other, part)
    if mine == others or _looks(mine) != _looks(others):
        return one, other
    return _spelled_at(one, part, mine), _spelled_at(other, part, others)


def _letter(text: str, at: int) -> str:
    """The letter at a place, with the marks that follow it."""
    end = at + 1
    while end < min(len(text), at + _MOST_MARKS) and unicodedata.combining(text[end]):
        end += 1
    return text[at:end]


def _looks(letter: str) -> str:
    """The same for letters that look the same, as far as Unicode's own tables know."""
    same = unicodedata.normalize("NFKC", letter)
    if len(same) != 1 or not same.isalpha():
        return same
    _, _, name = unicodedata.name(same, "").partition(" ")  # Without the script that it is of.
    return name or same


def _spelled_at(text: str, at: int, letter: str) -> str:
    spelled = "".join(char if char.isascii() else f"\\u{{{ord(char):x}}}" for char in letter)
    return text[:at] + spelled + text[at + len(letter) :]


def bytes_in_words(count: int) -> str:
    """A size as people read it."""
    if count < 1_000:
        return f"{count} bytes"
    return f"{count / 1e3:.1f} KB" if count < 1e6 else f"{count / 1e6:.1f} MB"
