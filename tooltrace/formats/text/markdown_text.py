"""Text from outside as Markdown that shows it and can do nothing else.

All of it stands in code, where nothing is markup, a link or a mention: a fence or a run of
backticks that is longer than any in the text cannot be closed by it.
"""

from __future__ import annotations

import re
import textwrap

from tooltrace.core.caption.words import Words
from tooltrace.core.text.exact_json import DEEPEST, JsonValue, pretty
from tooltrace.core.text.sanitize import clip, one_line, visible

__all__ = ["code", "fence", "prose", "value", "words"]

_TICKS = re.compile("`+")
_MOST_INLINE = 200
_WIDTH = 100


def code(text: str) -> str:
    """A name or a short text within a line."""
    shown = clip(one_line(text), _MOST_INLINE) or "(empty)"
    ticks = "`" * (_longest_run(shown) + 1)
    room = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{ticks}{room}{shown}{room}{ticks}"


def words(told: Words) -> str:
    """A sentence of a caption: what in it is from outside stands in code."""
    return "".join(code(text) if kind else text for text, kind in told)


def fence(text: str, kind: str = "text") -> str:
    """Lines of text as a block of their own; ``kind`` is ours, never from outside."""
    shown = visible(text)
    ticks = "`" * max(3, _longest_run(shown) + 1)
    return f"{ticks}{kind}\n{shown}\n{ticks}\n"


def prose(text: str) -> str:
    """What somebody said, with long lines broken between words."""
    lines = []
    for line in text.split("\n"):
        lines += _broken(line) if len(line) > _WIDTH else [line]
    return fence("\n".join(lines))


def value(content: JsonValue) -> str:
    """A value: text as it is, anything else as JSON."""
    if isinstance(content, str):
        return fence(content)
    return fence(pretty(content, DEEPEST), "json")


def _broken(line: str) -> list[str]:
    return textwrap.wrap(
        line,
        _WIDTH,
        expand_tabs=False,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [line]


def _longest_run(text: str) -> int:
    return max((len(found[0]) for found in _TICKS.finditer(text)), default=0)
