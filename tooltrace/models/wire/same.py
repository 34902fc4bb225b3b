"""Whether two values are the same JSON, which Python's own ``==`` does not say."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import asdict

__all__ = ["same"]


def same(one: object, other: object) -> bool:
    """Whether two values are written alike: true is not 1 there, and 1 is not 1.0."""
    pending = [(one, other)]
    while pending:
        mine, yours = pending.pop()
        if mine is yours:
            continue
        if type(mine) is not type(yours):
            return False
        if isinstance(mine, Struct) and isinstance(yours, Struct):
            mine, yours = asdict(mine), asdict(yours)
        if isinstance(mine, dict) and isinstance(yours, dict):
            if mine.keys() != yours.keys():
                return False
            pending += [(value, yours[key]) for key, value in mine.items()]
        elif isinstance(mine, list) and isinstance(yours, list):
            if len(mine) != len(yours):
                return False
            pending += zip(mine, yours, strict=True)
        elif mine != yours:
            return False
    return True
