"""The types that stand in the fields of a class, with what a generic class was given put in."""

from __future__ import annotations

import inspect
import typing
from typing import Any, TypeVar

__all__ = ["given_hints"]

_Given = dict[Any, Any]


def given_hints(kind: Any) -> dict[str, Any]:
    """The annotations of a class, or of ``Class[int]``, by name; a base may be generic as well.

    Raises whatever evaluating them raises.
    """
    cls = typing.get_origin(kind) or kind
    hints = typing.get_type_hints(cls, include_extras=True)
    if not any(map(_open, hints.values())):
        return hints
    scopes: dict[type, _Given] = {}
    _enter(kind, {}, scopes)
    return {name: _put_in(hint, scopes[_owner(name, cls, scopes)]) for name, hint in hints.items()}


def _enter(kind: Any, around: _Given, scopes: dict[type, _Given]) -> None:
    """Note what each class that ``kind`` inherits from was given."""
    cls = typing.get_origin(kind) or kind
    if not isinstance(cls, type) or cls in scopes:
        return
    arguments = [_put_in(argument, around) for argument in typing.get_args(kind)]
    given = scopes[cls] = dict(zip(getattr(cls, "__parameters__", ()), arguments, strict=False))
    for base in cls.__dict__.get("__orig_bases__", cls.__bases__):
        _enter(base, given, scopes)


def _owner(name: str, cls: type, scopes: dict[type, _Given]) -> type:
    """The class that declares a name. A TypedDict repeats what its bases do."""
    repeats = hasattr(cls, "__required_keys__")
    classes = list(scopes)[::-1] if repeats else [one for one in cls.__mro__ if one in scopes]
    return next((one for one in classes if name in inspect.get_annotations(one)), cls)


def _open(hint: Any) -> bool:
    """Whether a hint speaks of what a generic class is still to be given."""
    unmade = not isinstance(hint, type) and bool(getattr(hint, "__parameters__", ()))
    return isinstance(hint, TypeVar) or unmade


def _put_in(hint: Any, given: _Given) -> Any:
    if isinstance(hint, TypeVar):
        return given.get(hint, hint)
    if not _open(hint):
        return hint
    return hint[tuple(given.get(one, one) for one in hint.__parameters__)]
