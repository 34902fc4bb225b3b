"""The numbering of steps: what counts, what belongs together, and that the fold agrees."""

from __future__ import annotations

import pytest
from hypothesis import given as holds
from hypothesis import strategies as st

from tests.core.given import Given, call
from tests.tui.view.build import REFUND, any_session, long_session, to_credit
from tooltrace.core.compare.transcript import done_on
from tooltrace.core.fold.fold import fold
from tooltrace.core.fold.steps import Steps, common, place_of
from tooltrace.core.model.events import CallRef, ToolReturned, ToolStarted
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.tui.rows.calls.call_facts import calls_of


def way_of(given: Given, tip: int | None = None) -> list[int]:
    return [record.id for record in given.tree.path(tip or given.head or 1)]


def numbers(given: Given) -> list[tuple[str, int]]:
    steps = Steps()
    way = way_of(given)
    steps.update(given.tree, way)
    return [(given.tree[at].event.name, steps.step(at)) for at in way]


def test_a_request_and_its_reply_are_one_step_and_so_are_a_call_and_its_result() -> None:
    given = Given(REFUND).user("hello").replies(call("fetch_order")).returns("fetch_order", {})
    assert numbers(given.moves("validating")) == [
        ("run_started", 0),
        ("user_said", 1),
        ("model_called", 2),
        ("model_replied", 2),
        ("tool_started", 3),
        ("tool_returned", 3),
        ("transitioned", 4),
    ]


def test_calls_that_run_side_by_side_are_one_step() -> None:
    given = Given(WorkflowSpec("free")).user("go").replies(call("a"), call("b"))
    given.starts("a").starts("b").returns("a").returns("b")
    assert [step for _, step in numbers(given)][-4:] == [3, 3, 3, 3]


def test_a_call_that_went_out_and_never_came_back_is_in_the_step_after_the_last() -> None:
    given = to_credit()
    before = numbers(given)[-1][1]
    assert numbers(given.starts("process_credit"))[-1] == ("tool_started", before + 1)


@pytest.mark.parametrize(("form", "made"), [(1, 1), (2, 0)])
def test_a_reply_that_is_no_whole_one_makes_no_call_in_any_fold(form: int, made: int) -> None:
    given = Given(REFUND, form=form).user("hello")
    use = {"type": "tool_use", "id": "a", "name": "fetch_order", "input": "no object"}
    given.replies(use, stop="tool_use")
    tip = given.head or 0
    steps = Steps.to(given.tree, tip)
    done = [step for step in done_on(given.tree, steps) if step.kind == "call"]
    assert len(given.snapshot.calls) == steps.marks[-1].calls == made
    assert len(done) == len(calls_of(given.tree, tip)) == made


@holds(any_session())
def test_settled_turn_and_state_are_those_of_the_fold(given: Given) -> None:
    steps = Steps()
    way = way_of(given)
    steps.update(given.tree, way)
    snapshot, settled = None, 0
    for place, record_id in enumerate(way):
        snapshot = fold(snapshot, given.tree[record_id])
        mark = steps.at(place)
        assert (mark.settled, mark.state) == (snapshot.settled, snapshot.state)
        assert (mark.turn, mark.workflow) == (snapshot.turn, snapshot.workflow)
        assert (mark.form, mark.calls) == (snapshot.form, len(snapshot.calls))
        settled += snapshot.settled
        assert mark.step == (settled - 1 if snapshot.settled else settled)
        assert not mark.settled or steps.ends[mark.step] == place
    assert len(steps.ends) == settled


@holds(any_session(), st.data())
def test_following_many_ways_is_the_same_as_beginning_afresh(
    given: Given, data: st.DataObject
) -> None:
    followed = Steps()
    for _ in range(5):
        way = way_of(given, data.draw(st.integers(1, given.tree.last_id)))
        followed.update(given.tree, way)
        fresh = Steps()
        fresh.update(given.tree, way)
        assert (followed.marks, followed.ends) == (fresh.marks, fresh.ends)


def test_what_is_known_is_not_looked_at_again() -> None:
    given = long_session(20)
    steps, way = Steps(), way_of(given)
    steps.update(given.tree, way[:-1])
    marks = list(steps.marks)
    assert steps.update(given.tree, way) == len(way) - 1
    assert all(a is b for a, b in zip(marks, steps.marks, strict=False))


def test_the_common_part_of_two_ways() -> None:
    assert common([1, 2, 3], [1, 2, 3, 4]) == 3
    assert common([1, 2, 3, 4], [1, 2]) == 2
    assert common([1, 2, 3, 5], [1, 2, 4, 6]) == 2
    assert common([], [1]) == 0
    assert common([9], [1, 9]) == 0


def test_a_record_that_is_not_on_the_way_counts_as_its_end() -> None:
    given = to_credit()
    assert place_of(given.tree, [1, 2, 3], 99) == 2
    assert place_of(given.tree, [1, 2, 3], 4) == 2


def test_a_result_for_no_call_at_all_is_a_step_and_changes_nothing() -> None:
    given = Given(REFUND).user("x")
    given.append(ToolStarted(CallRef(1, 0), "ghost")).append(ToolReturned(CallRef(7, 3), "boo"))
    assert [step for _, step in numbers(given)] == [0, 1, 2, 3]
