"""How msgspec is asked about types that it knows and types that a reader stands for.

A reader stands in a type as a class of its own, which msgspec hands back with the value wherever it
meets it. So lists, objects and the way to a mistake stay msgspec's, and there is one check.
"""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import named, one_line
from tooltrace.tools.signature.argument_errors import HALF
from tooltrace.tools.signature.schemas import Definitions

__all__ = ["ValueReader", "convert", "marker", "reader_of", "schema_of", "whole_numbers"]


class ValueReader(Protocol):
    """How one kind of value is told and read."""

    def schema(self, shared: Definitions) -> dict[str, Any]:
        """The JSON schema of what ``read`` takes."""

    def read(self, value: JsonValue) -> Any:
        """The value that the tool gets. Raises ValueError, in words for the model."""


class _Marker(type):
    """The class of a class that stands for a reader: whatever that gives is one of it."""

    reader: ValueReader

    def __instancecheck__(cls, instance: object) -> bool:
        return True


def marker(name: str, reader: ValueReader) -> Any:
    """A type that stands for the reader; ``name`` is what people call it."""
    made = _Marker(name, (), {})
    made.reader = reader
    return made


def reader_of(kind: object) -> ValueReader | None:
    """The reader that a type stands for; None for every other type."""
    return kind.reader if isinstance(kind, _Marker) else None


def convert(value: JsonValue, kind: Any) -> Any:
    """The value as that type. Raises ValueError or TypeError with a line for the model."""
    try:
        return msgspec.convert(value, kind, strict=True, str_keys=True, dec_hook=_read)
    except (ValueError, TypeError):
        raise
    except Exception as error:
        raise ValueError(_said_by(error)) from error


def _read(kind: Any, value: JsonValue) -> Any:
    reader = reader_of(kind)
    if reader is None:
        raise NotImplementedError
    try:
        return reader.read(value)
    except Exception as error:
        # msgspec says where it was only for errors that are none of its own.
        raise ValueError(_said_by(error)) from error


def _said_by(error: Exception) -> str:
    """What a checker says, or a person's own validator."""
    if isinstance(error, UnicodeError):
        return HALF
    if isinstance(error, ValueError | TypeError | AssertionError) and str(error):
        return one_line(str(error))
    return one_line(f"raised {named(type(error).__name__, str(error))}")


def schema_of(kind: Any, shared: Definitions, *, lifted: bool = True) -> dict[str, Any]:
    """The schema of a type. Raises what msgspec raises.

    What readers define goes to ``shared``, and so does what msgspec defines unless it stays where
    it is.
    """

    def told(part: Any) -> dict[str, Any]:
        reader = reader_of(part)
        if reader is None:
            raise NotImplementedError
        return reader.schema(shared)

    whole = msgspec.json.schema(kind, schema_hook=told)
    return shared.lift(whole) if lifted else whole


def whole_numbers(value: JsonValue) -> JsonValue:
    """The value with 1.0 as 1: to a JSON schema both are whole numbers."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: whole_numbers(item) for key, item in value.items()}
    return value
