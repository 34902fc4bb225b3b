"""Evaluate expressions: simpleeval narrowed to JSON values and a bounded amount of work.

The syntax was checked before, by ``parse``. What is left to bound is size: one unit of the
budget pays for a node of the expression, for an item of a container or a few characters of a text
that an operator or a function goes through.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from simpleeval import EvalWithCompoundTypes  # type: ignore[import-untyped]

from tooltrace.core.text.exact_json import MAX_DEPTH, JsonValue

__all__ = ["FUNCTIONS", "Evaluator", "allowance"]

BUDGET = 100_000
"""What one evaluation may use; it takes some hundredths of a second to use it up."""

MOST_BITS = 4_000
CHARACTERS = 16

Number = int | float

_ALLOWED: ContextVar[list[int] | None] = ContextVar("allowed", default=None)


@contextmanager
def allowance(units: int) -> Iterator[None]:
    """Let all that is evaluated inside use so many units together; each may use its budget, too."""
    token = _ALLOWED.set([units])
    try:
        yield
    finally:
        _ALLOWED.reset(token)


def _number(value: object) -> Number:
    if isinstance(value, int | float):
        return value
    raise TypeError(f"{_kind(value)} is not a number")


def _kind(value: object) -> str:
    names = {type(None): "null", str: "text", list: "a list", dict: "an object", bool: "true/false"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "this")


def _bounded(value: Number) -> Number:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("the number is too large")
    elif value.bit_length() > MOST_BITS:
        raise ValueError("the number is too large")
    return value


def _arithmetic(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Number]:
    return lambda a, b: _bounded(operation(_number(a), _number(b)))


def _add(a: JsonValue, b: JsonValue) -> JsonValue:
    if isinstance(a, str) and isinstance(b, str):
        return a + b
    if isinstance(a, list) and isinstance(b, list):
        return a + b
    return _bounded(_number(a) + _number(b))


def _ordered(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool]:
    def compare(a: JsonValue, b: JsonValue) -> bool:
        try:
            return bool(operation(a, b))
        except TypeError:
            raise TypeError(f"{_kind(a)} and {_kind(b)} cannot be compared") from None

    return compare


def _contains(whole: JsonValue, part: JsonValue) -> bool:
    if whole is None:
        return False
    return part in whole if isinstance(part, str) or isinstance(whole, list) else False


def _sum(numbers: list[JsonValue]) -> Number:
    total: Number = 0
    for number in numbers:
        total = _bounded(total + _number(number))
    return total


def _text(value: JsonValue) -> str:
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case _:
            return str(value)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": len,
    "min": min,
    "max": max,
    "abs": lambda number: abs(_number(number)),
    "round": lambda number, *digits: _bounded(round(_number(number), *digits)),
    "lower": lambda text: None if text is None else _text(text).lower(),
    "upper": lambda text: None if text is None else _text(text).upper(),
    "contains": _contains,
    "any": any,
    "all": all,
    "sum": _sum,
    "str": _text,
    "int": lambda value: _bounded(int(value)),
    "float": lambda value: _bounded(float(value)),
    "bool": bool,
}

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: _add,
    ast.Sub: _arithmetic(operator.sub),
    ast.Mult: _arithmetic(operator.mul),
    ast.Div: _arithmetic(operator.truediv),
    ast.FloorDiv: _arithmetic(operator.floordiv),
    ast.Mod: _arithmetic(operator.mod),
    ast.USub: lambda value: -_number(value),
    ast.UAdd: _number,
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: _ordered(operator.lt),
    ast.LtE: _ordered(operator.le),
    ast.Gt: _ordered(operator.gt),
    ast.GtE: _ordered(operator.ge),
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda part, whole: _contains(whole, part),
    ast.NotIn: lambda part, whole: not _contains(whole, part),
}


class Evaluator(EvalWithCompoundTypes):  # type: ignore[misc]
    """Evaluates one checked expression at a time; not to be shared by threads."""

    def __init__(self) -> None:
        super().__init__(operators=dict(_OPERATORS), functions=dict(FUNCTIONS), names={})
        self.left = 0

    def value(self, source: str, parsed: ast.expr, names: Mapping[str, JsonValue]) -> JsonValue:
        """The expression's value. Raises whatever an operator raises, and ValueError for work
        beyond the budget.
        """
        allowed = _ALLOWED.get()
        self.names = names
        self.left = begin = BUDGET if allowed is None else min(BUDGET, allowed[0])
        try:
            found = self.eval(source, previously_parsed=parsed)
            if isinstance(found, list | dict):
                self._weigh(found)
            return found
        finally:
            self.names = {}
            if allowed is not None:
                allowed[0] -= begin - max(0, self.left)

    def _pay(self, *values: JsonValue) -> None:
        for value in values:
            if isinstance(value, str):
                self.left -= len(value) // CHARACTERS
            elif isinstance(value, list | dict):
                self.left -= len(value)
        if self.left < 0:
            raise ValueError("it takes too long")

    def _weigh(self, value: JsonValue, depth: int = 1) -> None:
        """Pay for all of a value, so that saving values into each other cannot grow for ever."""
        if depth > MAX_DEPTH // 2:
            raise ValueError("it is nested too deep")
        self._pay(value)
        for item in value.values() if isinstance(value, dict) else value:
            if isinstance(item, list | dict):
                self._weigh(item, depth + 1)
            elif isinstance(item, str):
                self._pay(item)

    def _eval(self, node: ast.AST) -> Any:
        self.left -= 1
        if self.left < 0:
            raise ValueError("it takes too long")
        return self.nodes[type(node)](node)

    def _eval_attribute(self, node: ast.Attribute) -> Any:
        whole = self._eval(node.value)
        return whole.get(node.attr) if isinstance(whole, Mapping) else None

    def _eval_subscript(self, node: ast.Subscript) -> Any:
        whole = self._eval(node.value)
        key = self._eval(node.slice)
        try:
            found = whole[key]
        except (KeyError, IndexError, TypeError):
            return None
        if isinstance(key, slice):
            self._pay(found)
        return found

    def _eval_tuple(self, node: ast.Tuple) -> list[Any]:
        return [self._eval(item) for item in node.elts]

    def _eval_dict(self, node: ast.Dict) -> dict[str, Any]:
        found = {}
        for key, value in zip(node.keys, node.values, strict=True):
            name = self._eval(key) if key is not None else None
            if not isinstance(name, str):
                raise TypeError(f"{_kind(name)} cannot be a key")
            found[name] = self._eval(value)
        return found

    def _eval_binop(self, node: ast.BinOp) -> Any:
        left, right = self._eval(node.left), self._eval(node.right)
        self._pay(left, right)
        return self.operators[type(node.op)](left, right)

    def _eval_compare(self, node: ast.Compare) -> Any:
        left = self._eval(node.left)
        for operation, comparator in zip(node.ops, node.comparators, strict=True):
            right = self._eval(comparator)
            self._pay(left, right)
            if not self.operators[type(operation)](left, right):
                return False
            left = right
        return True

    def _eval_call(self, node: ast.Call) -> Any:
        arguments = [self._eval(argument) for argument in node.args]
        self._pay(*arguments)
        assert isinstance(node.func, ast.Name)
        found = FUNCTIONS[node.func.id](*arguments)
        self._pay(found)
        return found
