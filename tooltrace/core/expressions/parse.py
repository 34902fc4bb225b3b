"""Parse guards, saves and breakpoint conditions: expressions over JSON values, nothing else.

simpleeval evaluates; here it is narrowed to data. Only the syntax listed in ``_ALLOWED`` is
accepted. ``a.b`` reads key ``b`` of an object and never a Python attribute, so a result with a key
called ``items`` works and no method, class or frame is reachable whatever the library allows. A
missing key is null, so ``not result.eligible`` means what it says. JSON goes in and JSON comes out,
and every evaluation has a budget, because a session file brings its guards along.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from tooltrace.core.expressions.evaluate import FUNCTIONS, Evaluator
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["FUNCTIONS", "NAMES", "Expression", "compile_expression"]

NAMES = (
    *("args", "result", "results", "context", "state", "usage", "tool", "error", "turn"),
    *("cost", "tokens"),
)
"""What an expression may speak of; the rest is a mistake that is named when it is built."""

LONGEST = 2000

Expression = Callable[[Mapping[str, JsonValue]], Any]

_CONSTANTS: dict[str, JsonValue] = {"true": True, "false": False, "null": None}
_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_ALLOWED = (
    *(ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Store, ast.Attribute, ast.Subscript),
    *(ast.Slice, ast.Call, ast.IfExp, ast.List, ast.Tuple, ast.Dict, ast.comprehension),
    *(ast.ListComp, ast.GeneratorExp, ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop),
    *(ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div),
    *(ast.FloorDiv, ast.Mod),
)


@lru_cache(maxsize=1024)
def compile_expression(
    text: str, names: tuple[str, ...] = NAMES, named: tuple[str, ...] = ()
) -> Expression:
    """A function of these names that evaluates the expression.

    ``named`` are those that are offered in place of an unknown one, if it is not all of them.
    Raises BadExpression at once for what cannot be parsed, and when called for what has no value.
    """
    source = text.strip()
    if len(source) > LONGEST:
        raise BadExpression(f"the expression is longer than {LONGEST:,} characters")
    if _PATH.fullmatch(source) and source.split(".")[0] in names:
        return _path(source.split("."))
    return _evaluation(source, _checked(source, names, named or names), names)


def _path(parts: list[str]) -> Expression:
    first, rest = parts[0], parts[1:]

    def evaluate(names: Mapping[str, JsonValue]) -> Any:
        value = names.get(first)
        for part in rest:
            if not isinstance(value, Mapping):
                return None
            value = value.get(part)
        return value

    return evaluate


def _evaluation(source: str, parsed: ast.expr, known: tuple[str, ...]) -> Expression:
    blank: dict[str, JsonValue] = {**dict.fromkeys(known), **_CONSTANTS}
    # An evaluator is busy while it evaluates; each thread that comes meanwhile gets its own.
    idle: list[Evaluator] = []

    def evaluate(names: Mapping[str, JsonValue]) -> Any:
        try:
            evaluator = idle.pop()
        except IndexError:
            evaluator = Evaluator()
        try:
            return evaluator.value(source, parsed, {**blank, **names})
        except Exception as error:
            # The library raises whatever an operator raises.
            reason = str(error) or type(error).__name__
            raise BadExpression(f"{source!r} has no value here: {reason}") from error
        finally:
            idle.append(evaluator)

    return evaluate


def _checked(source: str, speaks_of: tuple[str, ...], named: tuple[str, ...]) -> ast.expr:
    if not source:
        raise BadExpression("an expression is missing")
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = getattr(error, "msg", None) or str(error) or type(error).__name__
        raise BadExpression(f"{source!r} cannot be parsed: {reason}") from error
    for node in ast.walk(tree):
        complaint = _complaint(node)
        if complaint:
            raise BadExpression(f"{source!r}: {complaint}")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    for name in names:
        known = FUNCTIONS if id(name) in called else {*speaks_of, *_CONSTANTS, *bound}
        if name.id not in known:
            what = "function" if id(name) in called else "name"
            there_are = sorted(FUNCTIONS) if id(name) in called else named
            raise BadExpression(
                f"{source!r}: unknown {what} {name.id}; there are: {', '.join(there_are)}"
            )
    return tree.body


def _complaint(node: ast.AST) -> str | None:
    """Why this part may not stand in an expression; None when it may."""
    match node:
        case ast.Call(func=ast.Attribute(attr=attr)):
            return f"a value has no methods, so .{attr}() cannot be called"
        case ast.Call(func=func, keywords=keywords) if not isinstance(func, ast.Name) or keywords:
            return "only the functions are called, and without keywords"
        case ast.Constant(value=value) if not _is_scalar(value):
            return "only JSON values are written here"
        case ast.Dict(keys=keys) if None in keys:
            return "** is not possible here"
        case _ if isinstance(node, _ALLOWED):
            return None
        case _:
            return f"{type(node).__name__} is not possible here"


def _is_scalar(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, bool | int | str)
