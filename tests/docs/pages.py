"""The pages as the tests read them: blocks of code, links, what is set as code in a line."""

from __future__ import annotations

import re
import shlex

from scripts.docs.blocks import PAGES, ROOT

__all__ = ["ALL", "ROOT", "blocks", "command_lines", "inline", "page"]

ALL = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}
"""The README and every page of ``docs/``, by its path."""


def page(name: str) -> str:
    """A page of ``docs/``."""
    return ALL[f"docs/{name}"]


def blocks(text: str, language: str) -> list[str]:
    """The blocks of code in that language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def inline(text: str) -> list[str]:
    """What is set as code within a line."""
    return re.findall(
        r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    )


def command_lines(text: str) -> list[list[str]]:
    """Every call of ``tooltrace`` on a page, as words: those in blocks and those in a line."""
    lines = [line for block in blocks(text, "sh") for line in block.splitlines()]
    found = []
    for line in [*lines, *inline(text)]:
        start = re.search(r"(?:^|[ /])tooltrace(?= |$)", line)
        if start is not None:
            found.append(shlex.split(line[start.end() :]))
    return found
