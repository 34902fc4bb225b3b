"""Collect a reply while it arrives, on the debugger's thread, for the screen to take.

However fast the pieces come, whoever shows them takes in all that are there at once, and keeps only
the end of each block: the whole reply is in its record as soon as it is complete. Secrets are not
shown, whole or in part: a long word is held back until it has ended.
"""

from __future__ import annotations

from collections import deque
from string import ascii_letters, digits

from msgspec import Struct

from tooltrace.core.model.ports import Delta
from tooltrace.core.text.redact import Hide, nothing_hidden

__all__ = ["TAIL", "PartialBlock", "PartialReply"]

TAIL = 4000
"""Characters of a block that are kept to be shown."""

_MORE = 600
"""So many before them are kept as well, because a secret may begin there."""

_LONG_WORD = 8
_IN_WORDS = f"{ascii_letters}{digits}_-./+=:~"


class PartialBlock(Struct, frozen=True):
    """A block of the reply so far: its last characters, and how many there are in all."""

    kind: str
    name: str
    tail: str
    size: int


class PartialReply:
    """The blocks of the reply that is arriving.

    ``begin`` and ``hear`` are for the thread that asks; ``drain`` and ``blocks`` for the one that
    shows.
    """

    def __init__(self, hide: Hide = nothing_hidden) -> None:
        self._hide = hide
        self._kept: dict[int, str] = {}
        self.blocks: list[PartialBlock] = []
        self._queue: deque[Delta | None] = deque()

    def begin(self) -> None:
        """A new request: what came before belongs to another."""
        self._queue.append(None)

    def hear(self, piece: Delta) -> None:
        """A piece has come."""
        self._queue.append(piece)

    def drain(self) -> bool:
        """Take in what has come since the last time; whether that was anything."""
        queue = self._queue
        if not queue:
            return False
        fresh: dict[int, list[Delta]] = {}
        for _ in range(len(queue)):
            piece = queue.popleft()
            if piece is None:
                self.blocks = []
                self._kept = {}
                fresh.clear()
            else:
                fresh.setdefault(piece.index, []).append(piece)
        for index in sorted(fresh):
            self._grow(index, fresh[index])
        return True

    def _grow(self, index: int, pieces: list[Delta]) -> None:
        first = pieces[0]
        while len(self.blocks) <= index:
            self.blocks.append(PartialBlock(first.kind, first.name, "", 0))
        before = self.blocks[index]
        text = "".join([piece.text for piece in pieces])
        name = next((piece.name for piece in pieces if piece.name), before.name)
        most = TAIL + _MORE
        kept = self._kept[index] = (self._kept.get(index, "") + text[-most:])[-most:]
        tail = self._shown(kept)[-TAIL:]
        self.blocks[index] = PartialBlock(first.kind, name, tail, before.size + len(text))

    def _shown(self, text: str) -> str:
        if self._hide is nothing_hidden:
            return text
        ended = text.rstrip(_IN_WORDS)
        return self._hide(ended if len(text) - len(ended) >= _LONG_WORD else text)
