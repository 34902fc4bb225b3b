"""Where two JSON values part: the first place, written as people write paths (``a.b[2]``).

Secrets that were taken out (``[secret NAME #2]``) are equal when they have the same number, or when
one of them is of an old file and has none. Numbers of two files, or of a file and a call that is
made now, say nothing about each other: ``Pairs`` finds out which stand for each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tooltrace.core.jsonio import JsonValue

__all__ = ["Pairs", "alike", "differences", "first_difference", "unnumbered"]

Difference = tuple[str, JsonValue, JsonValue]

_SECRET = re.compile(r"\[secret((?: \w{1,40})?)(?: #(\d{1,9}))?\]", re.ASCII)


class Pairs:
    """Which number on one side stands for which on the other, as far as it was met.

    A number stands for one other only, so that secrets which were equal must be equal again.
    """

    def __init__(self) -> None:
        self._there: dict[str, str] = {}
        self._back: dict[str, str] = {}

    def match(self, old: str, new: str) -> bool:
        """Whether the two may stand for each other; from now on they do."""
        return self._there.setdefault(old, new) == new and self._back.setdefault(new, old) == old


def alike(old: str, new: str, pairs: Pairs | None = None) -> bool:
    """Whether two texts are equal, but for how the secrets in them are numbered."""
    if old == new and pairs is None:
        return True
    if "[secret" not in old or "[secret" not in new:
        return old == new
    then, now = _SECRET.split(old), _SECRET.split(new)
    # In threes: what stands before a secret, its name, its number.
    if then[::3] != now[::3] or then[1::3] != now[1::3]:
        return False
    numbers = zip(then[2::3], now[2::3], strict=True)
    return all(
        a is None or b is None or (a == b if pairs is None else pairs.match(a, b))
        for a, b in numbers
    )


def unnumbered(text: str) -> str:
    """The text with the numbers of its secrets left out, for comparing across files."""
    return _SECRET.sub(r"[secret\1]", text) if "[secret" in text else text


def differences(
    old: JsonValue, new: JsonValue, path: str = "", pairs: Pairs | None = None
) -> Iterator[Difference]:
    """Every place where the values differ: its path, the old value there and the new one.

    A key or an item that only one side has is compared with None. Types count: 1 is not true.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            where = f"{path}.{key}" if path else str(key)
            yield from differences(old.get(key), new.get(key), where, pairs)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            a = old[index] if index < len(old) else None
            b = new[index] if index < len(new) else None
            yield from differences(a, b, f"{path}[{index}]", pairs)
    elif isinstance(old, str) and isinstance(new, str):
        if not alike(old, new, pairs):
            yield path, old, new
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield path, old, new


def first_difference(
    old: JsonValue, new: JsonValue, path: str = "", pairs: Pairs | None = None
) -> Difference | None:
    """The first place where the values differ; None when they are equal."""
    return next(differences(old, new, path, pairs), None)
