"""What a codec keeps of a piece beside what it understood, so that it writes the same piece again.

A piece is read into a form, and the form is written as this codec would write it by itself. What
differs from what came is kept with the form, in up to three parts: the ``fields`` that the codec
does not know, the known ones that were ``spelled`` otherwise, and the keys that were ``absent``.
The fields always come back. A spelling does as long as the form still stands for what came: what
somebody has changed is written as the codec would by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from msgspec import Struct

from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.models.wire.form import Block, Rest
from tooltrace.models.wire.same import same

__all__ = ["Piece", "difference", "left_out", "objects", "put_back"]


def difference(
    came: Mapping[str, Any], made: Mapping[str, Any], known: Collection[str]
) -> dict[str, Any]:
    """What makes ``came`` of ``made``; each part is left out where there is nothing in it."""
    differ = {k: v for k, v in came.items() if k not in made or not same(made[k], v)}
    parts = {
        "fields": {key: value for key, value in differ.items() if key not in known},
        "spelled": {key: value for key, value in differ.items() if key in known},
        "absent": [key for key in made if key not in came],
    }
    return {name: part for name, part in parts.items() if part}


def put_back(
    made: dict[str, Any],
    kept: Mapping[str, Any] | None,
    holds: Callable[[dict[str, Any]], bool],
) -> dict[str, Any]:
    """The piece that came, if it still ``holds``.

    Else ``made``, the fields nobody knows, and each spelling that holds by itself.
    """
    if not kept:
        return made
    fields, absent = kept.get("fields", {}), kept.get("absent", ())
    spelled = {**made, **kept.get("spelled", {}), **fields}
    came = {key: value for key, value in spelled.items() if key not in absent}
    if holds(came):
        return came
    came = {**made, **fields}
    for key, value in kept.get("spelled", {}).items():
        one = {**came, key: value}
        # Another name for what is written under one that was absent is not said beside it.
        bare = {name: piece for name, piece in one.items() if name not in absent}
        if holds(one) and (key in made or holds(bare)):
            came = one
    return came


def objects(value: object, place: str) -> list[dict[str, Any]]:
    """The value, if it is a list of objects. Raises ValueError with the place else."""
    if not isinstance(value, list):
        raise ValueError(f"{place} is not a list")
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            raise ValueError(f"{place}[{index}] is not an object")
    return value


def left_out(rest: Rest, protocol: str, place: str) -> list[str]:
    """One line for each other protocol that said more of what is at ``place``, with its fields."""
    lines = []
    for name, kept in rest.items():
        if name != protocol and kept.get("fields"):
            fields = ", ".join(clip(one_line(field), 60) for field in kept["fields"])
            lines.append(f"{place}: {fields}")
    return lines


class Piece(Struct, frozen=True):
    """A kind of piece that is one block: how it is read and written, and which keys are known.

    ``reads`` takes a piece to a block, ``writes`` takes a block without ``rest`` back; neither has
    to be exact. ``alien`` says of a block that only this protocol has it, so that it is always
    marked with its name.
    """

    protocol: str
    reads: Callable[[Mapping[str, Any]], Block]
    writes: Callable[[Block], dict[str, Any]]
    known: frozenset[str]
    alien: Callable[[Block], bool] = lambda _: False

    def read(self, piece: Mapping[str, Any]) -> Block:
        """The block for a piece."""
        block = self.reads(piece)
        kept = difference(piece, self.writes(block), self.known)
        marked = bool(kept) or self.alien(block)
        return {**block, "rest": {self.protocol: kept}} if marked else block

    def write(self, block: Block) -> dict[str, Any]:
        """The piece for a block; for one that was read here and not changed, what it was read
        from."""
        bare = {key: value for key, value in block.items() if key != "rest"}
        kept = block.get("rest", {}).get(self.protocol)
        return put_back(self.writes(bare), kept, lambda came: same(self.reads(came), bare))
