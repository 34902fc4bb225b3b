"""A section of the inspector: a heading, and below it facts, a value, or what is looked up late."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from tooltrace.core.compare.json_diff import MISSING, Missing
from tooltrace.core.text.exact_json import JsonValue, loads
from tooltrace.tui.rows.inspector.rows import FactRow, HeadRow, InspectorRow
from tooltrace.tui.rows.inspector.value_tree import Folds, row_key, value_rows
from tooltrace.tui.rows.lines import Line
from tooltrace.tui.rows.selected import Selected
from tooltrace.tui.rows.values import readable

__all__ = ["Facet", "Fact", "as_tree", "facet_rows"]

_NOBODY = Selected()
_PARSED = 1_000_000


class Fact(Struct, frozen=True):
    """A line below a heading. ``value`` is what a copy of it is, ``goes`` a record it names."""

    line: Line
    value: JsonValue | Missing = MISSING
    goes: int | None = None
    about: Selected | None = None
    indent: int = 2


class Facet(Struct, frozen=True):
    """``name`` is what it is found again by, ``about`` what keys act on in it.

    ``later`` gives the value only once the section is open: it costs something, or is large.
    """

    name: str
    heading: Line
    facts: Sequence[Fact] = ()
    value: JsonValue | Missing = MISSING
    style: str = "text"
    about: Selected = _NOBODY
    begins_open: bool = True
    later: Callable[[], JsonValue | Missing] | None = None


def facet_rows(section: Facet, folds: Folds) -> Iterator[InspectorRow]:
    """The rows of a section as it is folded."""
    key = row_key(section.name, "", "")
    is_open = section.begins_open != (key in folds.turned)
    shown: JsonValue | Missing = section.value
    if section.later is not None and is_open:
        shown = section.later()
    folded = bool(section.facts) or shown is not MISSING or section.later is not None
    if section.heading:
        whole = shown if section.later is None or is_open else MISSING
        yield HeadRow(key, section.heading, is_open, folded, section.about, whole)
    if not is_open:
        return
    for index, fact in enumerate(section.facts):
        about = section.about if fact.about is None else fact.about
        where = row_key(section.name, "", "", index)
        yield FactRow(where, fact.line, about, fact.value, fact.goes, fact.indent)
    if shown is not MISSING:
        yield from value_rows(section.name, as_tree(shown), folds, section.about, section.style)


def as_tree(value: JsonValue) -> JsonValue:
    """A value as it is worth reading: text blocks as their text, and JSON in a text as its value.

    A copy is still what it was.
    """
    shown = readable(value)
    if isinstance(shown, str) and 1 < len(shown) <= _PARSED and shown.lstrip()[:1] in ("{", "["):
        try:
            return loads(shown)
        except (ValueError, RecursionError):
            return shown
    return shown
