"""Opening a long session costs no more than a few times what parsing its JSON costs."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.build import AT, root
from tooltrace.core.model.events import (
    CallRef,
    ModelCalled,
    ModelReplied,
    Record,
    ToolReturned,
    ToolStarted,
    Transitioned,
)
from tooltrace.store import Journal
from tooltrace.store.lines import encode

pytestmark = pytest.mark.benchmark

STEPS = 2_000
REPLY = {
    "role": "assistant",
    "content": [
        {"type": "text", "text": "I will look the order up."},
        {"type": "tool_use", "id": "toolu_01", "name": "fetch_order", "input": {"order_id": "1"}},
    ],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 1204, "output_tokens": 33},
}
ORDER = {"items": [{"sku": f"a{n}", "price": n * 1.25} for n in range(9)], "note": "x" * 900}


def long_session() -> list[Record]:
    records = [root()]
    for _ in range(STEPS):
        reply = len(records) + 2
        call = CallRef(reply, 0)
        for event in (
            ModelCalled("0" * 32, "state: validating\nnext: check_refund_policy"),
            ModelReplied(REPLY, 12.5, "req_1"),
            ToolStarted(call, "fetch_order", "0" * 32),
            ToolReturned(call, ORDER, ms=3.25),
            Transitioned("validating", row=1, cause=reply + 2),
        ):
            number = len(records) + 1
            records.append(Record(number, number - 1, AT, "live", event))
    return records


def seconds(work: Callable[[], object]) -> float:
    """The best of two, with nothing left over from before to be collected."""
    best = float("inf")
    for _ in range(2):
        gc.collect()
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def test_opening_costs_at_most_twice_the_bare_parsing(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    records = long_session()
    path.write_bytes(b"".join(map(encode, records)))
    lines = path.read_bytes().splitlines()
    assert len(lines) == 5 * STEPS + 1
    bare = seconds(lambda: [json.loads(line) for line in lines])
    opened = seconds(lambda: Journal.open(path).close())
    assert opened <= 2.0 * bare, f"{opened:.3f} s against {bare:.3f} s"
    assert Journal.open(path).records == records
