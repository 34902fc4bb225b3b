"""A value as rows that fold: no more of it is looked at than has a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from msgspec import Struct

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tui.rows.inspector.rows import RestRow, ValueRow, is_media
from tooltrace.tui.rows.selected import Selected
from tooltrace.tui.rows.values import brief

__all__ = ["FIRST", "Folds", "row_key", "value_rows"]

FIRST = 100
"""Parts of a value that have a row before more are asked for."""

_INLINE, _FEW, _DEEPEST = 48, 12, 100

Path = tuple[str | int, ...]


class Folds(Struct, frozen=True):
    """What a person folded or unfolded: keys of rows that are not as they begin, and how many
    parts of a value are asked for where it is not ``FIRST``."""

    turned: Collection[int] = ()
    more: Mapping[int, int] = {}


def row_key(section: str, *path: str | int) -> int:
    """What a row is found again by: the same place of the same section, whatever stands there."""
    return hash((section, *path))


def value_rows(
    section: str, value: JsonValue, folds: Folds, about: Selected, style: str = "text"
) -> Iterator[ValueRow | RestRow]:
    """The rows of a value below the heading of a section."""
    if isinstance(value, dict | list) and value:
        yield from _parts(section, (), value, folds, about, style)
    else:
        key = row_key(section, "")
        yield ValueRow(key, "", value, 0, key in folds.turned, style, about)


def _parts(
    section: str,
    path: Path,
    value: dict[str, JsonValue] | list[JsonValue],
    folds: Folds,
    about: Selected,
    style: str,
) -> Iterator[ValueRow | RestRow]:
    owner = row_key(section, *path)
    most = folds.more.get(owner, FIRST)
    for name, part in islice(_named(value), most):
        where = (*path, name)
        key = row_key(section, *where)
        holds = isinstance(part, dict | list) and bool(part) and not is_media(part)
        begins = holds and not path and _is_worth_opening(part)
        is_open = begins != (key in folds.turned)
        yield ValueRow(key, str(name), part, len(path), is_open, style, about)
        if is_open and holds and isinstance(part, dict | list) and len(where) < _DEEPEST:
            yield from _parts(section, where, part, folds, about, style)
    if len(value) > most:
        key = row_key(section, *path, "…")
        yield RestRow(key, len(value) - most, len(path), owner, about, value)


def _named(
    value: dict[str, JsonValue] | list[JsonValue],
) -> Iterable[tuple[str | int, JsonValue]]:
    return value.items() if isinstance(value, dict) else enumerate(value)


def _is_worth_opening(value: JsonValue) -> bool:
    """Whether a part of a value has too much for one line, and little enough for a few."""
    few = isinstance(value, dict | list) and len(value) <= _FEW
    return few and len(brief(value, _INLINE)) > _INLINE
