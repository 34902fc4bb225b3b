"""Streams in the framings that are allowed and seldom seen.

They are those of the event stream format of the HTML standard: any line end, lines that begin with
a colon, no space after the colon of a field; and the network cuts where it likes, also in the
middle of a letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["reframed"]


def reframed(
    made: Iterable[bytes],
    *,
    newline: str = "\n",
    space: bool = True,
    comment: str | None = None,
    by: int | None = None,
) -> list[bytes]:
    """The same events in other words.

    ``newline`` ends each line, ``space`` says whether one follows the colons, ``comment`` is said
    before each event, ``by`` are the bytes to a chunk.
    """
    said = [event.decode("utf-8") for event in made]
    if comment is not None:
        said = [f": {comment}\n\n{event}" for event in said]
    text = "".join(said)
    if not space:
        text = re.sub(r"^(\w+): ", r"\1:", text, flags=re.MULTILINE)
    data = text.replace("\n", newline).encode()
    size = len(data) if by is None else by
    return [data[at : at + size] for at in range(0, len(data), size)]
