"""Find the first place where two JSON values differ, as people write paths (``a.b[2]``).

This is the one comparison of JSON, and it is exact: ``1``, ``1.0`` and ``true`` are three values,
so are ``0.0`` and ``-0.0``, and null is not the same as nothing at all, which is ``MISSING``.

Secrets that were taken out (``[secret NAME #2]``) are equal when they have the same number, or when
one of them is of an old file and has none. Numbers of two files, or of a file and a call that is
made now, say nothing about each other: ``Pairs`` finds out which stand for each other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from enum import Enum
from operator import eq
from typing import Final

from tooltrace.core.text.exact_json import JsonValue, readable

__all__ = [
    "MISSING",
    "Difference",
    "Missing",
    "Pairs",
    "alike",
    "changes",
    "differences",
    "first_difference",
    "keys_of",
    "same",
    "unnumbered",
]

Difference = tuple[str, JsonValue, JsonValue]


class Missing(Enum):
    """What stands for a value where there is none: no JSON, so that it is never taken for any."""

    MISSING = "(missing)"


MISSING: Final = Missing.MISSING

_KINDS = (bool, int, float)  # In this order: a bool is an int as well.
_PLAIN_KEY = re.compile(r"[\w-]+")
_STEP = re.compile(r'("(?:[^"\\]|\\.)*")|\[\d+\]|([^."\[][^.\[]*)')

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

    A key or an item that only one side has is compared with ``MISSING``. A key that could be taken
    for a piece of a path is quoted: ``a."b.c"``. The order of keys does not count.
    """
    # Numbers of secrets are to be met also where both sides are one and the same value.
    return _differences(old, new, path, lambda a, b: alike(a, b, pairs), pairs is None)


def changes(old: JsonValue, new: JsonValue, path: str = "") -> Iterator[Difference]:
    """As ``differences``, but text by text: how a secret is numbered counts as well."""
    return _differences(old, new, path, eq, True)


def _differences(
    old: JsonValue, new: JsonValue, path: str, equal: Callable[[str, str], bool], skip: bool
) -> Iterator[Difference]:
    if old is new and skip:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            a, b = old.get(key, MISSING), new.get(key, MISSING)
            if a is b and skip:
                continue
            yield from _differences(a, b, _below(path, str(key)), equal, skip)
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        for index in range(max(len(old), len(new))):
            a = old[index] if index < len(old) else MISSING
            b = new[index] if index < len(new) else MISSING
            if a is b and skip:
                continue
            yield from _differences(a, b, f"{path}[{index}]", equal, skip)
    elif isinstance(old, str) and isinstance(new, str):
        if not equal(old, new):
            yield path, old, new
    elif not _equal(old, new):
        yield path, old, new


def _equal(old: JsonValue, new: JsonValue) -> bool:
    a, b = _kind(old), _kind(new)
    return a is b and old == new and (a is not float or float.hex(old) == float.hex(new))


def _kind(value: JsonValue) -> type:
    exact = type(value)
    if exact in _KINDS or not isinstance(value, _KINDS):
        return exact
    return next(kind for kind in _KINDS if isinstance(value, kind))


def _below(path: str, key: str) -> str:
    name = key if _PLAIN_KEY.fullmatch(key) else readable(key)
    return f"{path}.{name}" if path else name


def keys_of(path: str) -> tuple[str, ...]:
    """The keys that a path goes through, indexes in lists left out."""
    steps = _STEP.findall(path)
    return tuple(_unquoted(quoted) if quoted else key for quoted, key in steps if quoted or key)


def _unquoted(quoted: str) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:  # A person's own writing of a path, with an escape that is none.
        return quoted[1:-1]


def first_difference(
    old: JsonValue, new: JsonValue, path: str = "", pairs: Pairs | None = None
) -> Difference | None:
    """The first place where the values differ; None when they are equal."""
    return next(differences(old, new, path, pairs), None)


def same(old: JsonValue, new: JsonValue) -> bool:
    """Whether two JSON values are the same JSON, text by text."""
    return next(changes(old, new), None) is None
