"""Sentences of captions: our own words, with names and values from outside as parts of their own.

A part from outside is made visible and cut when it is taken in, so that a sentence has a known
length. Whoever shows one still passes it through the edge of what it is shown on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from tooltrace.core.text.exact_json import JsonValue, readable
from tooltrace.core.text.sanitize import clip, one_line

__all__ = [
    "MOST",
    "Kind",
    "Word",
    "Words",
    "bounded",
    "listed",
    "name",
    "pair",
    "plain_words",
    "quoted_text",
    "said",
    "sentence",
    "value",
]

Kind = Literal["", "name", "value"]

Word = tuple[str, Kind]
"""A piece of a sentence, and whether it is ours, a name or a value."""

Words = tuple[Word, ...]

MOST = 148
"""Characters of a sentence."""

_MOST_NAME, _MOST_VALUE, _MOST_SAID = 40, 36, 100
_LEAST = 8
_LOOKED_AT = 400
"""Characters of a text that are made visible, of which the first few are shown."""


def sentence(*parts: str | Word | Words) -> Words:
    """The parts in order; a string is our own words."""
    found: list[Word] = []
    for part in parts:
        if isinstance(part, str):
            found.append((part, ""))
        elif part and isinstance(part[0], str):
            found.append(part)
        else:
            found += part
    return tuple(word for word in found if word[0])


def name(text: str) -> Word:
    """A name of the workflow's: a tool, a state, a field."""
    return _cut(text, _MOST_NAME) or "(no name)", "name"


def said(text: str, most: int = _MOST_SAID) -> Word:
    """A text from elsewhere that is a sentence itself, without the full stop at its end."""
    return _cut(text.strip(), most).rstrip(".:, ") or "(nothing)", "value"


def quoted_text(text: str, most: int = _MOST_SAID) -> Word:
    """What somebody said on one line, in quotes, without a full stop: the sentence has its own."""
    words = _cut(" ".join(text[:_LOOKED_AT].split()), most)
    return f"“{words.removesuffix('.')}”", "value"


def value(content: JsonValue, most: int = _MOST_VALUE) -> Word:
    """A JSON value in a few characters; of what has parts only how many."""
    match content:
        case dict():
            text = f"{{{_count(content, 'field')}}}"
        case list():
            text = f"[{_count(content, 'item')}]"
        case str():
            text = readable(content[:_LOOKED_AT])
            if len(text) > most:
                text = f'{clip(text, most - 1)}"'
        case _:
            text = _number(content)
    return _cut(text, most), "value"


def _count(content: Sequence[object] | dict[str, JsonValue], what: str) -> str:
    return f"{len(content):,} {what}{'' if len(content) == 1 else 's'}"


def _number(content: JsonValue) -> str:
    try:
        return readable(content)
    except ValueError:  # Python writes no integer of thousands of digits.
        return "a number too long to show"


def pair(key: str, content: JsonValue) -> Word:
    """A field and its value: ``eligible = true``."""
    return f"{_cut(key, _MOST_NAME)} = {value(content)[0]}", "value"


def listed(words: Iterable[Word | Words], most: int = 4) -> Words:
    """The words one after the other: ``a, b and c``; of many, how many more there are."""
    found = [sentence(word) for word in words]
    shown, left = found[:most], len(found) - most
    out: list[Word] = []
    for index, word in enumerate(shown):
        last = index == len(shown) - 1 and left <= 0
        out += sentence("" if index == 0 else " and " if last else ", ", word)
    return sentence(tuple(out), f" and {left} more") if left > 0 else tuple(out)


def plain_words(words: Words) -> str:
    """The sentence as plain text."""
    return "".join(text for text, _ in words)


def bounded(words: Words, most: int = MOST) -> Words:
    """The words in at most so many characters: the longest names and values give way first.

    So a sentence keeps its end as long as its own words have room.
    """
    found = list(words)
    over = sum(len(text) for text, _ in found) - most
    while over > 0:
        longest = max(range(len(found)), key=lambda at: _gives(found[at]), default=None)
        if longest is None or _gives(found[longest]) <= 0:
            return _ended(found, most)
        text, kind = found[longest]
        shorter = clip(text, len(text) - min(over, max(1, _gives(found[longest]) // 2)))
        over -= len(text) - len(shorter)
        found[longest] = (shorter, kind)
    return tuple(found)


def _gives(word: Word) -> int:
    """How many characters may be cut of a word."""
    text, kind = word
    return len(text) - _LEAST if kind else 0


def _ended(words: list[Word], most: int) -> Words:
    out: list[Word] = []
    for text, kind in words:
        if len(text) > most:
            return (*out, (clip(text, most) if most > 0 else "…", kind))
        out.append((text, kind))
        most -= len(text)
    return tuple(out)


def _cut(text: str, most: int) -> str:
    return clip(one_line(text[:_LOOKED_AT]), most)
