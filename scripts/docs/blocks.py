"""The blocks of a page that are made from the code, each between two comments of its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from scripts.docs.commands import command_table, commands
from scripts.docs.fields import events, notes, parts, record
from scripts.docs.keys import FIRST, key_table, keys, keys_at_home
from scripts.docs.verbs import verbs

__all__ = ["MAKERS", "PAGES", "ROOT", "filled"]

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

MAKERS: dict[str, Callable[[str], str]] = {
    "command-table": lambda _: command_table(),
    "commands": lambda _: commands(),
    "first-keys": lambda _: key_table(FIRST),
    "keys": lambda _: keys(),
    "keys-at-home": lambda _: keys_at_home(),
    "record": record,
    "events": events,
    "notes": notes,
    "parts": parts,
    "verbs": lambda _: verbs(),
}
"""What makes each block, given what stands there now."""

_BLOCK = re.compile(
    r"(<!-- made by python -m scripts\.docs: ([\w-]+) -->\n)(.*?)(<!-- /\2 -->)", re.S
)


def filled(text: str) -> str:
    """The page with each of its blocks as the code says it now."""
    return _BLOCK.sub(lambda found: f"{found[1]}{MAKERS[found[2]](found[3])}{found[4]}", text)
