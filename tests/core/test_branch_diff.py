"""Two ways side by side: nothing is found where nothing differs, and every change where it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given as holds
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.given import Given, call
from tests.recorded.test_sessions import FILES, opened
from tests.timing import within
from tests.tui.view.build import REFUND, any_session, long_session
from tooltrace.core.compare.branch_diff import MOST_FIELDS, ComparedStep, Comparison, compare
from tooltrace.core.fold.steps import Steps
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import WorkflowSpec

TREES = {path.stem.removeprefix("demo-"): opened(path).tree for path in FILES}
FREE = WorkflowSpec("free")


def differing(found: Comparison) -> list[ComparedStep]:
    return [row for row in found.rows if row.verdict != "same"]


def again(tree: Tree, tip: int, **other: e.Event) -> Tree:
    """The way to a tip as a session of its own; its ids, times and costs differ."""
    copy, before = Tree(), None
    new: dict[int, int] = {}
    for record in tree.path(tip):
        new[record.id] = len(new) + 101
        event = other.get(f"r{record.id}", record.event)
        match event:
            case e.ModelReplied():
                event = replace(event, ms=event.ms + 1, request_id="r", raw="{}", first_ms=3)
            case e.ModelCalled():
                event = replace(event, digest="0" * 32)
            case e.ToolStarted():
                event = replace(event, call=moved(event.call, new), key="k")
            case e.ToolReturned():
                event = replace(event, call=moved(event.call, new), ms=9e3, world="w")
            case e.Transitioned(cause=int(cause)):
                event = replace(event, cause=new.get(cause, cause))
            case _:
                pass
        at = f"2030-01-01T00:00:{len(new) % 60:02}.000Z"
        copy.add(e.Record(new[record.id], before, at, "recorded", event))
        before = new[record.id]
    return copy


def moved(ref: e.CallRef, new: dict[int, int]) -> e.CallRef:
    return e.CallRef(new.get(ref.reply, ref.reply), ref.index)


# the same


@holds(any_session())
@settings(max_examples=25)
def test_a_branch_and_itself_do_not_differ(given: Given) -> None:
    tip = given.head or 1
    for other, other_tip in ((given.tree, tip), (copy := again(given.tree, tip), copy.last_id)):
        found = compare(given.tree, tip, other, other_tip)
        assert found.equal
        assert differing(found) == []
        assert replace(found.left, usage=found.right.usage) == found.right


@pytest.mark.parametrize("name", sorted(TREES))
def test_a_recording_and_its_repetition_do_not_differ(name: str) -> None:
    tree = TREES[name]
    for branch in tree.branches():
        copy = again(tree, branch.tip)
        found = compare(tree, branch.tip, copy, copy.last_id)
        assert found.equal
        assert found.counts["same"] == len(found.rows) > 5
        steps = Steps()
        steps.update(tree, [record.id for record in tree.path(branch.tip)])
        assert found.left.steps == steps.total
        for row in found.rows:
            assert row.left and row.left.step == steps.step(row.left.record)


def test_a_fork_that_went_the_same_way_does_not_differ() -> None:
    given = Given(FREE).user("go").replies("done").finishes()
    main, start = given.head, 2
    given.back_to(start).append(e.Forked("again")).replies("done").finishes()
    assert main and given.head
    assert compare(given.tree, main, given.tree, given.head).equal


# from either side


@holds(any_session(), any_session())
@settings(max_examples=15)
def test_swapping_the_sides_swaps_what_is_only_here(one: Given, other: Given) -> None:
    a, b = one.head or 1, other.head or 1
    there = compare(one.tree, a, other.tree, b)
    back = compare(other.tree, b, one.tree, a)
    assert [row.left for row in there.rows if row.left] == [r.right for r in back.rows if r.right]
    assert there.counts == {
        **back.counts,
        "left": back.counts["right"],
        "right": back.counts["left"],
    }
    pairs = {(r.left.record, r.right.record, r.verdict) for r in there.rows if r.left and r.right}
    mirrored = {(r.right.record, r.left.record, r.verdict) for r in back.rows if r.left and r.right}
    assert pairs == mirrored


# one thing changed


def leaves(value: Any, path: str) -> Iterator[tuple[str, list[Any]]]:
    """Every place in a value that can be changed: how it is written, and how to get there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in inner:
        where = f"{path}.{key}" if isinstance(value, dict) else f"{path}[{key}]"
        where = where.removeprefix(".")
        if isinstance(item, dict | list) and item:
            yield from ((name, [key, *keys]) for name, keys in leaves(item, where))
        else:
            yield where, [key]


def planted(record: e.Record) -> Iterator[tuple[e.Event, int, str, Any, Any]]:
    """Every way to change one thing about a record: event, record to find it at, field, values."""
    event = record.event
    match event:
        case e.UserSaid():
            yield replace(event, text="other"), record.id, "text", event.text, "other"
        case e.RunFinished():
            yield replace(event, why="other"), record.id, "why", event.why, "other"
            yield replace(event, outcome="limit"), record.id, "outcome", event.outcome, "limit"
        case e.Transitioned():
            yield replace(event, reason="other"), record.id, "reason", event.reason, "other"
        case e.ToolReturned():
            error = not event.is_error
            yield replace(event, is_error=error), record.id, "is_error", event.is_error, error
            yield replace(event, output="other"), record.id, "output", event.output, "other"
            for path, keys in leaves({"result": event.content}, ""):
                changed = {"result": deepcopy(event.content)}
                was = put(changed, keys, "other")
                yield replace(event, content=changed["result"]), record.id, path, was, "other"
        case e.RunStarted():
            settings = replace(event.settings, model="other")
            yield replace(event, settings=settings), record.id, "settings.model", ..., "other"
            workflow = replace(event.workflow, system="other")
            was = event.workflow.system or None
            yield replace(event, workflow=workflow), record.id, "workflow.system", was, "other"
        case e.ModelReplied():
            for index, block in enumerate(event.reply["content"]):
                if block["type"] == "text":
                    changed = deepcopy(event.reply)
                    was = put(changed, ["content", index, "text"], "other")
                    yield replace(event, reply=changed), record.id, "text", was, "other"
        case _:
            pass


def put(value: Any, keys: list[Any], new: Any) -> Any:
    for key in keys[:-1]:
        value = value[key]
    was, value[keys[-1]] = value[keys[-1]], new
    return was


@pytest.mark.parametrize("name", sorted(TREES))
@holds(data=st.data())
@settings(max_examples=6, deadline=None)
def test_every_planted_change_is_found_at_its_step_and_field(
    name: str, data: st.DataObject
) -> None:
    tree = TREES[name]
    branch = data.draw(st.sampled_from(tree.branches()))
    way = tree.path(branch.tip)
    record = data.draw(st.sampled_from([r for r in way if any(planted(r))]))
    event, at, field, old, new = data.draw(st.sampled_from(list(planted(record))))
    copy = again(tree, branch.tip, **{f"r{record.id}": event})
    [row] = differing(compare(tree, branch.tip, copy, copy.last_id))
    assert row.verdict == "changed" and row.left and row.right
    steps = Steps()
    steps.update(tree, [r.id for r in way])
    assert (row.left.record, row.left.step) == (at, steps.step(at))
    assert row.right.record == 101 + tree.depth(at)
    [(path, was, now)] = row.fields
    assert (path, now) == (field, new)
    assert old is ... or was == old


def test_changed_arguments_are_a_change_of_the_call() -> None:
    ways = [Given(FREE).user("go").step("pay", "ok", amount=n).replies("done") for n in (5, 6)]
    [row] = differing(both(*ways))
    assert (row.either.kind, row.either.name, row.either.step) == ("call", "pay", 3)
    assert row.fields == (("arguments.amount", 5, 6),)


def both(left: Given, right: Given) -> Comparison:
    assert left.head and right.head
    return compare(left.tree, left.head, right.tree, right.head)


def test_what_python_holds_for_equal_and_json_does_not() -> None:
    for one, other in ((1, 1.0), ({"a": None}, {}), (True, 1), ([0], [False])):
        left, right = (Given(FREE).user("go").step("t", {"v": v}) for v in (one, other))
        [row] = differing(both(left, right))
        assert row.verdict == "changed"
        assert row.fields[0][0].startswith("result")


def test_fields_are_bounded_and_deep_values_are_compared() -> None:
    deep: Any = 1
    for _ in range(190):
        deep = [deep]
    left, right = (
        Given(FREE).user("go").step("t", {"deep": [deep, n], "many": [n] * 500}) for n in (1, 2)
    )
    [row] = differing(both(left, right))
    assert row.fields[0] == ("result.deep[1]", 1, 2)
    assert (len(row.fields), row.more) == (MOST_FIELDS, True)


# what only one side did


def test_steps_in_between_are_only_here() -> None:
    left = Given(FREE).user("go").step("a", 1).step("b", 2).replies("done").finishes()
    right = Given(FREE).user("go").step("a", 1).step("x", 9).step("b", 2).replies("done").finishes()
    found = both(left, right)
    assert [(row.verdict, row.either.kind, row.either.name) for row in differing(found)] == [
        ("right", "reply", "x"),
        ("right", "call", "x"),
    ]
    assert (found.left.calls, found.right.calls) == ({"a": 1, "b": 1}, {"a": 1, "b": 1, "x": 1})


def test_an_edited_result_and_what_came_of_it() -> None:
    tree = TREES["refund-edited"]
    main, late, _ = tree.branches()
    found = compare(tree, main.tip, tree, late.tip)
    rows = differing(found)
    assert [name for name, _, _ in rows[0].fields] == [
        "result.eligible",
        "result.reason",
        "result.days",
    ]
    assert rows[0].left and rows[0].right
    assert (rows[0].left.record, rows[0].right.record) == (12, 27)
    assert (rows[0].left.source, rows[0].right.source) == ("live", "edited")
    assert [row.either.name for row in rows if row.verdict == "right"] == ["failed"]
    calls = [row.either.name for row in rows if row.verdict == "left" and row.either.call]
    assert calls == ["process_credit", "send_email"]
    assert rows[-1].fields == (("outcome", "completed", "failed"),)
    assert found.left.states[-1] == "complete" and found.right.states[-1] == "failed"
    assert (found.left.steps, found.right.steps) == (16, 10)


def test_calls_side_by_side_stand_in_the_order_in_which_they_were_asked_for() -> None:
    def ran(*back: str) -> Given:
        given = Given(FREE).user("go").replies(call("a"), call("b"), call("c"))
        for tool in "abc":
            given.starts(tool)
        for tool in back:
            given.returns(tool, tool)
        return given

    assert both(ran("a", "b", "c"), ran("c", "a", "b")).equal
    rows = differing(both(ran("a", "b", "c"), ran("b")))
    assert [(row.either.name, row.fields[-1]) for row in rows] == [
        ("a", ("status", "returned", "started")),
        ("c", ("status", "returned", "started")),
    ]


def test_a_call_that_is_waiting_is_there_and_was_not_made() -> None:
    waiting = Given(REFUND).user("hi").replies(call("fetch_order", order_id="1"))
    found = both(waiting, waiting)
    assert [row.either.kind for row in found.rows][-2:] == ["reply", "call"]
    assert found.rows[-1].either.content == {"arguments": {"order_id": "1"}, "status": "waiting"}
    assert found.left.calls == {}


def test_a_reply_that_broke_off_is_compared_whole() -> None:
    left, right = (
        Given(FREE).user("go").replies(call("t", n=n), stop="max_tokens") for n in (1, 2)
    )
    [row] = differing(both(left, right))
    assert row.fields == (("blocks[0].input.n", 1, 2),)


def test_five_thousand_steps_by_five_thousand_in_less_than_a_second() -> None:
    left, right = long_session(1_667), again((given := long_session(1_667)).tree, given.head or 1)
    assert left.head
    with within(1, time.process_time):
        found = compare(left.tree, left.head, right, right.last_id)
    assert len(found.rows) > 5_000 and found.equal
