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

from tooltrace.tools.annotations import is_field, loaded

__all__ = ["Made", "RawField", "fields_of", "has_pydantic_fields", "name_of_kind", "qualifier"]


class RawField(Struct, frozen=True):
    """A field as its class declares it; ``default`` is None where it cannot be told."""

    name: str
    kind: Any
    required: bool
    default: object = None
    key: str = ""


class Made(Struct, frozen=True):
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


def fields_of(kind: Any) -> Made | None:
    """What a class is made of; None when it is not made of named fields, or must stay as it is.

    Raises whatever evaluating its annotations raises.
    """
    if not isinstance(kind, type):
        return None
    if dataclasses.is_dataclass(kind):
        return _made(kind, _of_dataclass(kind))
    if _is_typed_dict(kind):
        fields = _of_typed_dict(kind)
        known: frozenset[str] = getattr(kind, "__required_keys__", frozenset())
        seen = all(field.required == (field.name in known) for field in fields)
        return _made(kind, fields, dict, always=not seen)
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _made(kind, _of_named_tuple(kind), always=True)
    if issubclass(kind, Struct):
        config = kind.__struct_config__
        if config.array_like or config.tag is not None:
            return None
        return _made(kind, _of_struct(kind), closed=config.forbid_unknown_fields)
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
) -> Made:
    return Made(tuple(fields), make or kind, kind.__name__, _doc(kind), closed, always)


def _doc(kind: Any) -> str:
    """Its docstring, unless Python wrote it."""
    text = inspect.cleandoc(kind.__dict__.get("__doc__") or "")
    return "" if text.startswith(f"{kind.__name__}(") else text


def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)


def _of_dataclass(kind: Any) -> list[RawField]:
    hints = _hints(kind)
    return [
        RawField(
            field.name,
            hints.get(field.name, Any),
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
            _shown(field.default, field.default_factory, dataclasses.MISSING),
        )
        for field in dataclasses.fields(kind)
        if field.init
    ]


def _shown(default: Any, factory: Any, nothing: Any) -> object:
    """The default, or an empty container that a factory would give."""
    if default is not nothing:
        return default
    return factory() if factory in (list, dict, set, frozenset, tuple) else None


def _is_typed_dict(kind: type) -> bool:
    theirs = loaded("typing_extensions", "is_typeddict")
    return typing.is_typeddict(kind) or bool(theirs is not None and theirs(kind))


def _of_typed_dict(kind: Any) -> list[RawField]:
    found = []
    for name, hint in _hints(kind).items():
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


def _of_named_tuple(kind: Any) -> list[RawField]:
    hints, defaults = _hints(kind), kind._field_defaults
    return [
        RawField(name, hints.get(name, Any), name not in defaults, defaults.get(name))
        for name in kind._fields
    ]


def _of_struct(kind: Any) -> list[RawField]:
    hints = _hints(kind)
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
