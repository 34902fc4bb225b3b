"""What a browser says to an app: read strictly, as whoever sends it may be no browser of ours."""

from __future__ import annotations

import json
import re

from msgspec import Struct

__all__ = ["MOST_BYTES", "BadMessage", "Focus", "Ping", "Resize", "Typed", "message", "size_within"]

MOST_BYTES = 1 << 20
"""Of one message: as much as anybody pastes."""

_WIDEST, _HIGHEST = 500, 200
_MOST_PING = 40

_SCROLLS = re.compile(r"\x1b(?:\[<6[4-7];\d{1,5};\d{1,5}M|\[[56]~|[\[O][ABHF])", re.ASCII)


class BadMessage(Exception):
    """A message that no page of ours sends."""


class Typed(Struct, frozen=True):
    """What a terminal would send: keys, the mouse, pasted text."""

    text: str

    @property
    def scrolling(self) -> str:
        """As much of it as only scrolls: the wheel, arrows and pages up and down, home and end."""
        return "".join(_SCROLLS.findall(self.text))

    @property
    def data(self) -> bytes:
        """The same as bytes."""
        return self.text.encode("utf-8", "replace")


class Resize(Struct, frozen=True):
    """The size in cells, clipped to one that an app can draw."""

    width: int
    height: int


class Ping(Struct, frozen=True):
    """A question whether anybody is there."""

    told: str


class Focus(Struct, frozen=True):
    """Whether the page is the one that is looked at."""

    gained: bool


def message(text: str) -> Typed | Resize | Ping | Focus:
    """What a message says. Raises BadMessage."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadMessage("it is no JSON") from error
    match said:
        case ["stdin", str(keys)]:
            return Typed(keys)
        case ["resize", {"width": int(width), "height": int(height)}]:
            return Resize(*size_within(width, height))
        case ["ping", str(told)] if len(told) <= _MOST_PING:
            return Ping(told)
        case ["focus" | "blur" as what]:
            return Focus(what == "focus")
        case _:
            raise BadMessage("it is none that the page sends")


def size_within(width: int, height: int) -> tuple[int, int]:
    """A size in cells that an app can draw, as near as possible to the one asked for."""
    return min(max(width, 1), _WIDEST), min(max(height, 1), _HIGHEST)
