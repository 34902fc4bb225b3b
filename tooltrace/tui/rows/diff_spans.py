"""Unified diffs in colours: what is taken out, what is put in, and where. Line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tooltrace.core.text.sanitize import visible
from tooltrace.tui.rows.lines import Line, wrap

__all__ = ["diff_lines", "diff_style", "is_diff"]

_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@", re.MULTILINE)
_LOOKED_AT = 20_000


def is_diff(text: str) -> bool:
    """Whether a text holds a unified diff, as far as its beginning says."""
    return "@@ -" in text[:_LOOKED_AT] and _HUNK.search(text, 0, _LOOKED_AT) is not None


def diff_lines(shown: Sequence[str], text: str, width: int, style: str) -> list[Line]:
    """The lines that a diff was wrapped into, each in the style of the line of it that it is of."""
    styles: list[str] = []
    for line in visible(text[: (width + 8) * (len(shown) + 2)]).split("\n"):
        if len(styles) >= len(shown):
            break
        styles += [diff_style(line, style)] * len(wrap(line, width))
    return [((line, look),) for line, look in zip(shown, styles, strict=False)]


def diff_style(line: str, style: str) -> str:
    """The style of a line of a diff; ``style`` for one that is the same on both sides."""
    match line[:1]:
        case "+":
            return "strong" if line.startswith("+++ ") else "added"
        case "-":
            return "strong" if line.startswith("--- ") else "removed"
        case "@":
            return "rule" if line.startswith("@@ ") else style
        case "d" | "i":
            return "dim" if line.startswith(("diff --git ", "index ")) else style
        case _:
            return style
