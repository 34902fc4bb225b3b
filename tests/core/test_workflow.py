"""Workflow states: which transition is due after which result, and what it saves."""

from __future__ import annotations

import pytest

from tests.core.given import Given, call, workflow
from tests.core.tables import BRANCHING, JOIN, LINEAR, LOOP, prompt
from tooltrace.core.decide.next_action import (
    AwaitUser,
    CallModel,
    ChangeState,
    Finish,
    RunTools,
    refusal,
)
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import AT_ONCE, ContextField, ToolSpec, Transition


def test_linear() -> None:
    given = Given(LINEAR).user("Go.")
    assert given.state == "fetching"
    given.step("fetch", {"total": 59.9}, id="1001")
    assert given.action == ChangeState("crediting", 0, given.head)
    given.moves("crediting")
    assert given.snapshot.context == {"order": {"total": 59.9}, "total": 59.9}
    assert given.snapshot.saved_by == {"order": "fetch", "total": "fetch"}
    mailed = given.step("credit", "ok").moves("mailing").step("mail", "sent")
    assert mailed.moves("done").action == CallModel()
    assert given.replies("It is credited.").action == Finish("completed")
    assert [visit.state for visit in given.snapshot.visits] == [
        *("fetching", "crediting", "mailing", "done")
    ]


def test_the_model_is_told_where_it_stands() -> None:
    given = Given(LINEAR).user("Go.").step("fetch", {"total": 5}).moves("crediting")
    assert prompt(given) == (
        "[workflow]\nstate: crediting\nfinished: fetch\ndata:\n"
        '  order: {"total":5}\n  total: 5\nnext: allowed tools: credit'
    )
    given.replies(call("credit")).fails("credit", "no\nmoney")
    assert "finished: fetch → credit failed" in prompt(given)


@pytest.mark.parametrize(
    ("score", "to"), [(710, "approved"), (650, "referred"), (3, "declined"), (-1, "declined")]
)
def test_branching_takes_the_first_row_whose_guard_holds(score: int, to: str) -> None:
    given = Given(BRANCHING).user("Go.").step("check", {"score": score}).moves(to)
    assert given.state == to
    tool = given.snapshot.workflow.state(to).tools[0]  # type: ignore[union-attr]
    given.step(tool, "ok").moves("done").replies("Done.")
    assert given.action == Finish("completed")


def test_an_edited_result_leads_another_way() -> None:
    given = Given(BRANCHING).user("Go.").replies(call("check")).starts("check")
    fork = given.head
    given.returns("check", {"score": 710}).moves("approved")
    assert fork is not None
    ref = given.back_to(fork).snapshot.calls[0].ref
    given.append(e.ToolReturned(ref, {"score": 3}), "edited").moves("declined")
    assert given.state == "declined"


def test_a_guard_that_cannot_be_decided_asks_a_person() -> None:
    given = Given(BRANCHING).user("Go.").step("check", {"score": "high"})
    assert isinstance(given.action, AwaitUser)
    assert given.action.why == "guard"
    assert given.action.call == given.snapshot.calls[0].ref
    assert "approved" in given.action.text
    assert given.forces("referred").action == CallModel()


def test_a_join_waits_for_all_of_its_tools() -> None:
    given = Given(JOIN).user("Go.").replies(call("a"), call("b"))
    given.returns("a", 1).returns("b", 2)
    assert given.action == CallModel()
    given.step("c", 3)
    given.moves("drafting")
    assert given.snapshot.context["all"] == {"a": 1, "b": 2, "c": 3}
    assert given.snapshot.here == {}


def test_a_join_in_one_turn() -> None:
    given = Given(JOIN).user("Go.").replies(call("c"), call("a"), call("b"))
    given.returns("c", 3).returns("b", 2).returns("a", 1).moves("drafting")
    assert list(given.snapshot.context["all"]) == ["a", "b", "c"]


def test_an_error_row_of_several_tools_is_taken_when_one_of_them_fails() -> None:
    given = Given(JOIN).user("Go.").replies(call("a"), call("b"), call("c"))
    given.returns("a", 1).fails("b").returns("c", 3).moves("failed").replies("Sorry.")
    assert given.action == Finish("failed")


def test_a_failed_result_does_not_count_for_a_join() -> None:
    spec = workflow(Transition(("a", "b"), "reading", "done"))
    given = Given(spec).user("Go.").replies(call("a"), call("b")).returns("a", 1).fails("b")
    assert given.action == CallModel()
    assert given.step("b", 2).moves("done").state == "done"


def test_looping_saves_without_changing_state() -> None:
    given = Given(LOOP).user("Go.").step("count", {"left": 20}).moves("importing")
    visits = len(given.snapshot.visits)
    given.step("load", {"more": True, "loaded": 10}).moves("importing")
    assert given.snapshot.context == {"left": 20, "loaded": 10}
    assert given.snapshot.idle == 0
    assert len(given.snapshot.visits) == visits
    given.step("load", {"more": False}).moves("counting")
    given.step("count", {"left": 0}).moves("done").replies("Done.")
    assert given.action == Finish("completed")


def test_a_self_transition_that_saves_nothing_new_is_no_progress() -> None:
    given = Given(LOOP).user("Go.").step("count", {"left": 20}).moves("importing")
    for idle in (0, 1, 2):
        given.step("load", {"more": True, "loaded": 10}).moves("importing")
        assert given.snapshot.idle == idle


def test_a_save_that_has_no_value_is_named_and_the_others_are_made() -> None:
    row = Transition(("count",), "counting", "done", save={"half": "result.n / 0", "n": "result.n"})
    spec = workflow(row, context=(ContextField("half"), ContextField("n")))
    given = Given(spec).user("Go.").step("count", {"n": 4}).moves("done")
    assert given.snapshot.context == {"half": None, "n": 4}
    assert given.snapshot.saved_by == {"n": "count"}
    assert "half not saved" in given.snapshot.problems[0]


# Rows that need no result


def test_an_at_once_row_is_taken_as_soon_as_its_guard_holds() -> None:
    spec = workflow(
        Transition((AT_ONCE,), "waiting", "rich", when="context.n > 3", save={"why": "'enough'"}),
        Transition(("count",), "waiting", "waiting", save={"n": "result"}),
        Transition(("spend",), "rich", "done"),
        context=(ContextField("n"), ContextField("why")),
    )
    given = Given(spec).user("Go.")
    assert given.action == CallModel()  # context.n is null: it does not hold yet
    given.step("count", 2).moves("waiting")
    assert given.action == CallModel()
    given.replies(call("count"), call("spend")).returns("count", 5).returns("spend")
    assert given.moves("waiting").action == ChangeState("rich", 0, None)
    given.moves("rich")
    assert given.snapshot.context["why"] == "enough"
    assert given.snapshot.saved_by["why"] == ""


def test_an_at_once_row_is_not_caused_by_a_call_that_still_waits() -> None:
    spec = workflow(
        Transition((AT_ONCE,), "begin", "second", save={"seen": "args"}),
        Transition(("look",), "second", "done"),
        context=(ContextField("seen"),),
    )
    given = Given(spec).user("Go.").replies(call("look", secret=1)).moves("second")
    assert given.snapshot.context == {"seen": None}


def test_at_once_rows_in_a_circle_are_stuck_and_not_endless() -> None:
    spec = workflow(Transition((AT_ONCE,), "a", "b"), Transition((AT_ONCE,), "b", "a"), end="a")
    given = Given(spec).user("Go.")
    for _ in range(20):
        if not isinstance(given.action, ChangeState):
            break
        given.moves(given.action.to)
    assert given.action == Finish("stuck", f"transitions from {given.state} go in a circle")
    assert isinstance(given.append(e.WentOn("stuck")).action, ChangeState)


# Calls of one turn and the state they are made in


def test_calls_made_side_by_side_are_one_step_of_the_workflow() -> None:
    spec = workflow(
        Transition(("a",), "first", "second"), Transition(("b",), "first", "first"), end="second"
    )
    given = Given(spec).user("Go.").replies(call("a"), call("b")).returns("a")
    # One by one or at once, the second call of the level is made in the state of the first.
    assert isinstance(given.action, RunTools)
    assert refusal(given.snapshot, given.snapshot.calls[1]) is None
    assert given.returns("b").moves("second").action == CallModel()


def test_a_transition_comes_between_levels() -> None:
    tools = (ToolSpec("b", after=("a",)),)
    spec = workflow(
        Transition(("a",), "first", "second"), Transition(("b",), "second", "done"), tools=tools
    )
    given = Given(spec).user("Go.").replies(call("b"), call("a")).returns("a").moves("second")
    assert isinstance(given.action, RunTools)
    given.returns("b").moves("done")


def test_results_cause_transitions_in_call_order() -> None:
    spec = workflow(
        Transition(("a",), "first", "second"),
        Transition(("b",), "second", "third"),
        Transition(("c",), "third", "done"),
    )
    given = Given(spec).user("Go.").replies(call("a"), call("b"), call("c"))
    given.starts("a").starts("b").starts("c").returns("c").returns("b").returns("a")
    given.moves("second").moves("third").moves("done")


def test_a_result_causes_nothing_once_the_model_has_answered_it() -> None:
    spec = workflow(Transition(("a",), "first", "second"), Transition(("b",), "second", "done"))
    given = Given(spec).user("Go.").step("b", "too early")
    assert given.action == CallModel()
    given.step("a").moves("second")
    assert given.action == CallModel()
