"""No expression reaches Python, and every one comes to an end."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.core.test_expressions import DATA
from tests.timing import within
from tooltrace.core.expressions.parse import compile_expression
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.text.exact_json import dumps

ESCAPES = [
    "().__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "''.__class__.__mro__",
    "'{0.__class__}'.format(result)",
    "'a'.format",
    "result.items()",
    "result.get('x')",
    "result.status.upper()",
    "str.mro()",
    "len.__self__",
    "[len][0]('x')",
    "(lambda: 1)()",
    "lambda: 1",
    "f'{result}'",
    "f'{1:>999999999}'",
    "'%999999999d' % 1",
    "(yield)",
    "await result",
    "(x := 1)",
    "x = 1",
    "result; result",
    "import os",
    "__import__('os')",
    "open('/etc/passwd')",
    "eval('1')",
    "exec('1')",
    "getattr(result, 'x')",
    "type(result)",
    "globals()",
    "vars()",
    "dict()",
    "list(result)",
    "set(result)",
    "range(10)",
    "print(1)",
    "max(result.items, key=len)",
    "max(*result.items)",
    "max(**result)",
    "[*result.items]",
    "{**result}",
    "{1, 2}",
    "{x: 1 for x in result}",
    "{x for x in result}",
    "b'bytes'",
    "1j",
    "...",
    "1e999",
    "10**10",
    "1 << 9",
    "1 @ 2",
    "1 | 2",
    "~1",
    "len",
    "str if turn else 0",
    "[len, max]",
    "result if len(result) else max",
    "unknown",
    "unknown.thing",
    "y and [x for x in result.items]",
    "",
    "   ",
    "result.",
    "result result",
    "if",
    "((((" * 60 + "1" + "))))" * 60,
    "not " * 480 + "1",
    "-" * 1990 + "1",
    "1" + "+1" * 999,
    "x" * 3000,
    "result.\x00a",
    "'\ud800' == resul",
    "9" * 1999,
]


@pytest.mark.parametrize("text", ESCAPES, ids=lambda text: text[:40])
def test_what_cannot_be_said_is_refused_or_has_no_power(text: str) -> None:
    try:
        evaluate = compile_expression(text)
    except BadExpression as error:
        assert str(error)
        return
    try:
        value = evaluate(DATA)
    except BadExpression:
        return
    # What is left is null, or a harmless value that is merely long.
    assert value is None or text[:2] in {"1+", "--", "no", "99"}
    dumps(value)


def test_most_of_them_are_refused_before_anything_is_evaluated() -> None:
    refused = 0
    for text in ESCAPES:
        try:
            compile_expression(text)
        except BadExpression:
            refused += 1
    assert refused >= len(ESCAPES) - 8


BOMBS = [
    "10**10**10",
    "9 * " * 400 + "9",
    "*".join(["result.huge"] * 150),
    "'a' * 1000000000",
    "[0] * 1000000000",
    "1000000000 * 'a'",
    "sum([[0] for x in result.many], [])",
    "[[1 for y in result.many] for x in result.many]",
    "[1 for x in result.many for y in result.many for z in result.many]",
    "any(false for x in result.many for y in result.many)",
    "[result.text + result.text for x in result.many]",
    "[str(result.many) for x in result.many]",
    "[lower(result.text) for x in result.many]",
    "[result.text[1:] for x in result.many]",
    "any('zz' in result.text for x in result.many)",
    "all(result.many == result.twin for x in result.many)",
    "[sum(result.many) for x in result.many]",
    "[max(result.many) for x in result.many]",
    "len(str(result.huge)) > int('9' * 9999)",
    "int('" + "9" * 1900 + "') * 9",
    "float('inf')",
    "float('nan')",
    "1e308 * 10",
    "round(1e308) * round(1e308) * round(1e308) * round(1e308)",
    "1 / 0",
    "7 % 0",
]


@pytest.mark.parametrize("text", BOMBS, ids=lambda text: text[:40])
def test_no_expression_takes_long(text: str) -> None:
    many = list(range(2000))
    result = {"many": many, "twin": [*many], "text": "a" * 200_000, "huge": 10**1000}
    with within(1, time.process_time):
        try:
            dumps(compile_expression(text)({"result": result}))
        except BadExpression as error:
            assert len(str(error)) < 4000


def test_values_saved_into_each_other_stop_growing() -> None:
    for text in ("[context.x, context.x]", "{'x': context.x}", "context.x + context.x"):
        grow = compile_expression(text)
        value: Any = [1]
        with pytest.raises(BadExpression):
            for _ in range(300):
                value = grow({"context": {"x": value}})
        assert len(dumps(value)) < 3_000_000
