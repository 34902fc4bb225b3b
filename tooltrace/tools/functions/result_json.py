"""Whatever a tool returned, as JSON: total, detached from its objects, never lossy in silence.

What JSON cannot say becomes tagged text, ``{"$tooltrace": KIND, "text": …}``, where KIND is one of
``bytes``, ``float``, ``int``, ``object``, ``cycle``, ``deep``, ``cut`` or ``dict``. Sets are sorted
and memory addresses left out, so that equal results are equal in another process too.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import enum
import math
import re
import uuid
from collections.abc import Callable, ItemsView, Iterable, KeysView, Mapping, Sequence, ValuesView
from collections.abc import Set as AbstractSet
from decimal import Decimal
from pathlib import PurePath
from typing import Any

import msgspec

from tooltrace.core.model.request_forms import FORM, as_json
from tooltrace.core.text.exact_json import MAX_DEPTH, JsonValue, canonical, loads

__all__ = ["DEEPEST", "MOST_VALUES", "TAG", "describe", "to_json"]

TAG = "$tooltrace"
"""The key that marks text standing for something JSON cannot say."""

DEEPEST = MAX_DEPTH - 20
"""How deep a result may nest: the record and the request around it need levels of their own."""

MOST_VALUES = 1_000_000
"""How many values one result may hold; shared parts count each time they are met."""

_MOST_BITS = 14_000  # Python refuses to print or read integers of more than 4300 digits.
_LONGEST_TEXT = 10_000
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def to_json(value: object, *, most: int = MOST_VALUES, form: int = FORM) -> JsonValue:
    """The value as JSON that ``dumps`` takes; never raises, whatever the value is.

    Dataclasses, structs, named tuples, models and rows become objects; tuples, sets and sequences
    lists; dates, Decimals, UUIDs and paths text; enums their value. ``most`` limits how many values
    it holds. ``form`` is how a key that is no text is written for a model (see ``forms``).
    """
    return _Walk(most, form).convert(value, 0)


def describe(value: object) -> str:
    """The repr without memory addresses, clipped; a repr that raises is described instead."""
    try:
        text = str.__str__(repr(value))
    except BaseException as error:  # noqa: BLE001 - a repr is the tool's own code
        return f"<{_name(type(value))} whose repr raised {_name(type(error))}>"
    text = _ADDRESS.sub("", text)
    over = len(text) - _LONGEST_TEXT
    return text if over <= 0 else f"{text[:_LONGEST_TEXT]}… ({over} more characters)"


def _tagged(kind: str, text: str, **more: JsonValue) -> dict[str, JsonValue]:
    return {TAG: kind, "text": text, **more}


def _name(kind: type) -> str:
    name = type.__dict__["__name__"].__get__(kind)
    return str(name)


class _Walk:
    """One conversion: where it stands (for cycles) and how much it may still produce."""

    __slots__ = ("_above", "_cut", "_form", "_left")

    def __init__(self, most: int, form: int) -> None:
        self._form = form
        self._above: dict[int, int] = {}
        self._left = most
        self._cut = _tagged("cut", f"the rest is left out: it holds more than {most} values")

    def convert(self, value: object, depth: int) -> JsonValue:
        """One value and all below it."""
        self._left -= 1
        kind = type(value)
        if value is None or kind is str or kind is bool:
            return value
        if kind is int:
            return self._int(value)  # type: ignore[arg-type]
        if self._left < 0:
            return dict(self._cut)
        try:
            return self._scalar(value) if _is_scalar(value) else self._nested(value, depth)
        except BaseException as error:  # noqa: BLE001 - a value's own code may raise anything
            # Near the stack's end this may fail as well; then the level above does it.
            return _tagged("object", describe(value), why=_name(type(error)))

    def _int(self, value: int) -> JsonValue:
        plain = int.__int__(value)
        if plain.bit_length() > _MOST_BITS:
            return _tagged("int", hex(plain))
        return plain

    def _scalar(self, value: object) -> JsonValue:
        match value:
            case bool():
                return value
            case int():
                return self._int(value)
            case float():
                number = float.__float__(value)
                return number if math.isfinite(number) else _tagged("float", repr(number))
            case str():
                return str.__str__(value)
            case bytes() | bytearray() | memoryview():
                return _bytes(bytes(value))
            case datetime.timedelta():
                return str(msgspec.to_builtins(value))
            case datetime.date() | datetime.time():
                return str.__str__(value.isoformat())
            case _:  # Decimal, UUID, path: their text is exact
                return str.__str__(str(value))

    def _nested(self, value: object, depth: int) -> JsonValue:
        here = id(value)
        if here in self._above:
            up = depth - self._above[here]
            return _tagged("cycle", f"the {_name(type(value))} {up} level{'s'[: up != 1]} up")
        parts = _parts(value)
        if parts is None:
            return _tagged("object", describe(value))
        if depth >= DEEPEST:
            return _tagged("deep", f"a {_name(type(value))} nested deeper than {DEEPEST} levels")
        self._above[here] = depth
        try:
            if isinstance(parts, _Same):
                return self.convert(parts.value, depth + 1)
            if isinstance(parts, _Pairs):
                return self._object(parts.pairs, depth)
            return self._list(parts, depth, is_set=isinstance(value, AbstractSet))
        finally:
            del self._above[here]

    def _list(self, items: Iterable[object], depth: int, *, is_set: bool) -> JsonValue:
        out: list[JsonValue] = []
        cut = False
        for item in items:
            if type(item) is str:  # Most are, and it costs a third so.
                self._left -= 1
                out.append(item)
            else:
                out.append(self.convert(item, depth + 1))
            if cut := self._left < 0:
                break
        if is_set and not isinstance(items, KeysView | ItemsView):
            out.sort(key=canonical)
        if cut:
            out.append(dict(self._cut))
        return out

    def _object(self, pairs: Iterable[tuple[object, object]], depth: int) -> JsonValue:
        found: list[tuple[object, str, object]] = []
        for key, item in pairs:
            found.append((key, self._key(key, depth), item))
            self._left -= 1
            if self._left < 0:
                break
        if len({text for _, text, _ in found}) < len(found):
            # Two keys read the same as text (1 and "1"): pairs keep both, three levels down.
            if depth + 3 >= DEEPEST:
                return _tagged(
                    "deep", f"{len(found)} items, two of them with keys that read the same"
                )
            items = [[self.convert(k, depth + 3), self.convert(v, depth + 3)] for k, _, v in found]
            return _tagged("dict", "two keys read the same as text", items=items)
        cut = self._left < 0
        out = {text: self.convert(item, depth + 1) for _, text, item in found}
        return {**out, **self._cut} if cut else out

    def _key(self, key: object, depth: int) -> str:
        if type(key) is str:
            return key
        plain = self.convert(key, depth + 1)
        if isinstance(plain, dict) and TAG in plain:
            return str(plain["text"])
        return plain if isinstance(plain, str) else as_json(loads(canonical(plain)), self._form)


@dataclasses.dataclass(frozen=True, slots=True)
class _Pairs:
    pairs: Iterable[tuple[object, object]]


@dataclasses.dataclass(frozen=True, slots=True)
class _Same:
    value: object


_PLAIN = frozenset({list, tuple, dict})
_SCALARS = (
    *(int, float, str, bytes, bytearray, memoryview, Decimal, uuid.UUID, PurePath),
    *(datetime.date, datetime.time, datetime.timedelta),
)


def _is_scalar(value: object) -> bool:
    return (
        type(value) not in _PLAIN
        and isinstance(value, _SCALARS)
        and not isinstance(value, enum.Enum)
    )


def _parts(value: Any) -> Iterable[object] | _Pairs | _Same | None:
    """What a value is made of: items, named items, another value that says the same, or nothing."""
    if type(value) in _PLAIN:
        return _Pairs(value.items()) if type(value) is dict else value
    if isinstance(value, type):
        return None
    if isinstance(value, enum.Enum):
        return _Same(value.value)
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return value
    if isinstance(value, Mapping):
        return _Pairs(value.items())
    if (names := _field_names(value)) is not None:
        return _Pairs((name, getattr(value, name)) for name in names)
    if (keys := _method(value, "keys")) is not None and hasattr(type(value), "__getitem__"):
        return _Pairs((key, value[key]) for key in keys())  # sqlite3.Row, a sequence too
    if isinstance(value, Sequence | AbstractSet | ValuesView):
        return value
    for name in ("model_dump", "tolist"):  # pydantic; numpy, pandas and array
        if (method := _method(value, name)) is not None:
            return _Same(method())
    return None


def _field_names(value: Any) -> Iterable[str] | None:
    if dataclasses.is_dataclass(value):
        return [field.name for field in dataclasses.fields(value)]
    if isinstance(value, msgspec.Struct):
        return value.__struct_fields__
    if isinstance(value, tuple):
        return tuple(value._fields)  # type: ignore[attr-defined]
    if hasattr(type(value), "__attrs_attrs__"):
        return [field.name for field in type(value).__attrs_attrs__]
    return None


def _method(value: object, name: str) -> Callable[[], Any] | None:
    # Looked up on the class: an object that answers to every name must not pass for a model.
    return getattr(value, name) if callable(getattr(type(value), name, None)) else None


def _bytes(data: bytes) -> JsonValue:
    try:
        return _tagged("bytes", data.decode(), encoding="utf-8")
    except UnicodeDecodeError:
        return _tagged("bytes", base64.b64encode(data).decode("ascii"), encoding="base64")
