"""Objects with named fields: the arguments of a function, and classes that are made of fields.

The schema and the check come from the same msgspec Struct, so that what one promises the other
keeps. A field that is left out keeps the default of whatever it belongs to, never a copy of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Union

import msgspec
from msgspec import UNSET, Struct, UnsetType

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tools.functions.result_json import TAG, to_json
from tooltrace.tools.signature.msgspec_types import convert, schema_of, whole_numbers
from tooltrace.tools.signature.schemas import Definitions

__all__ = ["Shape", "ShapeField"]

_STRUCT = "tooltrace arguments"  # A space: no class of the user's can have the same name.


class ShapeField(Struct, frozen=True):
    """A field: its name in Python, its type, what is told of it, and its name in JSON.

    ``words`` are what its annotation says, ``doc`` what a docstring does, which counts less;
    ``default`` is what it is when left out, as far as that can be told; None tells nothing.
    """

    name: str
    kind: Any
    required: bool
    words: dict[str, Any] = {}
    doc: str = ""
    default: object = None
    key: str = ""


class Shape:
    """An object with these fields; ``closed`` if it may have no others."""

    def __init__(
        self,
        fields: Sequence[ShapeField],
        make: Callable[..., Any] = dict,
        title: str = "",
        description: str = "",
        *,
        closed: bool = False,
    ) -> None:
        self._fields = {field.key or field.name: field for field in fields}
        self._make = make
        self._words = {"title": title, "description": description}
        self._closed = closed
        # Names of its own: not every name of Python's can be a field of msgspec's.
        plain = {f"a{index}": key for index, key in enumerate(self._fields)}
        self._names = [(mine, self._fields[key].name) for mine, key in plain.items()]
        self.struct = msgspec.defstruct(
            _STRUCT,
            [_declared(mine, self._fields[key]) for mine, key in plain.items()],
            rename=plain,
            forbid_unknown_fields=closed,
            kw_only=True,
        )

    def given(self, value: JsonValue) -> dict[str, Any]:
        """The fields that the value has, by their names in Python. Raises like ``convert``."""
        try:
            fitted = convert(value, self.struct)
        except msgspec.ValidationError:
            plain = whole_numbers(value)
            if repr(plain) == repr(value):
                raise
            fitted = convert(plain, self.struct)
        found = ((name, getattr(fitted, mine)) for mine, name in self._names)
        return {name: item for name, item in found if item is not UNSET}

    def read(self, value: JsonValue) -> Any:
        """What is made of the fields that the value has."""
        return self._make(**self.given(value))

    def schema(self, shared: Definitions) -> dict[str, Any]:
        """A reference to the definition that says what ``body`` says."""
        return shared.once(self, self._words["title"], lambda: self.body(shared))

    def body(self, shared: Definitions) -> dict[str, Any]:
        """The schema of such an object."""
        words = {name: text for name, text in self._words.items() if text}
        told = _told(self.struct, shared)
        properties = {
            key: _described(told["properties"][key], f) for key, f in self._fields.items()
        }
        body = {**words, "type": "object", "properties": properties, "required": told["required"]}
        return {**body, "additionalProperties": False} if self._closed else body


def _declared(name: str, field: ShapeField) -> Any:
    if field.required:
        return (name, field.kind)
    return (name, Union[field.kind, UnsetType], UNSET)  # noqa: UP007


def _told(struct: type[Struct], shared: Definitions) -> dict[str, Any]:
    """The struct's own definition; what else it needs goes to ``shared``."""
    whole = schema_of(struct, shared, lifted=False)
    definitions = dict(whole["$defs"])
    own = definitions.pop(whole["$ref"].rpartition("/")[2])
    return shared.lift({**own, "$defs": definitions})


def _described(schema: dict[str, Any], field: ShapeField) -> dict[str, Any]:
    told = {**schema, **field.words}
    if field.doc:
        told.setdefault("description", field.doc)
    plain = to_json(field.default)
    if field.default is not None and not (isinstance(plain, dict) and TAG in plain):
        told["default"] = plain
    return told
