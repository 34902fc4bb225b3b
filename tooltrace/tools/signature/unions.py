"""Unions of types: their members, and which of the limits that were said each can have."""

from __future__ import annotations

import types
import typing
from typing import Annotated, Any, Union

import msgspec

from tooltrace.tools.signature.annotations import LIMITS, AnnotationFacts, BadAnnotation, peeled
from tooltrace.tools.signature.limits import takes
from tooltrace.tools.signature.msgspec_types import reader_of

__all__ = ["NULL", "alone", "members_of", "shared_out", "union_of", "without_null"]

NULL = type(None)


def members_of(kind: Any) -> tuple[Any, ...] | None:
    """The members of a union; None for other types."""
    if typing.get_origin(kind) in (Union, types.UnionType):
        return typing.get_args(kind)
    return None


def union_of(members: tuple[Any, ...]) -> Any:
    """The union of these types."""
    return Union[members]  # noqa: UP007


def alone(kind: Any) -> bool:
    """Whether msgspec cannot be asked about a type together with others.

    A union of which a member has limits can crash it: it looks for them in the wrong place.
    """
    base, metadata = peeled(kind)
    metas = [item for item in metadata if isinstance(item, msgspec.Meta)]
    has_limits = any(getattr(meta, name) is not None for meta in metas for name in LIMITS)
    return has_limits or reader_of(base) is not None or members_of(base) is not None


def without_null(members: tuple[Any, ...]) -> list[Any]:
    """The members that are not None."""
    return [member for member in members if member is not NULL]


def shared_out(members: tuple[Any, ...], said: AnnotationFacts) -> Any:
    """The union, each member with those of the limits that it can have. Raises Unusable."""
    taken = {name for member in members for name in takes(peeled(member)[0])}
    for name, limit in said.limits.items():
        if name not in taken:
            raise BadAnnotation(f"{name}={limit!r} applies to no member of the union")
    made = []
    for member in members:
        able = takes(peeled(member)[0])
        own = AnnotationFacts(
            limits={name: limit for name, limit in said.limits.items() if name in able},
            checks=[] if member is NULL else list(said.checks),
        )
        made.append(Annotated[member, own] if own.limits or own.checks else member)
    return union_of(tuple(made))
