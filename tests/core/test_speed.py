"""What must not get slow, as ratios to plain Python measured in the same minute.

A unit is what squaring a hundred numbers takes, some 4 µs. The bounds are two to three times what
an idle machine needs: they catch a loop over history, not a busy neighbour.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from itertools import count

import pytest

from tests.core.given import AT, workflow
from tooltrace.core.expressions.parse import compile_expression
from tooltrace.core.fold.fold import fold, fold_path
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.model.workflow import ContextField, ToolSpec, Transition, WorkflowSpec

pytestmark = pytest.mark.benchmark

SPEC = workflow(
    Transition(
        ("count",), "counting", "importing", when="result.left > 0", save={"left": "result.left"}
    ),
    Transition(
        ("load",), "importing", "counting", save={"batch": "result", "broken": "result.left / 0"}
    ),
    tools=(ToolSpec("note"),),
    context=tuple(ContextField(name) for name in ("left", "batch", "broken")),
    end="counting",
)


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """The least of a few runs, in seconds of this process."""
    best = float("inf")
    gc.collect()
    for _ in range(times):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def unit() -> float:
    """Seconds for a hundred squares."""
    return seconds(lambda: [[n * n for n in range(100)] for _ in range(2000)]) / 2000


def session(steps: int, spec: WorkflowSpec = SPEC) -> list[e.Record]:
    """A run of five records a step, with 1 KB results; every third turn makes two calls."""
    records = [
        e.Record(1, None, AT, "live", e.RunStarted(spec)),
        e.Record(2, 1, AT, "live", e.UserSaid("Go.")),
    ]
    ids = count(3)

    def add(event: e.Event) -> int:
        record_id = next(ids)
        records.append(e.Record(record_id, record_id - 1, AT, "live", event))
        return record_id

    for step in range(steps):
        even = step % 2 == 0
        tool = "count" if even else "load"
        add(e.ModelCalled(f"{step:032x}", "[workflow]\nstate: counting\nnext: go on"))
        use = {"type": "tool_use", "id": "same", "name": tool, "input": {"step": step}}
        add(e.ModelReplied({"content": [use], "stop_reason": "tool_use", "usage": {}}))
        ref = e.CallRef(records[-1].id, 0)
        add(e.ToolStarted(ref, tool))
        cause = add(e.ToolReturned(ref, {"left": steps - step, "pad": "x" * 1000}, ms=1.0))
        add(e.Transitioned("importing" if even else "counting", int(not even), cause))
    return records


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("result.left", 0.4),
        ("result.left > 0", 4),
        ("result.left > 0 and not context.done or state in ['a', 'b']", 6),
    ],
)
def test_a_guard_is_decided_quickly(text: str, most: float) -> None:
    evaluate = compile_expression(text)
    names = {"result": {"left": 3, "pad": ["x" * 100] * 100}, "context": {}, "state": "b"}
    taken = seconds(lambda: [evaluate(names) for _ in range(1000)]) / 1000
    assert taken / unit() < most


def test_the_size_of_the_data_is_not_part_of_a_guard() -> None:
    evaluate = compile_expression("result.left > 0 and len(result.rows) > 1")
    small, large = ({"result": {"left": 1, "rows": [{"n": [1]}] * n}} for n in (10, 10_000))
    assert seconds(lambda: [evaluate(large) for _ in range(300)]) < 3 * seconds(
        lambda: [evaluate(small) for _ in range(300)]
    )


def test_a_record_is_folded_quickly_however_long_the_path() -> None:
    long = session(5000)
    short = long[:2502]
    folded = fold_path(long)
    assert isinstance(folded, Snapshot)
    assert (folded.tool_calls, folded.turn) == (5000, 5000)
    assert "broken not saved" in folded.problems[-1]
    for_long = seconds(lambda: fold_path(long), times=2) / len(long)
    for_short = seconds(lambda: fold_path(short), times=4) / len(short)
    assert for_long / for_short < 1.7
    assert for_long / unit() < 5


@pytest.mark.parametrize("calls", [4, 12])
def test_results_that_come_back_in_any_order_cost_the_same_late_in_a_run(calls: int) -> None:
    spec = WorkflowSpec("free", tools=(ToolSpec("a"), ToolSpec("b", after=("a",))))
    uses = [{"type": "tool_use", "id": str(n), "name": "a", "input": {}} for n in range(calls)]
    turn = {"content": uses, "stop_reason": "tool_use"}

    def run(s: Snapshot, turns: int) -> Snapshot:
        for at in range(s.at + 1, s.at + 1 + turns * (calls + 2), calls + 2):
            s = fold(s, e.Record(at, at - 1, AT, "live", e.ModelCalled("d")))
            s = fold(s, e.Record(at + 1, at, AT, "live", e.ModelReplied(turn)))
            for index in reversed(range(calls)):
                returned = e.ToolReturned(e.CallRef(at + 1, index), index)
                record_id = at + 1 + calls - index
                s = fold(s, e.Record(record_id, record_id - 1, AT, "live", returned))
        return s

    first = fold(None, e.Record(1, None, AT, "live", e.RunStarted(spec)))
    late = run(first, 1200)
    assert late.tool_calls == 1200 * calls
    assert not late.problems
    early = run(first, 10)
    for_late = seconds(lambda: run(late, 20))
    assert for_late / seconds(lambda: run(early, 20)) < 2


def grown(records: int, branches: int) -> tuple[Tree, list[int]]:
    """A long main branch with others along it, and the ids of their tips."""
    tree = Tree()
    for record in session(records // 5)[:records]:
        tree.add(record)
    tips = []
    for branch in range(branches):
        at = 2 + branch * (records - 3) // branches
        for _ in range(3):
            record = e.Record(tree.last_id + 1, at, AT, "edited", e.UserSaid("Else."))
            tree.add(record)
            at = record.id
        tips.append(at)
    return tree, tips


def test_branches_are_asked_for_thirty_times_a_second() -> None:
    small, small_tips = grown(500, 50)
    large, large_tips = grown(25_000, 50)
    assert len(large.branches()) == 51

    def frame(tree: Tree, tips: list[int]) -> None:
        """What a screen asks after a record was added."""
        tree.add(e.Record(tree.last_id + 1, tips[-1], AT, "live", e.UserSaid("More.")))
        tips[-1] = tree.last_id
        assert tree.branches()[-1].tip == tips[-1]
        for tip in tips:
            assert tree.branch_of(tip) is not None
            assert tree.is_ancestor(2, tip)
            tree.tip_from(2)

    def second(tree: Tree, tips: list[int]) -> None:
        for _ in range(30):
            frame(tree, tips)

    for_large = seconds(lambda: second(large, large_tips), times=3)
    for_small = seconds(lambda: second(small, small_tips), times=3)
    assert for_large / for_small < 2
    assert for_large / 30 / unit() < 400


def test_a_step_at_the_tip_and_a_step_back_fold_little() -> None:
    tree = Tree()
    records = session(2000)
    for record in records:
        tree.add(record)
    tree.snapshot_at(records[-1].id)
    back = records[-200:-100]
    taken = seconds(lambda: [tree.snapshot_at(record.id) for record in reversed(back)], times=1)
    # At most 64 records each; a cold fold of all would be 150 times that.
    assert taken / len(back) / unit() < 400
