"""A function's parameters as types: what the model may pass, and how it is checked.

The schema and the check come from the same msgspec Struct, so that what one promises the other
keeps. A parameter that is left out keeps the function's own default, never a copy of it.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Union

import docstring_parser
import msgspec
from msgspec import UNSET, UnsetType

from tooltrace.core.errors import BadWorkflow
from tooltrace.core.jsonio import JsonValue
from tooltrace.core.text import one_line
from tooltrace.tools.context import ToolContext
from tooltrace.tools.results import TAG, to_json

__all__ = ["Signature", "is_async", "read_signature", "where"]

_STRUCT = "tooltrace arguments"  # A space: no class of the user's can have the same name.
_PARAMETER = re.compile(r"[a-zA-Z0-9_]{1,64}")
_POSITIONAL = {
    inspect.Parameter.VAR_POSITIONAL: "*{0} cannot be filled by name: write {0}: list[...] instead",
    inspect.Parameter.VAR_KEYWORD: "**{0} has no schema: write {0}: dict[str, ...] instead",
    inspect.Parameter.POSITIONAL_ONLY: "{0} is positional-only: remove the / from the signature",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """What ``read_signature`` found: ``struct`` checks, ``injected`` names the ToolContexts."""

    description: str
    schema: dict[str, Any]
    struct: type[msgspec.Struct]
    injected: tuple[str, ...]


def where(function: Callable[..., Any]) -> str:
    """``file:line`` of a function, as text that is safe to show."""
    code = getattr(_plain(function), "__code__", None)
    if code is None:
        return one_line(getattr(type(function), "__qualname__", "function"))
    return one_line(f"{code.co_filename}:{code.co_firstlineno}")


def is_async(function: Callable[..., Any]) -> bool:
    """Whether calling it gives a coroutine."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(_plain(function))


def read_signature(function: Callable[..., Any]) -> Signature:
    """The description, schema and checker of a function's arguments.

    Raises BadWorkflow, one line with file and line, for a signature that no JSON object can fill.
    """
    if inspect.isgeneratorfunction(_plain(function)) or inspect.isasyncgenfunction(
        _plain(function)
    ):
        raise _bad(function, "it yields; return a list instead")
    hints = _hints(function)
    fields: list[Any] = []
    defaults: dict[str, JsonValue] = {}
    injected: list[str] = []
    for name, parameter in _parameters(function).items():
        if parameter.kind in _POSITIONAL:
            raise _bad(function, _POSITIONAL[parameter.kind].format(one_line(name)))
        kind = hints.get(name, Any)
        if _is_context(kind):
            injected.append(name)
            continue
        if not _PARAMETER.fullmatch(name):
            raise _bad(
                function, f"{one_line(name)}: the API takes 1 to 64 ASCII letters, digits, _"
            )
        if parameter.default is inspect.Parameter.empty:
            fields.append((name, kind))
            continue
        defaults[name] = parameter.default
        accepted = Union[kind, None] if parameter.default is None and kind is not Any else kind  # noqa: UP007
        fields.append((name, Union[accepted, UnsetType], UNSET))  # noqa: UP007
    struct = msgspec.defstruct(_STRUCT, fields, forbid_unknown_fields=True, kw_only=True)
    doc = _docs(function)
    schema = _schema(function, struct)
    for name, text in doc.arguments.items():
        if name in schema["properties"]:
            schema["properties"][name].setdefault("description", text)
    for name, default in defaults.items():
        _add_default(schema["properties"][name], default)
    return Signature(doc.text, schema, struct, tuple(injected))


def _plain(function: Callable[..., Any]) -> Any:
    """The function under partials, decorators, methods and callable objects."""
    while isinstance(function, partial):
        function = function.func
    function = inspect.unwrap(function)
    if inspect.ismethod(function):
        return inspect.unwrap(function.__func__)
    if inspect.isfunction(function) or inspect.isbuiltin(function) or inspect.isclass(function):
        return function
    return inspect.unwrap(type(function).__call__)


def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError) as error:
        raise _bad(function, "its signature cannot be read; wrap it in a def") from error


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(_plain(function), include_extras=True)
    except NameError as error:
        name = getattr(error, "name", None) or "a name"
        raise _bad(
            function,
            f"the annotation {one_line(str(name))} is not known when the program runs; "
            "import it outside of TYPE_CHECKING, at the top of the module",
        ) from error
    except Exception as error:
        raise _bad(function, f"an annotation cannot be read: {one_line(str(error))}") from error


def _is_context(kind: Any) -> bool:
    if kind is ToolContext:
        return True
    if typing.get_origin(kind) is typing.Annotated:
        return _is_context(typing.get_args(kind)[0])
    return any(argument is ToolContext for argument in typing.get_args(kind))


def _schema(function: Callable[..., Any], struct: type[msgspec.Struct]) -> dict[str, Any]:
    try:
        whole = msgspec.json.schema(struct)
    except Exception as error:
        raise _bad(function, _which(struct)) from error
    shared = dict(whole["$defs"])
    own = shared.pop(whole["$ref"].rpartition("/")[2])
    schema = {
        "type": "object",
        "properties": own["properties"],
        "required": own["required"],
        "additionalProperties": False,
    }
    if shared:
        schema["$defs"] = shared
    return schema


def _which(struct: type[msgspec.Struct]) -> str:
    """Which parameter has the type that cannot be JSON, and what to write instead."""
    for name, kind in typing.get_type_hints(struct, include_extras=True).items():
        try:
            msgspec.json.schema(kind)
        except Exception:  # noqa: BLE001 - msgspec and the annotation's own code raise anything
            kinds = [part for part in typing.get_args(kind) if part is not UnsetType] or [kind]
            text = one_line(" | ".join(getattr(part, "__name__", str(part)) for part in kinds))
            return (
                f"{one_line(name)}: {text} cannot come from JSON; use str, int, float, bool, list, "
                "dict, Literal, Enum, a dataclass, a TypedDict or a msgspec.Struct"
            )
    return "its arguments cannot come from JSON together; simplify their types"


def _add_default(schema: dict[str, Any], default: object) -> None:
    plain = to_json(default)
    if default is not None and not (isinstance(plain, dict) and TAG in plain):
        schema["default"] = plain


@dataclass(frozen=True, slots=True)
class _Docs:
    text: str
    arguments: dict[str, str]


def _docs(function: Callable[..., Any]) -> _Docs:
    doc = inspect.getdoc(_plain(function)) or ""
    try:
        parsed = docstring_parser.parse(doc)
    except docstring_parser.ParseError:
        return _Docs(doc, {})
    parts = [parsed.short_description, parsed.long_description]
    if parsed.returns is not None and parsed.returns.description:
        parts.append(f"Returns {parsed.returns.description}")
    arguments = {
        found.arg_name.lstrip("*"): found.description
        for found in parsed.params
        if found.description
    }
    return _Docs("\n\n".join(part.strip() for part in parts if part), arguments)


def _bad(function: Callable[..., Any], problem: str) -> BadWorkflow:
    name = getattr(_plain(function), "__name__", type(function).__name__)
    return BadWorkflow(f"{where(function)}: tool {one_line(name)}: {problem}")
