"""Tell lines of a session that may hold a match from most others, without reading them.

JSON writes a letter as it is or as an escape, so a text is looked for only in letters that have one
spelling but for ``\\u00..``; a line with such an escape of an ASCII letter may hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

__all__ = ["line_filter"]

_ESCAPED = re.compile(rb"\\u00[0-7]")
_PLAIN = re.compile(r"[ !#-.0-\[\]-~]+")
"""ASCII without what JSON has to escape, or may with a letter: quotes, backslash and slash."""

_PLAIN_ANY_CASE = re.compile(r"[ !#-.0-HJL-RT-\[\]-hjl-rt-~]+")
"""Without i, k and s as well: they are the other case of letters that are not ASCII."""


def line_filter(
    needed: Sequence[Sequence[str]] | None, ignore_case: bool
) -> Callable[[bytes], bool]:
    """Whether a line may hold a match; never false where it does.

    ``needed`` are the texts of each alternative that are in all its matches, None where unknown.
    """
    keys: list[bytes] = []
    for texts in needed or [[]]:
        plain = _PLAIN_ANY_CASE if ignore_case else _PLAIN
        pieces = [piece for text in texts for piece in plain.findall(text)]
        if not pieces:
            return lambda line: True
        key = max(pieces, key=len).encode()
        keys.append(key.lower() if ignore_case else key)
    if ignore_case:
        return lambda line: _holds(line.lower(), keys)
    return lambda line: _holds(line, keys)


def _holds(line: bytes, keys: Sequence[bytes]) -> bool:
    for key in keys:
        if key in line:
            return True
    return b"\\u00" in line and _ESCAPED.search(line) is not None
