"""The ways in which a long text can be read: as it is, as JSON laid out, without what acts."""

from __future__ import annotations

import re

from tooltrace.core.text.exact_json import loads, pretty

__all__ = ["TextWay", "ways_of"]

_MOST_JSON = 16 << 20
_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)|[PX^_][^\x1b]{0,4096}\x1b\\"
    r"|[ -/]*[0-~])|\x9b[0-?]*[ -/]*[@-~]"
)
"""Control sequences of terminals (ECMA-48): CSI, OSC, strings, and those of two characters."""

TextWay = tuple[str, str]
"""What a way is called, and the text as it is read in it."""


def ways_of(text: str) -> list[TextWay]:
    """Those that show something else than others, the text as it is first."""
    found = [("", text)]
    if laid_out := _json(text):
        found.append(("as JSON", laid_out))
    if "\x1b" in text or "\x9b" in text:
        found.append(("without escapes", _ESCAPES.sub("", text)))
    return found


def _json(text: str) -> str:
    if len(text) > _MOST_JSON or text.lstrip()[:1] not in ("{", "["):
        return ""
    try:
        laid_out = pretty(loads(text))
    except (ValueError, RecursionError):
        return ""
    return laid_out if laid_out != text.strip() else ""
