"""A function's parameters as types: what the model may pass, and how it is checked.

A parameter that is left out keeps the function's own default, never a copy of it.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Union

from msgspec import UNSET

from tooltrace.core.model.errors import BadWorkflow
from tooltrace.core.text.sanitize import one_line
from tooltrace.tools.functions.tool_context import ToolContext
from tooltrace.tools.signature.annotations import (
    AnnotationFacts,
    BadAnnotation,
    is_field,
    is_fields_mark,
    peeled,
)
from tooltrace.tools.signature.docstrings import read_docstring
from tooltrace.tools.signature.msgspec_types import schema_of
from tooltrace.tools.signature.named_fields import name_of_kind
from tooltrace.tools.signature.objects import Shape, ShapeField
from tooltrace.tools.signature.schemas import Definitions
from tooltrace.tools.signature.types import TypeTranslator

__all__ = ["Signature", "is_async", "name_of", "place_of", "read_signature", "where"]

_PARAMETER = re.compile(r"[a-zA-Z0-9_]{1,64}")
_POSITIONAL = {
    inspect.Parameter.VAR_POSITIONAL: "*{0} cannot be filled by name: write {0}: list[...] instead",
    inspect.Parameter.VAR_KEYWORD: "**{0} has no schema: write {0}: dict[str, ...] instead",
    inspect.Parameter.POSITIONAL_ONLY: "{0} is positional-only: remove the / from the signature",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """What ``read_signature`` found: ``injected`` names the ToolContexts, ``defaults`` give what
    a ``Field(…)`` stands for when the argument is left out.
    """

    description: str
    schema: dict[str, Any]
    shape: Shape
    injected: tuple[str, ...]
    defaults: Mapping[str, Callable[[], Any]]


def where(function: Callable[..., Any]) -> str:
    """``file:line`` of a function, as text that is safe to show."""
    place = place_of(function)
    if place is None:
        return one_line(getattr(type(function), "__qualname__", "function"))
    return one_line(f"{place[0]}:{place[1]}")


def place_of(function: Callable[..., Any]) -> tuple[str, int] | None:
    """The file and line of a function, or of what a partial or an object calls."""
    code = getattr(_plain(function), "__code__", None)
    return None if code is None else (code.co_filename, code.co_firstlineno)


def is_async(function: Callable[..., Any]) -> bool:
    """Whether calling it gives a coroutine."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(_plain(function))


def name_of(function: Callable[..., Any]) -> str:
    """What a function is called; a partial or a wrapper has the name of what it calls."""
    while isinstance(function, partial):
        function = function.func
    return str(getattr(function, "__name__", type(function).__name__))


def read_signature(function: Callable[..., Any]) -> Signature:
    """The description, schema and checker of a function's arguments.

    Raises BadWorkflow, one line with file and line, for a signature that no JSON object can fill.
    """
    _refuse_unusable(function)
    hints = _hints(function)
    docs = read_docstring(_doc(function))
    kinds = TypeTranslator()
    fields: list[ShapeField] = []
    defaults: dict[str, Callable[[], Any]] = {}
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
        try:
            field, default = _field(kinds, name, kind, parameter.default, docs.arguments)
        except BadAnnotation as error:
            raise _bad(function, f"{one_line(name)}: {one_line(str(error))}") from None
        except Exception as error:
            # Annotations are a person's own code, and so are the classes that they name.
            raise _bad(function, _unreadable(name, kind, error)) from error
        fields.append(field)
        if default is not None:
            defaults[name] = default
    shape = Shape(fields, closed=True)
    return Signature(docs.text, _schema(function, shape, fields), shape, tuple(injected), defaults)


def _field(
    kinds: TypeTranslator, name: str, kind: Any, default: Any, docs: Mapping[str, str]
) -> tuple[ShapeField, Callable[[], Any] | None]:
    """A parameter as a field, and what gives its default where the function has none itself."""
    base, metadata = peeled(kind)
    if is_fields_mark(default):
        raise BadAnnotation(
            "what its default is marks a field of a class; write the default itself"
        )
    if is_field(default):
        metadata = (*metadata, default)
    said = AnnotationFacts().hear(metadata)
    given = said.default if default is inspect.Parameter.empty or is_field(default) else None
    shown = said.shown if given is not None else default
    known = None if shown is UNSET else shown
    required = given is None and (default is inspect.Parameter.empty or is_field(default))
    if said.theirs:
        made, words = kinds.read(typing.Annotated[(base, *metadata)]), {}
    else:
        made, words = kinds.said(base, said), said.words()
        if not required and shown is None and made is not Any:
            made = Union[made, None]  # noqa: UP007
    field = ShapeField(name, made, required, words, docs.get(name, ""), None if required else known)
    return field, given


def _refuse_unusable(function: Callable[..., Any]) -> None:
    """Refuse what looks like a tool and is none, with what to write instead."""
    plain = _plain(function)
    if inspect.isclass(function):
        raise _bad(function, "it is a class; pass a function, or a method of an instance")
    if inspect.isgeneratorfunction(plain) or inspect.isasyncgenfunction(plain):
        raise _bad(function, "it yields; return a list instead")
    if _is_unbound(function):
        owner = getattr(plain, "__qualname__", "").rpartition(".")[0] or "Class"
        owner = one_line(owner.rpartition(".")[2])
        raise _bad(
            function,
            f"it is a method, and its first argument would be asked of the model; pass it through "
            f"an instance: {owner}(…).{one_line(name_of(function))}",
        )


def _is_unbound(function: Callable[..., Any]) -> bool:
    plain = inspect.unwrap(function)
    if not inspect.isfunction(plain):
        return False
    first = next(iter(inspect.signature(plain).parameters.values()), None)
    if first is None or first.default is not inspect.Parameter.empty:
        return False
    inside = plain.__qualname__.rpartition(".")[0]
    in_class = bool(inside) and not inside.endswith("<locals>")
    if first.name == "self" or (first.name == "cls" and in_class):
        return True
    if first.annotation is not inspect.Parameter.empty:
        return False  # Nobody annotates self: the class is a place for functions.
    written = _as_written(plain)
    return written is not None and not isinstance(written, staticmethod)


def _as_written(function: Any) -> Any:
    """What a class holds under a function's name; None if it is in none, or that is not known."""
    *outer, name = function.__qualname__.split(".")
    owner: Any = None
    for part in outer:
        within = function.__globals__ if owner is None else vars(owner)
        owner = within.get(part)
        if not isinstance(owner, type):
            return None
    held = None if owner is None else vars(owner).get(name)
    return held if isinstance(held, staticmethod) else getattr(held, "function", held)


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


def _doc(function: Callable[..., Any]) -> str:
    """The docstring; of an object that is called, its own or its class's."""
    plain = _plain(function)
    if plain is not inspect.unwrap(type(function).__call__):
        return inspect.getdoc(plain) or ""
    return inspect.cleandoc(plain.__doc__ or type(function).__doc__ or "")


def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """The parameters; what a partial has filled is no longer anyone's to give."""
    try:
        found = inspect.signature(function).parameters
    except (TypeError, ValueError) as error:
        raise _bad(function, "its signature cannot be read; wrap it in a def") from error
    filled = set[str]()
    while isinstance(function, partial):
        filled |= function.keywords.keys()
        function = function.func
    return {name: parameter for name, parameter in found.items() if name not in filled}


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


def _schema(function: Callable[..., Any], shape: Shape, fields: list[ShapeField]) -> dict[str, Any]:
    shared = Definitions()
    try:
        return shared.whole(shape.body(shared))
    except Exception as error:
        raise _bad(function, _which(fields)) from error


def _which(fields: list[ShapeField]) -> str:
    """Which parameter has the type that cannot be JSON, and what to write instead."""
    for field in fields:
        try:
            schema_of(field.kind, Definitions())
        except Exception as error:  # noqa: BLE001 - msgspec and the annotation's own code
            return _unreadable(field.name, field.kind, error)
    return "its arguments cannot come from JSON together; simplify their types"


def _unreadable(name: str, kind: Any, error: Exception) -> str:
    what = f"{one_line(name)}: {one_line(name_of_kind(peeled(kind)[0]))}"
    if not isinstance(error, TypeError | NotImplementedError):
        return f"{what} cannot be used: {one_line(str(error) or type(error).__name__)}"
    return (
        f"{what} cannot come from JSON; use str, int, float, bool, list, "
        "dict, Literal, Enum, a dataclass, a TypedDict or a msgspec.Struct"
    )


def _bad(function: Callable[..., Any], problem: str) -> BadWorkflow:
    return BadWorkflow(f"{where(function)}: tool {one_line(name_of(function))}: {problem}")
