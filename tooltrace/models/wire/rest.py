"""What a codec keeps of a piece beside what it understood, so that it writes the same piece again.

A piece is read into a form, and the form is written as this codec would write it by itself. Where
that is another spelling than what came, or says less, the difference is kept with the form. On the
way out it is put back as long as the form still stands for what came: once somebody has changed the
form, the spelling of the fields that the codec knows is its own again, and only fields that it does
not know come back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from msgspec import Struct

from tooltrace.models.wire.form import Block, Rest

__all__ = ["Piece", "difference", "foreign", "put_back"]


def difference(came: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """What makes ``came`` of ``made``: the ``fields`` that differ, and the keys that are
    ``absent``; each left out where there are none."""
    fields = {key: value for key, value in came.items() if key not in made or made[key] != value}
    absent = [key for key in made if key not in came]
    return {**({"fields": fields} if fields else {}), **({"absent": absent} if absent else {})}


def put_back(
    made: dict[str, Any],
    kept: Mapping[str, Any] | None,
    known: Collection[str],
    holds: Callable[[dict[str, Any]], bool],
) -> dict[str, Any]:
    """The piece that came, if it still ``holds``; else ``made`` and the fields not in ``known``."""
    if not kept:
        return made
    fields, absent = kept.get("fields", {}), kept.get("absent", ())
    came = {key: value for key, value in {**made, **fields}.items() if key not in absent}
    if holds(came):
        return came
    return {**made, **{key: value for key, value in fields.items() if key not in known}}


def foreign(rest: Rest, protocol: str) -> bool:
    """Whether another protocol than this one has said more of a thing."""
    return any(name != protocol for name in rest)


class Piece(Struct, frozen=True):
    """A kind of piece that is one block: how it is read and written, and which keys are known.

    ``reads`` takes a piece to a block without ``rest``, ``writes`` takes that back; neither has to
    be exact.
    """

    protocol: str
    reads: Callable[[Mapping[str, Any]], Block]
    writes: Callable[[Block], dict[str, Any]]
    known: frozenset[str]

    def read(self, piece: Mapping[str, Any]) -> Block:
        """The block for a piece."""
        block = self.reads(piece)
        kept = difference(piece, self.writes(block))
        return {**block, "rest": {self.protocol: kept}} if kept else block

    def write(self, block: Block) -> dict[str, Any]:
        """The piece for a block; for one that was read here and not changed, what it was read
        from."""
        bare = {key: value for key, value in block.items() if key != "rest"}
        kept = block.get("rest", {}).get(self.protocol)
        return put_back(self.writes(bare), kept, self.known, lambda came: self.reads(came) == bare)
