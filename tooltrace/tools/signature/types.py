"""Translate an annotation to a type that msgspec reads: the same one where msgspec knows it.

What it does not know is replaced by a reader, what it knows but does not tell the model is told,
and what nobody can read is refused with what to write instead.
"""

from __future__ import annotations

import collections.abc as abc
import enum
import inspect
import typing
from datetime import datetime, time
from decimal import Decimal
from functools import reduce
from itertools import combinations
from operator import or_
from pathlib import PurePath
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from tooltrace.core.text.exact_json import canonical
from tooltrace.tools.functions.result_json import to_json
from tooltrace.tools.signature.annotations import (
    AnnotationFacts,
    BadAnnotation,
    is_pydantic,
    peeled,
)
from tooltrace.tools.signature.limits import limited
from tooltrace.tools.signature.msgspec_types import marker, schema_of
from tooltrace.tools.signature.named_fields import (
    NamedFields,
    fields_of,
    has_pydantic_fields,
    name_of_kind,
    qualifier,
)
from tooltrace.tools.signature.objects import Shape, ShapeField
from tooltrace.tools.signature.readers import EnumValue, Keyed, OneOf, Pydantic, Text, Unique, Wide
from tooltrace.tools.signature.schemas import Definitions, resolved
from tooltrace.tools.signature.unions import (
    NULL,
    alone,
    members_of,
    shared_out,
    union_of,
    without_null,
)

__all__ = ["TypeTranslator"]

_TOLD: dict[Any, dict[str, Any]] = {
    datetime: {"format": "date-time"},
    time: {"format": "time"},
}
"""What msgspec takes and does not say."""

_DECIMAL = {"anyOf": [{"type": "number"}, {"type": "string", "format": "decimal"}]}

_SETS: dict[Any, Any] = {set: set, frozenset: frozenset, abc.Set: set, abc.MutableSet: set}
_LISTS = (abc.Iterable, abc.Iterator, abc.Reversible, abc.Container)
_MAPPINGS = (dict, abc.Mapping, abc.MutableMapping)
_BOOLS = [(True, True), (False, False)]
_MOST_FLAGS = 6


class TypeTranslator:
    """Translates the annotations of one tool; a class that speaks of itself is met once."""

    def __init__(self, plain: frozenset[Any] = frozenset()) -> None:
        self._plain = plain
        self._made: dict[Any, Any] = {}

    def read(self, kind: Any) -> Any:
        """The type that msgspec reads. Raises Unusable, and what annotations' own code raises."""
        base, metadata = peeled(kind)
        if not metadata:
            return self._base(base)
        said = AnnotationFacts().hear(metadata)
        if said.theirs:
            return marker(name_of_kind(base), Pydantic(kind))
        made = self.said(base, said)
        words = said.words()
        return _worded(made, words) if words else made

    def said(self, base: Any, said: AnnotationFacts) -> Any:
        """The type that reads ``base`` within the limits that were said, without the words."""
        if not said.limits and not said.checks:
            return self._base(base)
        inner = _inside(base)
        if inner is not None:
            return self.read(Annotated[inner, said])
        if (members := members_of(base)) is not None:
            return self._base(shared_out(members, said))
        return limited(base, self._base(base), said)

    def _base(self, kind: Any) -> Any:
        if kind is object:
            return Any
        if (inner := _inside(kind)) is not None:
            made = self.read(inner)
            return kind if made is inner else made
        if (members := members_of(kind)) is not None:
            return self._union(kind, members)
        if isinstance(kind, type) and kind in _TOLD:
            return _worded(kind, dict(_TOLD[kind]))
        if kind is Decimal:
            return marker("Decimal", Wide(Decimal, _DECIMAL))
        if kind is typing.LiteralString:
            return str
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is Literal:
            return _literal(kind, arguments)
        if origin is not None or _bare(kind):
            return self._container(kind, origin or kind, arguments)
        return self._class(kind) if isinstance(kind, type) else kind

    def _union(self, kind: Any, members: tuple[Any, ...]) -> Any:
        made = [(name_of_kind(peeled(m)[0]), self.read(m)) for m in members if m is not NULL]
        null = (NULL,) if NULL in members else ()
        same = all(m is part for m, (_, part) in zip(without_null(members), made, strict=True))
        whole = kind if same else union_of((*(part for _, part in made), *null))
        if len(made) == 1:
            return whole
        apart = any(map(alone, members)) or any(alone(part) for _, part in made)
        # Of a float and some whole numbers msgspec takes only those where a number is whole.
        apart = apart or (float in members and any(_has_numbers(member) for member in members))
        if not apart and _reads(whole):
            return whole
        one_of = marker(" | ".join(name for name, _ in made), OneOf(made))
        return union_of((one_of, *null))

    def _container(self, kind: Any, origin: Any, arguments: tuple[Any, ...]) -> Any:
        if isinstance(origin, type) and hasattr(origin, "__parameters__"):
            return self._class(kind)
        made = tuple(part if part in (..., ()) else self.read(part) for part in arguments)
        if origin in _SETS:
            return marker(
                name_of_kind(origin), Unique(list.__class_getitem__(made or (Any,)), _SETS[origin])
            )
        if origin in _LISTS:
            return list.__class_getitem__(made or (Any,))
        if origin in _MAPPINGS and len(made) == 2:
            return self._mapping(kind, arguments, made)
        if all(new is old for new, old in zip(made, arguments, strict=True)):
            return kind
        return origin[made]

    def _mapping(self, kind: Any, arguments: tuple[Any, ...], made: tuple[Any, ...]) -> Any:
        key, value = peeled(arguments[0])[0], made[1]
        if (members := _BOOLS if key is bool else _values(key)) is not None:
            texts = [(_as_key(said), meant) for said, meant in members]
            return marker(
                "dict", Keyed(marker(name_of_kind(key), EnumValue(texts, {})), _dict(str, value))
            )
        if key in (int, float):
            pattern = {"propertyNames": {"pattern": _PATTERNS[key]}}
            return _worded(_dict(key, value), pattern)
        if made[0] is str or key is Any:
            return kind if value is arguments[1] and made[0] is arguments[0] else _dict(str, value)
        if not _is_text(made[0]):
            wrong = f"{name_of_kind(key)} cannot be the key of an object, which is text"
            raise BadAnnotation(f"{wrong}; use dict[str, …], or a list of pairs")
        return marker("dict", Keyed(made[0], _dict(str, value)))

    def _class(self, kind: Any) -> Any:
        if kind in self._plain:
            return kind
        if kind in self._made:
            return self._made[kind]
        cls = typing.get_origin(kind) or kind
        if is_pydantic(cls) or has_pydantic_fields(cls):
            return marker(name_of_kind(kind), Pydantic(kind))
        if cls is not kind:
            found = fields_of(kind)
            return kind if found is None else self._object(kind, found)
        if issubclass(kind, PurePath):
            return marker(kind.__name__, Text(kind, "path"))
        if issubclass(kind, enum.Enum):
            plain = _reads(kind) and not issubclass(kind, enum.Flag)
            return (
                kind if plain else marker(kind.__name__, EnumValue(_members_of(kind), _about(kind)))
            )
        found = fields_of(kind)
        return kind if found is None else self._object(kind, found)

    def _object(self, kind: Any, found: NamedFields) -> Any:
        """The class itself if msgspec reads each field of it as it is, else a shape."""
        probe = TypeTranslator(self._plain | {kind})
        if not found.always and all(probe.read(f.kind) is f.kind for f in found.fields):
            return kind
        made = self._made[kind] = marker(found.title, _Unready())
        fields = [
            ShapeField(f.name, self.read(f.kind), f.required, default=f.default, key=f.key)
            for f in found.fields
        ]
        made.reader = Shape(fields, found.make, found.title, found.description, closed=found.closed)
        return made


class _Unready:
    """Stands for a class while its fields are read, which may speak of the class again."""

    def schema(self, shared: Definitions) -> dict[str, Any]:
        raise NotImplementedError

    def read(self, value: object) -> Any:
        raise NotImplementedError


_PATTERNS = {int: "^(0|-?[1-9][0-9]*)$", float: r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"}


def _inside(kind: Any) -> Any:
    """What a name for a type stands for, or what a qualifier qualifies; None for other types."""
    if isinstance(kind, typing.NewType):
        return kind.__supertype__
    if isinstance(kind, TypeVar):
        return kind.__bound__ or union_of(kind.__constraints__ or (Any,))
    if hasattr(kind, "__value__") and type(kind).__name__ == "TypeAliasType":
        return kind.__value__
    if qualifier(kind) is not None:
        return typing.get_args(kind)[0]
    return None


def _bare(kind: Any) -> bool:
    return isinstance(kind, type) and (kind in _SETS or kind in _LISTS)


def _dict(key: Any, value: Any) -> Any:
    return dict.__class_getitem__((key, value))


def _has_numbers(kind: Any) -> bool:
    return any(isinstance(said, int) for said, _ in _values(peeled(kind)[0]) or ())


def _worded(kind: Any, words: dict[str, Any]) -> Any:
    """The type with words for the model."""
    named = {name: words[name] for name in ("title", "description", "examples") if name in words}
    extra = {name: word for name, word in words.items() if name not in named}
    return Annotated[kind, msgspec.Meta(**named, extra_json_schema=extra or None)]


def _reads(kind: Any) -> bool:
    """Whether msgspec reads a type as it is."""
    try:
        schema_of(kind, Definitions())
    except (TypeError, NotImplementedError):
        return False
    return True


def _is_text(kind: Any) -> bool:
    """Whether some text is a value of a type, as far as its schema tells."""
    shared = Definitions()
    told = resolved(shared.whole(schema_of(kind, shared)))
    return told.get("type", "string") in ("string", "integer", "number")


def _literal(kind: Any, members: tuple[Any, ...]) -> Any:
    if all(type(member) in (str, int, bool, NULL) for member in members) and _reads(kind):
        return kind
    return marker(name_of_kind(kind), EnumValue(_values(kind) or [], {}))


def _values(kind: Any) -> list[tuple[Any, Any]] | None:
    """The values of an Enum or a Literal, as they are said and meant; None for other types."""
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _members_of(kind)
    if typing.get_origin(kind) is Literal:
        found = typing.get_args(kind)
        return [(m.value if isinstance(m, enum.Enum) else m, m) for m in found]
    return None


def _members_of(kind: type[enum.Enum]) -> list[tuple[Any, Any]]:
    """An Enum's members by their values; those of a Flag may stand for several at once."""
    found: list[Any] = list(kind)
    if not found:
        raise BadAnnotation(f"{kind.__name__} has no members")
    if issubclass(kind, enum.Flag) and len(found) <= _MOST_FLAGS:
        several = (combinations(found, count) for count in range(1, len(found) + 1))
        found = [kind(0), *(reduce(or_, some) for group in several for some in group)]
    return [(member.value, member) for member in found]


def _as_key(said: Any) -> str:
    return said if isinstance(said, str) else canonical(to_json(said))


def _about(kind: type) -> dict[str, Any]:
    text = inspect.cleandoc(kind.__dict__.get("__doc__") or "")
    told = {"title": kind.__name__}
    return told if not text or text == "An enumeration." else {**told, "description": text}
