"""Limits of a value: told in its schema where JSON schema has a word for them, and always kept."""

from __future__ import annotations

import collections.abc as abc
import math
import operator
import re
import typing
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Struct

from tooltrace.tools.signature.annotations import AnnotationFacts, BadAnnotation, Check
from tooltrace.tools.signature.msgspec_types import marker, reader_of, schema_of
from tooltrace.tools.signature.named_fields import name_of_kind
from tooltrace.tools.signature.readers import Keyed, Limited, Unique
from tooltrace.tools.signature.schemas import Definitions

__all__ = ["limited", "takes"]

_SIZE = frozenset({"min_length", "max_length"})
_NUMBERS = (int, float)
_MOMENTS = (date, datetime, time, timedelta, Decimal)
_SIZED = (
    *(list, tuple, set, frozenset, dict, abc.Sequence, abc.MutableSequence, abc.Collection),
    *(abc.Set, abc.MutableSet, abc.Mapping, abc.MutableMapping, abc.Iterable),
)
_LARGEST = 2**63 - 2


class _Order(Struct, frozen=True):
    """How an order is told to the model, kept, and said."""

    word: str
    holds: Callable[[Any, Any], Any]
    text: str


_ORDERS = {
    "ge": _Order("minimum", operator.ge, "at least"),
    "gt": _Order("exclusiveMinimum", operator.gt, "more than"),
    "le": _Order("maximum", operator.le, "at most"),
    "lt": _Order("exclusiveMaximum", operator.lt, "less than"),
}


def takes(kind: Any) -> frozenset[str]:
    """Which limits a value of this type can have."""
    origin = typing.get_origin(kind) or kind
    if origin in _NUMBERS:
        return frozenset({*_ORDERS, "multiple_of"})
    if origin in _MOMENTS:
        return frozenset({*_ORDERS, "tz"} if origin in (datetime, time) else _ORDERS)
    if origin is str:
        return _SIZE | {"pattern"}
    return _SIZE if origin in (*_SIZED, bytes, bytearray) else frozenset()


def limited(base: Any, kind: Any, said: AnnotationFacts) -> Any:
    """The type that reads ``base``, with what was said about its values. Raises Unusable.

    What JSON schema has no word for is added to the texts.
    """
    kept = _Kept()
    for name, limit in said.limits.items():
        if name not in takes(base):
            raise BadAnnotation(f"{name}={limit!r} does not apply to {name_of_kind(base)}")
        kept.keep(base, name, limit)
    for check in said.checks:
        kept.check(check)
    said.texts += kept.texts
    if kept.native:
        kind = _native(kind, kept.native)
    if kept.checks:
        kind = marker(name_of_kind(base), Limited(kind, kept.checks, kept.told))
    return kind


_OTHER = {"ge": "gt", "gt": "ge", "le": "lt", "lt": "le"}


class _Kept(Struct):
    """The limits that msgspec keeps, and checks for the others, with how they are told."""

    native: dict[str, Any] = {}
    told: dict[str, Any] = {}
    checks: list[Check] = []
    texts: list[str] = []

    def check(self, check: Check, told: dict[str, Any] | None = None) -> None:
        self.checks.append(check)
        self.told.update(told or {})
        if told is None and check.told:
            self.texts.append(f"{check.text[:1].upper()}{check.text[1:]}.")

    def keep(self, base: Any, name: str, limit: Any) -> None:
        if name == "multiple_of":
            self._multiple(base, limit)
        elif name not in _ORDERS:
            self.native[name] = limit
        elif base in _NUMBERS:
            self._bound(base, name, limit)
        elif not isinstance(limit, base) and not (base is Decimal and isinstance(limit, int)):
            raise BadAnnotation(f"{name}={limit!r} is no {name_of_kind(base)}")
        else:
            self.check(_order(name, limit))

    def _bound(self, base: Any, name: str, limit: Any) -> None:
        if isinstance(limit, bool) or not isinstance(limit, int | float | Decimal):
            raise BadAnnotation(f"{name}={limit!r} is no number")
        plain = float(limit) if isinstance(limit, Decimal) else limit
        if base is int and plain != int(plain):
            # Between two whole numbers, so the next of them is the bound.
            lower = name in ("ge", "gt")
            name, plain = ("ge", math.ceil(plain)) if lower else ("le", math.floor(plain))
        if (base is int and abs(plain) > _LARGEST) or _OTHER.get(name) in self.native:
            self.check(_order(name, plain), {_ORDERS[name].word: plain})
        else:
            self.native[name] = int(plain) if base is int else plain

    def _multiple(self, base: Any, limit: Any) -> None:
        if base is int and type(limit) is int:
            self.native["multiple_of"] = limit
            return
        of = Decimal(str(limit))
        # As it is written: in binary fractions 0.29 is no multiple of 0.01.
        test = Check(f"must be a multiple of {limit}", lambda v: Decimal(str(v)) % of == 0)
        self.check(test, {"multipleOf": limit})


def _order(name: str, limit: Any) -> Check:
    order = _ORDERS[name]
    return Check(f"must be {order.text} {limit}", lambda value: order.holds(value, limit))


def _native(kind: Any, limits: dict[str, Any]) -> Any:
    reader = reader_of(kind)
    try:
        meta = msgspec.Meta(**limits)
        if isinstance(reader, Unique | Keyed):
            return marker(name_of_kind(kind), reader.sized(meta))
        made = Annotated[kind, meta]
        schema_of(made, Definitions())
    except (TypeError, ValueError, re.error) as error:
        text = ", ".join(f"{name}={limit!r}" for name, limit in limits.items())
        raise BadAnnotation(f"{text} cannot be kept: {str(error).split(' - type ')[0]}") from None
    return made
