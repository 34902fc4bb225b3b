"""Where two JSON values part: the first place, written as people write paths (``a.b[2]``)."""

from __future__ import annotations

from collections.abc import Iterator

from tooltrace.core.jsonio import JsonValue

__all__ = ["differences", "first_difference"]

Difference = tuple[str, JsonValue, JsonValue]


def differences(old: JsonValue, new: JsonValue, path: str = "") -> Iterator[Difference]:
    """Every place where the values differ: its path, the old value there and the new one.

    A key or an item that only one side has is compared with None. Types count: 1 is not true.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            where = f"{path}.{key}" if path else str(key)
            yield from differences(old.get(key), new.get(key), where)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            a = old[index] if index < len(old) else None
            b = new[index] if index < len(new) else None
            yield from differences(a, b, f"{path}[{index}]")
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield path, old, new


def first_difference(old: JsonValue, new: JsonValue, path: str = "") -> Difference | None:
    """The first place where the values differ; None when they are equal."""
    return next(differences(old, new, path), None)
