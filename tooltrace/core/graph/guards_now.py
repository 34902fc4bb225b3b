"""What each guard of the current state says now, and the values that it says it of."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from tooltrace.core.expressions.expression_names import names_for
from tooltrace.core.expressions.parse import NAMES, compile_expression
from tooltrace.core.graph.machine import Edge, EdgeKey, Machine
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["GuardNow", "guards_now"]

_OF_A_CALL = {"result", "args", "tool", "error"}
_MOST_VALUES = 3


class GuardNow(Struct, frozen=True):
    """Whether a guard holds, None where it cannot be told; and what its names stand for."""

    holds: bool | None
    values: tuple[tuple[str, JsonValue], ...]


def guards_now(s: Snapshot, machine: Machine) -> Mapping[EdgeKey, GuardNow]:
    """By edge, for those of the current state whose guard has all that it speaks of."""
    found: dict[EdgeKey, GuardNow] = {}
    for edge in machine.leaving.get(s.state or "", ()):
        if edge.when is None:
            continue
        call = _call(s, edge)
        roots = {path.partition(".")[0] for path in _paths(edge.when)}
        if (call is None and roots & _OF_A_CALL) or ("results" in roots and not _all_here(s, edge)):
            continue
        found[edge.key] = _said(edge.when, names_for(s, call))
    return found


def _call(s: Snapshot, edge: Edge) -> Call | None:
    """The result that an edge would be taken for."""
    tools = {tool for index in edge.rows for tool in s.workflow.rows[index].on}
    calls = (c for c in s.unsettled if c.tool in tools and c.is_error == (edge.kind == "error"))
    return next(calls, None)


def _all_here(s: Snapshot, edge: Edge) -> bool:
    return all(tool in s.here for tool in edge.together)


def _said(when: str, names: Mapping[str, JsonValue]) -> GuardNow:
    values = []
    for path in _paths(when)[:_MOST_VALUES]:
        try:
            values.append((path, compile_expression(path)(names)))
        except BadExpression:
            continue
    try:
        holds: bool | None = bool(compile_expression(when)(names))
    except BadExpression:
        holds = None
    return GuardNow(holds, tuple(values))


@lru_cache(maxsize=512)
def _paths(when: str) -> tuple[str, ...]:
    """The paths that a guard reads, each once, as they are written: ``result.order.total``."""
    try:
        tree = ast.parse(when.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(dict.fromkeys(_read(tree.body)))


def _read(node: ast.AST) -> Iterator[str]:
    path = _path(node)
    if path is not None:
        yield path
        return
    for inner in ast.iter_child_nodes(node):
        yield from _read(inner)


def _path(node: ast.AST) -> str | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name) and node.id in NAMES:
        return ".".join([node.id, *reversed(parts)])
    return None
