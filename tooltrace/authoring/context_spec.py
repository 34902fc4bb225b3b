"""A workflow's context, declared as a dataclass: names, types and first values.

The context itself is JSON; the types say what a person may put into it. What tools save is taken
as it comes, so that a result of the wrong shape shows up instead of stopping the run.
"""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from tooltrace.core.decide.validate import Mistake
from tooltrace.core.model.workflow import ContextField
from tooltrace.core.text.exact_json import JsonValue, dumps, loads
from tooltrace.core.text.sanitize import one_line
from tooltrace.tools.functions.result_json import TAG, to_json
from tooltrace.tools.signature.annotations import field_default, is_field
from tooltrace.tools.signature.argument_errors import misfit
from tooltrace.tools.signature.objects import Shape, ShapeField
from tooltrace.tools.signature.types import TypeTranslator

__all__ = ["ContextTypes"]


class ContextTypes:
    """The declared types by name; of nothing, when a workflow has no context."""

    def __init__(self, declared: type | None) -> None:
        self.fields: tuple[ContextField, ...] = ()
        self.problems: list[Mistake] = []
        self._types: dict[str, Any] = {}
        if declared is None:
            return
        if not (isinstance(declared, type) and dataclasses.is_dataclass(declared)):
            self._wrong("context", "is not a dataclass; write @dataclass over the class")
            return
        try:
            self._types = typing.get_type_hints(declared, include_extras=True)
        except Exception as error:  # noqa: BLE001 - annotations are evaluated: anything can be raised
            self._wrong("context", f"has a type that cannot be resolved: {error}")
            return
        self.fields = tuple(self._read(declared))

    def _wrong(self, part: str, text: str) -> None:
        self.problems.append(Mistake(part, one_line(text)))

    def _read(self, declared: Any) -> Iterator[ContextField]:
        for index, item in enumerate(dataclasses.fields(declared)):
            if is_field(item.default):
                self._types[item.name] = typing.Annotated[self._types[item.name], item.default]
            value = self._default(index, item)
            shown = item.type if isinstance(item.type, str) else inspect.formatannotation(item.type)
            yield ContextField(item.name, shown.replace("typing.", ""), value)

    def _default(self, index: int, item: dataclasses.Field[Any]) -> JsonValue:
        default = _first_value(item)
        try:
            value = loads(dumps(msgspec.to_builtins(default, str_keys=True, enc_hook=_plain)))
        except (TypeError, ValueError, RecursionError) as error:
            self._wrong(f"context[{index}].default", f"of '{item.name}' is not JSON: {error}")
            return None
        why = None if value is None else self._misfit(item.name, value)
        if why:
            self._wrong(f"context[{index}].default", why)
        return value

    def _misfit(self, name: str, value: JsonValue) -> str | None:
        """``name: what was expected, what came``, as for a tool's arguments; None when it fits."""
        try:
            holder = Shape([ShapeField(name, TypeTranslator().read(self._types[name]), True)])
        except Exception as error:  # noqa: BLE001 - the classes it names may raise anything
            return one_line(f"{name}: its type cannot be checked: {error}")
        try:
            holder.given({name: value})
        except (ValueError, TypeError) as error:
            return one_line(misfit(error, value, {"properties": {}}))
        return None

    def check(self, name: str, value: JsonValue) -> str | None:
        """Why a value may not be put under that name, in one line; None when it may.

        A name may always go back to its first value, so null fits where nothing was there yet.
        """
        item = next((field for field in self.fields if field.name == name), None)
        if item is None:
            known = ", ".join(field.name for field in self.fields) or "none"
            return one_line(f"there is no {name!r} in the context; there are: {known}")
        if type(value) is type(item.default) and value == item.default:
            return None
        return self._misfit(name, value)


def _first_value(item: dataclasses.Field[Any]) -> Any:
    if item.default_factory is not dataclasses.MISSING:
        return item.default_factory()
    if is_field(item.default):
        found = field_default(item.default)
        return None if found is None else found[0]()
    return None if item.default is dataclasses.MISSING else item.default


def _plain(value: Any) -> JsonValue:
    """What msgspec has no JSON for, if it has any."""
    plain = to_json(value)
    if isinstance(plain, dict) and TAG in plain:
        raise TypeError(f"Encoding objects of type {type(value).__name__} is unsupported")
    return plain
