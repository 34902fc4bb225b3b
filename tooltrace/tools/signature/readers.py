"""Values that msgspec cannot make by itself: each knows its JSON schema and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, cast

import msgspec

from tooltrace.core.text.exact_json import JsonValue, canonical, dumps, plain
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.tools.functions.result_json import TAG, to_json
from tooltrace.tools.signature.annotations import BadAnnotation, Check, loaded
from tooltrace.tools.signature.argument_errors import reason
from tooltrace.tools.signature.msgspec_types import convert, schema_of, whole_numbers
from tooltrace.tools.signature.schemas import Definitions, resolved

__all__ = ["EnumValue", "Keyed", "Limited", "OneOf", "Pydantic", "Text", "Unique", "Wide"]

_MOST_SHOWN = 120


def _shown(value: JsonValue) -> str:
    return clip(plain(value), _MOST_SHOWN)


class Text:
    """Text that a class makes something of, like a path."""

    def __init__(self, kind: Callable[[str], Any], form: str) -> None:
        self._kind, self._form = kind, form

    def schema(self, shared: Definitions) -> dict[str, Any]:
        return {"type": "string", "format": self._form}

    def read(self, value: JsonValue) -> Any:
        return self._kind(convert(value, str))


class Wide:
    """A type of which msgspec takes more than it says."""

    def __init__(self, kind: Any, told: dict[str, Any]) -> None:
        self._kind, self._told = kind, told

    def schema(self, shared: Definitions) -> dict[str, Any]:
        return dict(self._told)

    def read(self, value: JsonValue) -> Any:
        return convert(value, self._kind)


class EnumValue:
    """One of several values, of whatever kinds: an Enum or a Literal."""

    def __init__(self, members: Sequence[tuple[Any, Any]], words: dict[str, Any]) -> None:
        self._words = words
        self._values: list[JsonValue] = []
        self._known: dict[str, Any] = {}
        for said, meant in members:
            value = to_json(said)
            if isinstance(value, dict) and TAG in value:
                raise BadAnnotation(f"{one_line(repr(said))} is no JSON value; give it one as text")
            key = canonical(whole_numbers(value))
            if key not in self._known:
                self._values.append(value)
                self._known[key] = meant

    def schema(self, shared: Definitions) -> dict[str, Any]:
        return {**self._words, "enum": self._values}

    def read(self, value: JsonValue) -> Any:
        key = canonical(whole_numbers(value))
        if key not in self._known:
            listed = ", ".join(map(plain, self._values))
            raise ValueError(f"{_shown(value)} is not one of {listed}")
        return self._known[key]


class OneOf:
    """A value of one of several types that msgspec cannot tell apart by looking at them.

    Of the types that fit, the one that knows most of an object's keys is taken; then the first as
    they are written, but text last, since everything fits text.
    """

    def __init__(self, kinds: Sequence[tuple[str, Any]]) -> None:
        self.kinds = tuple(kinds)
        self._order = sorted(self.kinds, key=lambda named: _width(named[1]))
        self._keys: list[frozenset[str] | None] | None = None

    def schema(self, shared: Definitions) -> dict[str, Any]:
        return {"anyOf": [schema_of(kind, shared) for _, kind in self.kinds]}

    def read(self, value: JsonValue) -> Any:
        if self._keys is None:
            self._keys = [_keys(kind) for _, kind in self._order]
        best: tuple[int, Any] | None = None
        wrong: list[str] = []
        for (name, kind), keys in zip(self._order, self._keys, strict=True):
            try:
                read = convert(value, kind)
            except (ValueError, TypeError) as error:
                wrong.append(f"{name} ({reason(error)})")
                continue
            known = keys is None or not isinstance(value, dict)
            unknown = 0 if known else len(value.keys() - keys)
            if best is None or unknown < best[0]:
                best = unknown, read
        if best is None:
            raise ValueError(f"fits none of {'; '.join(wrong)}")
        return best[1]


def _width(kind: Any) -> int:
    if kind is Any:
        return 3
    return {str: 2, float: 1}.get(kind, 0)


def _keys(kind: Any) -> frozenset[str] | None:
    """The keys that objects of this type have; None when any will do, or none is an object."""
    shared = Definitions()
    found = resolved(shared.whole(schema_of(kind, shared)))
    return frozenset(found["properties"]) if "properties" in found else None


class Unique:
    """A set: a list without an item twice, as its schema says."""

    def __init__(self, items: Any, make: Callable[[Any], Any]) -> None:
        self._items, self._make = items, make

    def sized(self, meta: msgspec.Meta) -> Unique:
        """The same with so many items."""
        return Unique(Annotated[self._items, meta], self._make)

    def schema(self, shared: Definitions) -> dict[str, Any]:
        return {**schema_of(self._items, shared), "uniqueItems": True}

    def read(self, value: JsonValue) -> Any:
        items = convert(value, self._items)
        seen = set()
        for item in value:
            key = canonical(whole_numbers(item))
            if key in seen:
                raise ValueError(f"{_shown(item)} is there twice")
            seen.add(key)
        return self._make(items)


class Keyed:
    """An object whose keys are read as well; ``whole`` reads it with text as keys."""

    def __init__(self, keys: Any, whole: Any) -> None:
        self._keys, self._values = keys, whole

    def sized(self, meta: msgspec.Meta) -> Keyed:
        """The same with so many keys."""
        return Keyed(self._keys, Annotated[self._values, meta])

    def schema(self, shared: Definitions) -> dict[str, Any]:
        return {**schema_of(self._values, shared), "propertyNames": schema_of(self._keys, shared)}

    def read(self, value: JsonValue) -> Any:
        values = convert(value, self._values)
        return {convert(key, self._keys): item for key, item in values.items()}


class Limited:
    """A value that has to pass tests once it is read; ``words`` are added to its schema."""

    def __init__(self, kind: Any, checks: Sequence[Check], words: dict[str, Any]) -> None:
        self._kind, self._checks, self._words = kind, tuple(checks), words

    def schema(self, shared: Definitions) -> dict[str, Any]:
        return {**schema_of(self._kind, shared), **self._words}

    def read(self, value: JsonValue) -> Any:
        read = convert(value, self._kind)
        for check in self._checks:
            if not check.holds(read):
                raise ValueError(check.text)
        return read


class Pydantic:
    """What pydantic makes and validates, strictly: only what its schema says is taken."""

    def __init__(self, kind: Any) -> None:
        adapter = loaded("pydantic", "TypeAdapter")
        if adapter is None:
            raise BadAnnotation("pydantic 2 is needed to read it")
        self._invalid = cast(type[Exception], loaded("pydantic", "ValidationError"))
        self._adapter = adapter(kind)
        self._adapter.json_schema()  # What cannot be told is found when the tool is built.

    def schema(self, shared: Definitions) -> dict[str, Any]:
        return shared.lift(self._adapter.json_schema())

    def read(self, value: JsonValue) -> Any:
        try:
            return self._adapter.validate_json(dumps(value), strict=True)
        except self._invalid as error:
            raise ValueError(_of_pydantic(error)) from error


def _of_pydantic(error: Any) -> str:
    """Its first mistake, in the form in which msgspec gives a place."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    text = one_line(str(first["msg"])).removeprefix("Value error, ")
    path = "".join(f"[{at}]" if isinstance(at, int) else f".{at}" for at in first["loc"])
    return f"{text[:1].lower()}{text[1:]} - at `${path}`" if path else text
