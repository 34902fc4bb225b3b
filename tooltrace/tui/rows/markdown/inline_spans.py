"""Emphasis, code and links of a paragraph of Markdown as spans, in time linear in its length.

A link is its text and its address, to be read: nothing here can be followed. What is no Markdown
stays as it is, so that a name_with_strokes or ``2 * 3`` reads as it was written.
"""

from __future__ import annotations

import re
from itertools import accumulate

from msgspec import Struct

from tooltrace.tui.rows.lines import Line, Span

__all__ = ["MOST_INLINE", "inline_spans"]

MOST_INLINE = 4000
"""Characters of a paragraph in which anything is looked for; a longer one stays as it is."""

# What was made visible is no escape.
_TOKEN = re.compile(
    r"\\(?P<escaped>(?!\\u\{)[!-/:-@\[-`{-~])|(?P<code>`+)|(?P<run>\*+|_+|~~)|(?P<link>!?\[)"
    r"|<(?P<address>(?:https?://|mailto:)[^\s<>]+)>"
)
_LINK = re.compile(
    r"!?\[(?P<text>(?:[^\[\]\\\n]|\\.)*)\]"
    r"\(\s*<?(?P<address>(?:[^()\s<>]|\([^()\s<>]*\))*)>?(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\s*\)"
)
_LOOK_BACK = 40
_EMPHASIS = {"strong": 0, "em": 1, "strike": 2}
_LOOKS = ["text", "strong", "em", "strong.em"]


class _Opener(Struct):
    char: str
    count: int
    piece: int
    size: int
    both: bool

    def pairs(self, char: str, size: int, both: bool) -> bool:
        """Whether a run closes this one: CommonMark's rule about runs that open and close."""
        if char != self.char:
            return False
        odd = (both or self.both) and (size + self.size) % 3 == 0
        return not odd or (size % 3 == 0 and self.size % 3 == 0)


class _Emphasis:
    """Pieces of a text, and which of them stand between two runs of the same sign."""

    def __init__(self) -> None:
        self.pieces: list[Span] = []
        self._open: list[_Opener] = []
        self._ranges: list[tuple[int, int, int]] = []

    def add(self, text: str, style: str = "") -> None:
        if text:
            self.pieces.append((text, style))

    def run(self, run: str, before: str, after: str) -> None:
        """A run of signs: closes what it can, and may open something."""
        char, left = run[0], len(run)
        opens, closes = not after.isspace(), not before.isspace()
        if _is_sign(after) and not (before.isspace() or _is_sign(before)):
            opens = False
        if _is_sign(before) and not (after.isspace() or _is_sign(after)):
            closes = False
        if char == "_":
            opens, closes = opens and not before.isalnum(), closes and not after.isalnum()
        both = opens and closes
        while closes and left and (opener := self._opener(char, len(run), both)) is not None:
            left -= self._close(opener, char, left)
        if left:
            self.pieces.append((char * left, ""))
            if opens:
                self._open.append(_Opener(char, left, len(self.pieces) - 1, len(run), both))

    def _opener(self, char: str, size: int, both: bool) -> _Opener | None:
        """The last run that one closes; those behind it open nothing then."""
        for back in range(1, min(len(self._open), _LOOK_BACK) + 1):
            if self._open[-back].pairs(char, size, both):
                del self._open[len(self._open) - back + 1 :]
                return self._open[-1]
        return None

    def _close(self, opener: _Opener, char: str, left: int) -> int:
        """Close an opener; how many of the signs that took."""
        took = 2 if char == "~" or min(left, opener.count) > 1 else 1
        name = "strike" if char == "~" else "strong" if took == 2 else "em"
        self._ranges.append((opener.piece + 1, len(self.pieces), _EMPHASIS[name]))
        opener.count -= took
        self.pieces[opener.piece] = (char * opener.count, "")
        if not opener.count:
            self._open.pop()
        return took

    def spans(self, style: str) -> list[Span]:
        """The pieces, each in the look that it has."""
        if not self._ranges:
            return [(text, own or style) for text, own in self.pieces if text]
        marks = [[0] * (len(self.pieces) + 1) for _ in _EMPHASIS]
        for begin, end, kind in self._ranges:
            marks[kind][begin] += 1
            marks[kind][end] -= 1
        found: list[Span] = []
        for (text, own), *deep in zip(self.pieces, *map(accumulate, marks), strict=False):
            if text:
                look = own or _look(style, *(count > 0 for count in deep))
                if found and found[-1][1] == look:
                    text = found.pop()[0] + text
                found.append((text, look))
        return found


def inline_spans(text: str, style: str = "text") -> Line:
    """The text without its signs, in spans; ``style`` is that of what is not emphasised.

    Lines stay lines. Code keeps its backticks, which tell it without colour.
    """
    if len(text) > MOST_INLINE or _TOKEN.search(text) is None:
        return ((text, style),)
    return tuple(_spans(text, style, links=True))


def _spans(text: str, style: str, links: bool) -> list[Span]:
    out = _Emphasis()
    at = 0
    missing: set[int] = set()
    while (found := _TOKEN.search(text, at)) is not None:
        out.add(text[at : found.start()])
        at = found.end()
        match found.lastgroup:
            case "escaped":
                out.add(found["escaped"])
            case "code":
                at = _code(text, found[0], at, missing, out)
            case "run":
                before = text[found.start() - 1] if found.start() else " "
                out.run(found[0], before, text[at] if at < len(text) else " ")
            case "address":
                out.add(found["address"], "link")
            case _:
                link = _LINK.match(text, found.start()) if links else None
                if link is None:
                    out.add(found[0])
                else:
                    at = link.end()
                    _link(link["text"], link["address"], found[0] == "![", style, out)
    out.add(text[at:])
    return out.spans(style)


def _code(text: str, run: str, at: int, missing: set[int], out: _Emphasis) -> int:
    """Take in code from a run of backticks on; where it goes on after that."""
    size = len(run)
    if size not in missing:
        end = re.compile(rf"(?<!`)`{{{size}}}(?!`)").search(text, at)
        if end is not None:
            out.add("`", "dim")
            said = text[at : end.start()].replace("\n", " ")
            padded = len(said) > 2 and said[0] == said[-1] == " " and not said.isspace()
            out.add(said[1:-1] if padded else said, "code")
            out.add("`", "dim")
            return end.end()
        missing.add(size)
    out.add(run)
    return at


def _link(text: str, address: str, is_picture: bool, style: str, out: _Emphasis) -> None:
    if is_picture:
        out.add("picture: ", "dim")
    if text.strip() and text != address:
        for part, look in _spans(text, style, links=False):
            out.add(part, "link" if look == style else look)
        out.add(f" ({address})" if address else "", "dim")
    else:
        out.add(address, "link")


def _look(style: str, strong: bool, em: bool, struck: bool) -> str:
    if struck:
        return "struck"
    return _LOOKS[strong + 2 * em] if strong or em else style


def _is_sign(char: str) -> bool:
    return not (char.isalnum() or char.isspace())
