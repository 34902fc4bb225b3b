"""Check a condition against the workflow that it is for.

An expression that parses may still speak of an argument that no tool has, or hold a number against
text: it would never be true, and nobody would be told. So both are mistakes when it is set.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tooltrace.core.expressions.parse import NAMES, compile_expression
from tooltrace.core.expressions.point_names import PARTS
from tooltrace.core.expressions.schema_kinds import Kinds, kinds_at, kinds_of, names_at, place
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.model.workflow import ToolSpec, WorkflowSpec
from tooltrace.core.text.sanitize import one_line
from tooltrace.core.text.suggest import among, quoted, unknown

__all__ = ["arguments_of", "complaints", "names_in", "paths_in"]

_NUMBER, _TEXT, _FLAG = (frozenset({word}) for word in ("a number", "text", "true or false"))
_NAMES: dict[str, Kinds] = {
    **dict.fromkeys(("cost", "tokens", "turn"), _NUMBER),
    **dict.fromkeys(("state", "tool", "error"), _TEXT),
}
_GIVES: dict[str, Kinds] = {
    **dict.fromkeys(("len", "abs", "round", "sum", "int", "float"), _NUMBER),
    **dict.fromkeys(("lower", "upper", "str"), _TEXT),
    **dict.fromkeys(("contains", "any", "all", "bool"), _FLAG),
}
_USAGE = ("input", "output", "cache_read", "cache_written", "ms", "cost", "cost_at_least")


def complaints(
    text: str, spec: WorkflowSpec, tools: Sequence[str], names: tuple[str, ...] = NAMES
) -> Iterator[str]:
    """Each mistake, in one line; ``tools`` are those whose arguments ``args`` may be.

    ``names`` are those that the expression may speak of.
    """
    try:
        compile_expression(text, names)
        tree = ast.parse(text.strip(), mode="eval")
    except BadExpression as error:
        yield one_line(str(error))
        return
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    bound = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    reader = _Reader(spec, [tool for tool in spec.tools if tool.name in tools], bound)
    within = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        found: Iterator[str] = iter(())
        if isinstance(node, ast.Attribute | ast.Subscript) and id(node) not in within:
            found = reader.about_path(node)
        elif isinstance(node, ast.Compare):
            found = reader.about_comparison(node)
        for why in found:
            yield f"{quoted(text)}: {why}"


@lru_cache(maxsize=1024)
def names_in(text: str) -> frozenset[str]:
    """The names that an expression speaks of."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


@lru_cache(maxsize=1024)
def arguments_of(text: str) -> frozenset[str]:
    """The names directly after ``args.`` in an expression."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    paths = (_path(node) for node in ast.walk(tree))
    return frozenset(path[1] for path in paths if path and path[0] == "args" and len(path) > 1)


def paths_in(text: str) -> tuple[tuple[str, ...], ...]:
    """What an expression reads, each once and in order: ``result.a > 1`` reads result, a."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    bound = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    found: dict[tuple[str, ...], None] = {}
    todo: list[ast.AST] = [tree.body]
    while todo:
        node = todo.pop()
        path = _path(node)
        if path is None:
            todo += reversed(list(ast.iter_child_nodes(node)))
        elif path[0] in NAMES and path[0] not in bound:
            found[tuple(path)] = None
    return tuple(found)


def _path(node: ast.AST) -> list[str] | None:
    """``args.a["b"]`` as its names; None for what is not only names."""
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=value, attr=name):
            before = _path(value)
        case ast.Subscript(value=value, slice=ast.Constant(value=str() as name)):
            before = _path(value)
        case _:
            return None
    return None if before is None else [*before, name]


class _Reader:
    """One expression, read beside the tools whose arguments it may speak of."""

    def __init__(self, spec: WorkflowSpec, tools: list[ToolSpec], bound: set[str]) -> None:
        self._spec, self._tools, self._bound = spec, tools, bound

    def about_path(self, node: ast.AST) -> Iterator[str]:
        path = _path(node)
        if path is None or path[0] in self._bound or len(path) < 2:
            return
        match path[0]:
            case "args":
                yield from self._about_arguments(path[1:])
            case "call" if path[1] == "args" and len(path) > 2:
                yield from self._about_arguments(path[2:])
            case "call" | "reply" | "request" as whole:
                yield from _unless(path[1], f"part of the {whole}", PARTS[whole])
            case "context":
                names = [item.name for item in self._spec.context]
                yield from _unless(path[1], "context name", names)
            case "results":
                yield from _unless(path[1], "tool", [tool.name for tool in self._spec.tools])
            case "usage":
                yield from _unless(path[1], "figure", _USAGE)
            case _:
                pass

    def _about_arguments(self, path: list[str]) -> Iterator[str]:
        for length in range(1, len(path) + 1):
            here = path[:length]
            found = [place(tool.schema, here) for tool in self._tools]
            if not found or any(place_ is None or place_ for place_ in found):
                continue
            names = [n for tool in self._tools for n in names_at(tool.schema, here[:-1])]
            whose = ", ".join(one_line(tool.name) for tool in self._tools)
            whose = whose if len(self._tools) < 4 else "any tool"
            there = among(here[-1], list(dict.fromkeys(names)))
            yield f"there is no args.{one_line('.'.join(here))} in {whose}{there}"
            return

    def about_comparison(self, node: ast.Compare) -> Iterator[str]:
        left = node.left
        for operation, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operation, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
                yield from self._about_pair(left, right, "cannot be compared")
            elif isinstance(operation, ast.Eq | ast.NotEq):
                yield from self._about_pair(left, right, "are never equal")
                yield from self._about_names(left, right)
            left = right

    def _about_pair(self, left: ast.expr, right: ast.expr, why: str) -> Iterator[str]:
        one, other = self._kinds(left), self._kinds(right)
        if one is None or other is None or one & other:
            return
        if why == "are never equal" and "null" in one | other:
            return
        yield f"{_said(left, one)} and {_said(right, other)} {why}"

    def _about_names(self, left: ast.expr, right: ast.expr) -> Iterator[str]:
        """A state or a tool that is compared with a name that none has."""
        known = {
            "state": [state.name for state in self._spec.states],
            "tool": [tool.name for tool in self._spec.tools],
        }
        for one, other in ((left, right), (right, left)):
            match one, other:
                case ast.Name(id=kind), ast.Constant(value=str() as name) if kind in known:
                    if known[kind] and kind not in self._bound:
                        yield from _unless(name, kind, known[kind])
                case _:
                    pass

    def _kinds(self, node: ast.expr) -> Kinds | None:
        """What an expression can be, true and false being numbers too; None if not known."""
        found = self._plain_kinds(node)
        return found | _NUMBER if found is not None and found & _FLAG else found

    def _plain_kinds(self, node: ast.expr) -> Kinds | None:
        match node:
            case ast.Constant(value=value):
                return kinds_of(value)
            case ast.Name(id=name) if name not in self._bound:
                return {"true": _FLAG, "false": _FLAG, "null": kinds_of(None), **_NAMES}.get(name)
            case ast.Call(func=ast.Name(id=name)):
                return _GIVES.get(name)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                return _NUMBER
            case ast.UnaryOp(op=ast.Not()) | ast.Compare():
                return _FLAG
            case ast.BinOp(op=ast.Sub() | ast.Mult() | ast.Div() | ast.FloorDiv() | ast.Mod()):
                return _NUMBER
            case ast.List() | ast.Tuple() | ast.ListComp():
                return kinds_of([])
            case _:
                return self._kinds_of_path(_path(node))

    def _kinds_of_path(self, path: list[str] | None) -> Kinds | None:
        if path is None or path[0] != "args" or "args" in self._bound:
            return None
        found: set[str] = set()
        for tool in self._tools:
            if place(tool.schema, path[1:]) == []:
                continue
            kinds = kinds_at(tool.schema, path[1:])
            if kinds is None:
                return None
            found |= kinds
        return frozenset(found) or None


def _unless(name: str, kind: str, known: Sequence[str]) -> Iterator[str]:
    if name not in known:
        yield unknown(kind, name, known)


def _said(node: ast.expr, kinds: Kinds) -> str:
    text = one_line(ast.unparse(node))
    words = " or ".join(sorted(kinds - {"null"} or kinds))
    return f"{text} ({words})"
