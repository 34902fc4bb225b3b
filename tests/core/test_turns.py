"""A turn: the request, the reply, its calls and their results."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.core.free import FREE, free, texts
from tests.core.given import Given, call, reply, workflow
from tooltrace.core.decide.next_action import AwaitUser, CallModel, ChangeState, Finish, RunTools
from tooltrace.core.decide.state_prompt import state_prompt
from tooltrace.core.model import events as e
from tooltrace.core.model.messages import Results
from tooltrace.core.model.workflow import ToolSpec, Transition, WorkflowSpec


def test_a_new_run_waits_for_the_person() -> None:
    assert Given(FREE).action == AwaitUser("input", "say something to begin")


def test_ask_run_ask_again_until_the_model_is_done() -> None:
    given = free()
    assert given.action == CallModel()
    running = given.replies("Looking.", call("look", where="here")).action
    assert isinstance(running, RunTools)
    assert [c.tool for c in running.calls] == ["look"]
    assert given.returns("look", {"found": 3}).action == CallModel()
    assert texts(given) == ["user:Go.", "assistant:4", 'result:{"found":3}']
    assert given.replies("Three.").action == Finish("completed")
    over = given.finishes().action
    assert isinstance(over, AwaitUser)
    assert over.why == "finished"


def test_a_run_that_is_over_goes_on_when_the_person_says_more() -> None:
    given = free().replies("Done.").finishes()
    given.user("And now the other one.")
    assert given.action == CallModel()
    assert texts(given) == ["user:Go.", "assistant:4", "user:And now the other one."]
    assert given.replies("Also done.").action == Finish("completed")


def test_tokens_and_time_are_summed_and_what_is_no_count_counts_nothing() -> None:
    given = free().replies("Hm.", call("look"), tokens=10).returns("look")
    odd_usage = {"input_tokens": -4, "output_tokens": "many", "cache_read_input_tokens": True}
    body = {**reply("ok"), "usage": odd_usage}
    given.asks().append(e.ModelReplied(body, ms=2.5))
    usage = given.snapshot.usage
    assert (usage.input, usage.output, usage.cache_read, usage.ms) == (10, 10, 0, 2.5)
    assert given.snapshot.tool_calls == 1


# Calls


def test_calls_of_one_turn_run_side_by_side_and_may_return_in_any_order() -> None:
    given = free().replies(call("look", "a"), call("write", "b"))
    assert isinstance(given.action, RunTools)
    assert [[c.tool for c in level] for level in given.action.levels] == [["look", "write"]]
    given.starts("look").starts("write").returns("write", "second").returns("look", "first")
    assert texts(given)[-2:] == ["result:first", "result:second"]


def test_declared_order_makes_levels_and_stays_when_one_call_is_done() -> None:
    tools = (ToolSpec("read"), ToolSpec("count"), ToolSpec("publish", after=("read", "count")))
    given = Given(WorkflowSpec("free", tools=tools)).user("Go.")
    given.replies(call("publish"), call("read"), call("count"))

    def levels() -> list[list[str]]:
        assert isinstance(given.action, RunTools)
        return [[c.tool for c in level] for level in given.action.levels]

    assert levels() == [["read", "count"], ["publish"]]
    given.returns("read")
    assert levels() == [["count"], ["publish"]]
    given.returns("count")
    assert levels() == [["publish"]]


def test_a_circle_of_declared_order_falls_back_to_call_order() -> None:
    tools = (ToolSpec("a", after=("b",)), ToolSpec("b", after=("a",)))
    given = Given(WorkflowSpec("free", tools=tools)).user("Go.").replies(call("b"), call("a"))
    assert isinstance(given.action, RunTools)
    assert [[c.tool for c in level] for level in given.action.levels] == [["b"], ["a"]]


@pytest.mark.parametrize("failing", ["", "ab"])
@pytest.mark.parametrize("order", list(permutations("abc")))
def test_whatever_order_results_come_back_in_the_next_request_is_the_same(
    order: tuple[str, ...], failing: str
) -> None:
    rows = [Transition((tool,), "start", "start", save={"all": "results"}) for tool in "abc"]
    tools = tuple(ToolSpec(tool, critical=True) for tool in "abc")

    def turn(order: tuple[str, ...]) -> Given:
        given = Given(workflow(*rows, tools=tools)).user("Go.")
        given.replies(call("a"), call("b"), call("c")).starts("a").starts("b").starts("c")
        for tool in order:
            given.returns(tool, f"{tool} says", is_error=tool in failing)
        while isinstance(given.action, ChangeState):
            given.moves("start")
        return given

    given, expected = turn(order), turn(("a", "b", "c"))
    assert state_prompt(given.snapshot) == state_prompt(expected.snapshot)
    assert given.snapshot.recent == expected.snapshot.recent
    assert given.snapshot.error == expected.snapshot.error
    assert given.digest == expected.digest


def test_two_calls_with_one_id_are_two_calls() -> None:
    given = free().replies(call("look", "same", n=1), call("write", "same", n=2))
    given.returns("write", "written").returns("look", "seen")
    results = given.request[-1]
    assert isinstance(results, Results)
    assert [(r.tool_use_id, r.content) for r in results.results] == [
        ("same", "seen"),
        ("same", "written"),
    ]


def test_an_id_that_comes_again_in_a_later_turn_is_another_call() -> None:
    given = free().step("look", 1).step("look", 2)
    assert texts(given)[-3:] == ["result:1", "assistant:8", "result:2"]
    assert given.snapshot.problems == ()


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (e.ToolReturned(e.CallRef(99, 0), "?"), "that was not made"),
        (e.ToolReturned(e.CallRef(4, 7), "?"), "that was not made"),
        (e.ToolReturned(e.CallRef(4, 0), "again"), "that had one already"),
        (e.ToolStarted(e.CallRef(4, 0), "look"), "that has its result"),
        (e.ToolStarted(e.CallRef(4, -1), "look"), "that was not made"),
    ],
)
def test_a_fact_about_no_open_call_is_named_and_changes_nothing(
    event: e.Event, problem: str
) -> None:
    given = free().step("look", "first")
    before = texts(given), given.action, given.snapshot.calls
    given.append(event)
    assert problem in given.snapshot.problems[-1]
    assert given.snapshot.problems[-1].startswith(f"#{given.head} ")
    assert (texts(given), given.action, given.snapshot.calls) == before


def test_a_call_that_never_came_back_is_for_a_person_to_settle() -> None:
    given = free().replies(call("write")).starts("write")
    call_ref = given.snapshot.calls[0].ref
    waiting = given.action
    assert isinstance(waiting, AwaitUser)
    assert (waiting.why, waiting.call) == ("unknown_outcome", call_ref)
    assert not given.snapshot.settled
    # Made again on purpose, it is in flight again; answered by hand, the run goes on.
    assert isinstance(given.starts("write").action, AwaitUser)
    settled = given.append(e.ToolReturned(call_ref, "it did go through"), "edited")
    assert settled.action == CallModel()
    assert settled.snapshot.settled


def test_a_call_that_nobody_answered_is_answered_in_the_request_only() -> None:
    given = free().replies(call("look"), call("write")).returns("look", "seen")
    given.user("Forget it.")
    assert given.snapshot.calls == ()
    assert texts(given)[2:] == [
        "result:seen",
        "result:[tooltrace] this call was never answered: it was interrupted",
        "user:Forget it.",
    ]
    assert given.action == CallModel()


def test_a_stub_needs_no_start() -> None:
    given = free().replies(call("write"))
    given.append(e.ToolReturned(given.snapshot.calls[0].ref, "typed"), "edited")
    assert given.action == CallModel()
    assert texts(given)[-1] == "result:typed"


def test_an_edited_result_is_a_sibling_and_both_ways_stay() -> None:
    given = free().replies(call("look")).starts("look")
    fork = given.head
    assert fork is not None
    given.returns("look", "seen")
    original = given.head
    edited = given.back_to(fork).append(
        e.ToolReturned(given.snapshot.calls[0].ref, "unseen"), "edited"
    )
    assert texts(edited)[-1] == "result:unseen"
    assert edited.snapshot.source == "edited"
    assert original is not None
    assert texts(given.back_to(original))[-1] == "result:seen"
    assert [branch.name for branch in given.tree.branches()] == ["main", "edit"]


# A critical tool


def test_a_critical_failure_ends_a_free_run_and_an_ordinary_one_does_not() -> None:
    given = free().replies(call("write")).fails("write").replies("Sorry.")
    assert given.action == Finish("completed")
    given = free().replies(call("pay")).fails("pay", "no money\nat all").replies("Sorry.")
    assert given.action == Finish("failed", "pay failed: no money")


def test_what_failed_before_the_run_was_over_does_not_fail_the_next_one() -> None:
    given = free().replies(call("pay")).fails("pay").replies("Sorry.").finishes("failed")
    given.user("Try again.").step("pay", "paid").replies("Paid.")
    assert given.action == Finish("completed")


# Limits


def test_turns_are_limited_until_a_person_grants_more() -> None:
    given = Given(FREE, e.Settings(max_turns=2)).user("Go.").step("look", 1).step("look", 2)
    assert given.action == Finish("limit", "2 model turns, and 2 are allowed")
    assert given.finishes("limit").append(e.WentOn("limit", turns=1)).action == CallModel()
    assert given.step("look", 3).action == Finish("limit", "3 model turns, and 3 are allowed")


def test_a_run_that_answers_in_its_last_turn_is_complete() -> None:
    given = Given(FREE, e.Settings(max_turns=1)).user("Go.").replies("Done.")
    assert given.action == Finish("completed")
