"""Expressions: what can be said, JSON in and JSON out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.nasty import SEEDS, Nasty
from tooltrace.core.expressions.parse import FUNCTIONS, NAMES, compile_expression
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.text.exact_json import dumps, loads

DATA: dict[str, Any] = {
    "result": {
        "eligible": True,
        "amount": 59.9,
        "items": [{"name": "mug", "n": 2}, {"name": "cup", "n": 1}],
        "status": "Shipped",
        "class": "first",
        "format": {"keys": 1},
        "none": None,
    },
    "args": {"order_id": "1001", "n": 3},
    "results": {"a": 1},
    "context": {"left": 0, "done": []},
    "state": "checking",
    "turn": 4,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("result.eligible", True),
        ("not result.eligible", False),
        ("result.amount > 50 and result.status == 'Shipped'", True),
        ("result.items[0].name", "mug"),
        ("result['items'][-1]['n']", 1),
        ("result.items[:1]", [{"name": "mug", "n": 2}]),
        ("sum([item.n for item in result.items])", 3),
        ("any(item.n > 1 for item in result.items if item.name != 'cup')", True),
        ("[a.n * b.n for a in result.items for b in result.items]", [4, 2, 2, 1]),
        ("len(result.items) == 2", True),
        ("lower(result.status)", "shipped"),
        ("contains(result.status, 'ship') or 'Ship' in result.status", True),
        ("'name' in result.items[0]", True),
        ("state in ('checking', 'paying')", True),
        ("state not in ['checking']", False),
        ("args.n if context.left == 0 else 0", 3),
        ("{'id': args.order_id, 'all': [true, null]}", {"id": "1001", "all": [True, None]}),
        ("1 < args.n <= 3 != 4", True),
        ("-args.n % 2 + 7 // 2 - 0.5", 3.5),
        ("int(args.order_id) + round(result.amount)", 1061),
        ("args.order_id + '!'", "1001!"),
        ("str(true) + str(null) + str(1.5)", "truenull1.5"),
        ("None is None and True is not False", True),
        ("max(1, args.n) + min([4, 2])", 5),
        ("usage.input", None),
        ("  result.class  ", "first"),
    ],
)
def test_what_can_be_said(text: str, value: Any) -> None:
    assert compile_expression(text)(DATA) == value


@pytest.mark.parametrize(
    "text",
    [
        *("result.nothing", "result.nothing.more", "result.nothing['x'].y", "result.items[9]"),
        *("result.amount.real", "result.status.upper", "args.order_id[0].x", "result.items.append"),
        *("tool", "error", "cost", "result['none'].x", "lower(result.nothing)", "(1).real"),
        *("context.keys", "context.__class__", "result.__init__.__globals__", "result.items['x']"),
    ],
)
def test_what_is_not_there_is_null(text: str) -> None:
    assert compile_expression(text)(DATA) is None


def test_not_null_and_in_null_mean_what_they_say() -> None:
    assert compile_expression("not result.nothing")(DATA) is True
    assert compile_expression("'x' in result.nothing")(DATA) is False
    assert compile_expression("'x' not in result.nothing")(DATA) is True


def test_a_key_that_is_a_method_of_dict_is_a_key() -> None:
    items = compile_expression("result.items")(DATA)
    assert items is DATA["result"]["items"]
    assert compile_expression("(result).items")(DATA) is items
    assert compile_expression("result.format.keys + 0")(DATA) == 1


def test_mistakes_are_named_when_the_expression_is_built() -> None:
    with pytest.raises(BadExpression, match="unknown name resutl; there are: args, result"):
        compile_expression("resutl.x")
    with pytest.raises(BadExpression, match=r"unknown function sqrt; there are: abs, all"):
        compile_expression("sqrt(result.x)")
    with pytest.raises(BadExpression, match=r"\.upper\(\) cannot be called"):
        compile_expression("state.upper()")
    with pytest.raises(BadExpression, match="cannot be parsed"):
        compile_expression("result.x >")


def test_what_has_no_value_says_why() -> None:
    with pytest.raises(BadExpression, match="has no value here"):
        compile_expression("result.nothing > 3")(DATA)
    with pytest.raises(BadExpression, match="text is not a number"):
        compile_expression("result.status - 1")(DATA)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_known(name: str) -> None:
    assert compile_expression(name)({name: 7}) == 7
    assert compile_expression(f"{name} + 1")({name: 7}) == 8


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_refuses_what_it_cannot_take(name: str) -> None:
    for argument in ("null", "result", "result.items", "'x'", "-1", "true", ""):
        try:
            dumps(compile_expression(f"{name}({argument})")(DATA))
        except BadExpression:
            continue


@given(SEEDS, st.sampled_from(["+", "-", "*", "/", "//", "%", "==", "<", "in", "and", "is"]))
def test_whatever_goes_in_json_comes_out(seed: int, operator: str) -> None:
    nasty = Nasty(seed)
    names = {"result": nasty.json(), "args": nasty.json()}
    for text in (
        f"result {operator} args",
        f"[result, {{'k': args}}, (args {operator} result)]",
        "[x for x in result if args]",
        "result[args]",
        "str(result)",
        "len(result) + sum(args)",
        "result.a[0].ok or args",
    ):
        before = dumps(names)
        try:
            value = compile_expression(text)(names)
        except BadExpression:
            value = None
        assert loads(dumps(value)) == value
        assert dumps(names) == before


def test_an_expression_may_be_evaluated_while_it_is_being_evaluated() -> None:
    evaluate = compile_expression("[item + result.n for item in result.items]")
    inner: list[object] = []

    class Crowded(dict[str, Any]):
        """Data whose reading is interrupted by the same evaluation elsewhere."""

        def get(self, key: str, default: Any = None) -> Any:
            inner.append(evaluate({"result": {"n": 100, "items": [7]}}))
            return super().get(key, default)

    for _ in range(2):
        assert evaluate({"result": Crowded(n=1, items=[1, 2])}) == [2, 3]
    assert inner == [[107]] * 6
