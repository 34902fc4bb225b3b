"""The schema of an ordinary tool stays what it was, byte for byte: sessions hold its digest."""

# ruff: noqa: B006 - as people write it

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, Optional

import msgspec
import pytest

from tests.cli.calling import call
from tooltrace.core.text.exact_json import dumps
from tooltrace.tools.functions.function import FunctionTool

SESSIONS = Path(__file__).parents[2] / "sessions"


def ordinary(  # type: ignore[no-untyped-def]  # Types are left out, as people do.
    order_id: str,
    amount: float,
    count: int = 1,
    urgent: bool = False,
    tags: list[str] = [],
    data: dict[str, Any] = {},
    bare: dict = {},  # type: ignore[type-arg]
    rows: list = [],  # type: ignore[type-arg]
    note: Optional[str] = None,  # noqa: UP045
    other: int | None = None,
    kind: Literal["a", "b"] = "a",
    either: int | str = 1,
    anything=None,
) -> dict:  # type: ignore[type-arg]
    """Do an ordinary thing.

    It takes what tools take,
    over two lines.

    Args:
        order_id: the number on the receipt.
        amount: how much,
            in euros.
        kind: which one.

    Returns:
        dict: what came of it.
    """
    return {}


WAS = (
    '{"name":"ordinary","description":"Do an ordinary thing.\\n\\nIt takes what tools take,'
    '\\nover two lines.\\n\\nReturns what came of it.","schema":{"type":"object","properties'
    '":{"order_id":{"type":"string","description":"the number on the receipt."},"amount":'
    '{"type":"number","description":"how much,\\nin euros."},"count":{"type":"integer","de'
    'fault":1},"urgent":{"type":"boolean","default":false},"tags":{"type":"array","items"'
    ':{"type":"string"},"default":[]},"data":{"type":"object","default":{}},"bare":{"type'
    '":"object","default":{}},"rows":{"type":"array","default":[]},"note":{"anyOf":[{"typ'
    'e":"string"},{"type":"null"}]},"other":{"anyOf":[{"type":"integer"},{"type":"null"}]'
    '},"kind":{"enum":["a","b"],"description":"which one.","default":"a"},"either":{"anyO'
    'f":[{"type":"integer"},{"type":"string"}],"default":1},"anything":{}},"required":["o'
    'rder_id","amount"],"additionalProperties":false}}'
)


def test_an_ordinary_tool_says_what_it_always_said() -> None:
    assert dumps(msgspec.to_builtins(FunctionTool.build(ordinary).spec)) == WAS
    assert json.loads(WAS)["name"] == "ordinary"


@pytest.mark.parametrize("file", sorted(SESSIONS.glob("demo-*.jsonl")), ids=lambda path: path.stem)
def test_shipped_sessions_agree_with_the_code_of_today(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = call(capsys, "check", file, "--workflow", file.stem.split("-")[1])
    assert said.code == 0, said
