"""The fields of classes that are made of named fields, whichever library they are from."""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import NODEFAULT, Struct

from tooltrace.tools.signature.annotations import is_field, loaded
from tooltrace.tools.signature.generics import given_hints

__all__ = [
    "NamedFields",
    "RawField",
    "fields_of",
    "has_pydantic_fields",
    "name_of_kind",
    "qualifier",
]


class RawField(Struct, frozen=True):
    """A field as its class declares it; ``default`` is None where it cannot be told."""

    name: str
    kind: Any
    required: bool
    default: object = None
    key: str = ""


class NamedFields(Struct, frozen=True):
    """What a class is made of, and what makes one.

    ``closed`` says that it has no other fields, ``always`` that msgspec never reads it as it is.
    """

    fields: tuple[RawField, ...]
    make: Callable[..., Any]
    title: str
    description: str
    closed: bool = False
    always: bool = False


def name_of_kind(kind: Any) -> str:
    """What people call a type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(map(name_of_kind, arguments))
    if kind is type(None):
        return "None"
    if origin in (None, typing.Literal, typing.Annotated):
        return str(getattr(kind, "__name__", None) or str(kind).replace("typing.", ""))
    inner = ", ".join("..." if part is ... else name_of_kind(part) for part in arguments)
    return f"{name_of_kind(origin)}[{inner}]"


def fields_of(kind: Any) -> NamedFields | None:
    """What a class is made of; None when it is not made of named fields, or must stay as it is.

    What a generic class was given stands in its fields. Raises whatever evaluating its annotations
    raises.
    """
    cls = typing.get_origin(kind) or kind
    if not isinstance(cls, type):
        return None
    if dataclasses.is_dataclass(cls):
        hints = given_hints(kind)
        return _made(kind, _of_dataclass(cls, hints), always=bool(_for_init_only(hints)))
    if _is_typed_dict(cls):
        hints = given_hints(kind)
        fields = _of_typed_dict(cls, hints)
        known: frozenset[str] = getattr(cls, "__required_keys__", frozenset())
        seen = all(field.required == (field.name in known) for field in fields)
        # Of what a base was given msgspec knows nothing here.
        given = hints != typing.get_type_hints(cls, include_extras=True)
        return _made(kind, fields, dict, always=given or not seen)
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return _made(kind, _of_named_tuple(cls, given_hints(kind)), always=True)
    if issubclass(cls, Struct):
        config = cls.__struct_config__
        if config.array_like:
            return None
        fields = _of_struct(cls, given_hints(kind))
        if config.tag is None or config.tag_field is None:
            return _made(kind, fields, closed=config.forbid_unknown_fields)
        tag = RawField(config.tag_field, typing.Literal[config.tag], required=True)
        make = _untagged(cls, config.tag_field)
        return _made(kind, [tag, *fields], make, closed=config.forbid_unknown_fields)
    if "__attrs_attrs__" in cls.__dict__:
        return _made(kind, _of_attrs(cls, given_hints(kind)), always=True)
    return None


def has_pydantic_fields(kind: Any) -> bool:
    """Whether a dataclass of the standard library has defaults that pydantic has to read."""
    found = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return any(is_field(field.default) for field in found)


def _made(
    kind: Any,
    fields: list[RawField],
    make: Any = None,
    *,
    closed: bool = False,
    always: bool = False,
) -> NamedFields:
    cls = typing.get_origin(kind) or kind
    return NamedFields(tuple(fields), make or cls, name_of_kind(kind), _doc(cls), closed, always)


def _doc(kind: Any) -> str:
    """Its docstring, unless Python wrote it."""
    text = inspect.cleandoc(kind.__dict__.get("__doc__") or "")
    return "" if text.startswith(f"{kind.__name__}(") else text


def _of_dataclass(kind: Any, hints: dict[str, Any]) -> list[RawField]:
    only = _for_init_only(hints)
    found = [
        RawField(
            field.name,
            hints.get(field.name, Any),
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
            _shown(field.default, field.default_factory, dataclasses.MISSING),
        )
        for field in dataclasses.fields(kind)
        if field.init
    ]
    return [*found, *(_plain(name, only[name], kind) for name in only)]


def _for_init_only(hints: dict[str, Any]) -> dict[str, Any]:
    """What a dataclass is made from and does not keep, by name."""
    return {n: hint.type for n, hint in hints.items() if isinstance(hint, dataclasses.InitVar)}


def _plain(name: str, kind: Any, owner: Any) -> RawField:
    return RawField(name, kind, not hasattr(owner, name), getattr(owner, name, None))


def _shown(default: Any, factory: Any, nothing: Any) -> object:
    """The default, or an empty container that a factory would give."""
    if default is not nothing:
        return default
    return factory() if factory in (list, dict, set, frozenset, tuple) else None


def _is_typed_dict(kind: type) -> bool:
    theirs = loaded("typing_extensions", "is_typeddict")
    return typing.is_typeddict(kind) or bool(theirs is not None and theirs(kind))


def _of_typed_dict(kind: Any, hints: dict[str, Any]) -> list[RawField]:
    found = []
    for name, hint in hints.items():
        required = name in kind.__required_keys__
        while (word := qualifier(hint)) is not None:
            # Python itself does not see it in an annotation that is kept as text.
            required = word == "Required" if word.endswith("Required") else required
            hint = typing.get_args(hint)[0]
        found.append(RawField(name, hint, required))
    return found


def qualifier(kind: Any) -> str | None:
    """What is said of a name, not of its values: ``Required`` and its like; None for a type."""
    name = getattr(typing.get_origin(kind), "_name", None)
    return name if name in ("Final", "Required", "NotRequired", "ReadOnly") else None


def _of_named_tuple(kind: Any, hints: dict[str, Any]) -> list[RawField]:
    defaults = kind._field_defaults
    return [
        RawField(name, hints.get(name, Any), name not in defaults, defaults.get(name))
        for name in kind._fields
    ]


def _of_struct(kind: Any, hints: dict[str, Any]) -> list[RawField]:
    return [
        RawField(
            field.name,
            hints[field.name],
            field.required,
            _shown(field.default, field.default_factory, NODEFAULT),
            field.encode_name,
        )
        for field in msgspec.structs.fields(kind)
    ]


def _untagged(kind: Any, tag: str) -> Callable[..., Any]:
    def make(**fields: Any) -> Any:
        del fields[tag]
        return kind(**fields)

    return make


def _of_attrs(kind: Any, hints: dict[str, Any]) -> list[RawField]:
    nothing = loaded("attr", "NOTHING")
    return [
        RawField(
            field.alias or field.name,
            hints.get(field.name, Any),
            field.default is nothing,
            None if field.default is nothing or _makes(field.default) else field.default,
        )
        for field in kind.__attrs_attrs__
        if field.init
    ]


def _makes(default: Any) -> bool:
    return isinstance(default, loaded("attr", "Factory"))
