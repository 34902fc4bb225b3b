"""A turn: the request, the reply, its calls and their results, and all that can break it."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.core.given import Given, call, reply, workflow
from tooltrace.core import events as e
from tooltrace.core.actions import AwaitUser, CallModel, Finish, RunTools, Transition
from tooltrace.core.messages import Assistant, Result, Results, StatePrompt, UserText
from tooltrace.core.prompt import state_prompt
from tooltrace.core.spec import Row, ToolSpec, WorkflowSpec

FREE = WorkflowSpec(
    "free",
    system="Be brief.",
    tools=(ToolSpec("look", read_only=True), ToolSpec("write"), ToolSpec("pay", critical=True)),
)


def free() -> Given:
    return Given(FREE).user("Go.")


def texts(given: Given) -> list[str]:
    """The request, one word for each message."""
    words = []
    for message in given.request:
        match message:
            case UserText():
                words.append(f"user:{message.text}")
            case Assistant():
                words.append(f"assistant:{message.record}")
            case Results():
                words += [f"result:{r.text}" for r in message.results]
            case StatePrompt():
                words.append("state")
    return words


def test_a_new_run_waits_for_the_person() -> None:
    assert Given(FREE).action == AwaitUser("input", "say something to begin")


def test_ask_run_ask_again_until_the_model_is_done() -> None:
    given = free()
    assert given.action == CallModel()
    given.replies("Looking.", call("look", where="here"))
    assert isinstance(given.action, RunTools)
    assert [c.tool for c in given.action.calls] == ["look"]
    given.returns("look", {"found": 3})
    assert given.action == CallModel()
    assert texts(given) == ["user:Go.", "assistant:4", 'result:{"found":3}']
    given.replies("Three.")
    assert given.action == Finish("completed")
    given.finishes()
    assert isinstance(given.action, AwaitUser)
    assert given.action.why == "finished"


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
    rows = [Row((tool,), "start", "start", save={"all": "results"}) for tool in "abc"]
    tools = tuple(ToolSpec(tool, critical=True) for tool in "abc")

    def turn(order: tuple[str, ...]) -> Given:
        given = Given(workflow(*rows, tools=tools)).user("Go.")
        given.replies(call("a"), call("b"), call("c")).starts("a").starts("b").starts("c")
        for tool in order:
            given.returns(tool, f"{tool} says", is_error=tool in failing)
        while isinstance(given.action, Transition):
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
    assert isinstance(given.action, AwaitUser)
    assert (given.action.why, given.action.call) == ("unknown_outcome", call_ref)
    assert not given.snapshot.settled
    # Made again on purpose, it is in flight again; answered by hand, the run goes on.
    given.starts("write")
    assert isinstance(given.action, AwaitUser)
    given.append(e.ToolReturned(call_ref, "it did go through"), "edited")
    assert given.action == CallModel()
    assert given.snapshot.settled


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


# Replies that cannot be relied on


@pytest.mark.parametrize(
    ("stop", "kind", "why"),
    [
        (None, "incomplete", "ended without a stop reason"),
        ("max_tokens", "incomplete", "cut at max_tokens"),
        ("model_context_window_exceeded", "incomplete", "context window is full"),
        ("refusal", "refused", "refused"),
        ("something_new", "unknown", "something_new"),
        (["tool_use"], "unknown", "unknown stop reason"),
        (7, "unknown", "unknown stop reason '7'"),
    ],
)
def test_no_tool_of_an_unreliable_reply_runs_and_asking_again_forgets_it(
    stop: object, kind: str, why: str
) -> None:
    given = free().step("look", "seen")
    before, digest = texts(given), given.digest
    given.replies("Half a", call("write"), stop=stop)
    half = given.head
    assert given.snapshot.calls == ()
    assert given.snapshot.trouble is not None
    assert given.snapshot.trouble.kind == kind
    assert isinstance(given.action, AwaitUser)
    assert given.action.why == "incomplete"
    assert why in given.action.text
    assert (texts(given), given.digest) == (before, digest)
    given.replies("Whole.")
    assert given.snapshot.trouble is None
    assert given.action == Finish("completed")
    replies = [m.record for m in given.snapshot.messages if isinstance(m, Assistant)]
    assert replies == [4, given.head]
    assert half not in replies


def test_a_failed_request_leaves_no_trace_in_the_next() -> None:
    given = free().step("look", "seen")
    before, digest = texts(given), given.digest
    given.request_fails("overloaded").request_fails("overloaded again")
    assert given.action == AwaitUser("model_failed", "overloaded again")
    assert (texts(given), given.digest) == (before, digest)
    assert given.replies("Yes.").action == Finish("completed")


def test_a_request_that_was_cut_off_is_made_again() -> None:
    given = free().step("look", "seen")
    before, digest = texts(given), given.digest
    given.asks()
    assert given.action == CallModel()
    assert not given.snapshot.settled
    assert (texts(given), given.digest) == (before, digest)


def test_saying_something_after_a_failed_request_is_said_instead() -> None:
    given = free().step("look", "seen").request_fails().user("Never mind.")
    assert texts(given)[2:] == ["result:seen", "user:Never mind."]
    assert given.action == CallModel()


@pytest.mark.parametrize("stop", ["tool_use", "max_tokens"])
def test_replies_without_a_recorded_request_lose_nothing(stop: str) -> None:
    given = free()
    given.append(e.ModelReplied(reply("Hm.", call("look"))), "imported")
    given.returns("look", "seen")
    given.append(e.ModelReplied(reply("Half.", call("write"), stop=stop)), "imported")
    if stop == "tool_use":
        given.returns("write", "written")
    given.user("And now?")
    kept = ["assistant:6", "result:written"] if stop == "tool_use" else []
    assert texts(given) == ["user:Go.", "assistant:3", "result:seen", *kept, "user:And now?"]


def test_a_failure_without_a_recorded_request_loses_nothing() -> None:
    given = free().step("look", "seen")
    before = texts(given)
    given.append(e.ModelFailed("no network"))
    assert texts(given) == before
    assert texts(given.user("Hello?")) == [*before, "user:Hello?"]


def test_a_paused_turn_goes_back_as_it_is() -> None:
    given = Given(workflow(Row(("look",), "start", "done"))).user("Go.")
    given.replies("Still searching", stop="pause_turn")
    assert given.action == CallModel()
    assert texts(given) == ["user:Go.", "state", "assistant:4"]
    given.request_fails().replies("Half", stop="max_tokens")
    assert texts(given) == ["user:Go.", "state", "assistant:4"]
    given.replies("Found.")
    assert texts(given)[2:] == ["assistant:4", f"assistant:{given.head}", "state"]


def test_blocks_that_are_no_blocks_are_left_out() -> None:
    given = free().asks()
    given.append(
        e.ModelReplied({"content": ["text", None, call("look")], "stop_reason": "end_turn"})
    )
    assert [c.tool for c in given.snapshot.calls] == ["look"]
    given.user("?").asks().append(e.ModelReplied({"content": {"a": 1}, "stop_reason": "end_turn"}))
    assert given.action == Finish("completed")
    given.user("?").asks().append(
        e.ModelReplied({"content": [{"type": "tool_use", "id": 7}], "stop_reason": "tool_use"})
    )
    assert (given.snapshot.calls[0].tool, given.snapshot.calls[0].tool_use_id) == ("", "")


def test_results_that_are_not_text_are_json_for_the_model() -> None:
    assert Result(1, "look", "a", "as it is", False).text == "as it is"
    assert Result(1, "look", "a", {"n": 2**70, "s": "\ud800"}, False).text == (
        '{"n":1180591620717411303424,"s":"\\ud800"}'
    )


# Limits


def test_turns_are_limited_until_a_person_grants_more() -> None:
    given = Given(FREE, e.Settings(max_turns=2)).user("Go.").step("look", 1).step("look", 2)
    assert given.action == Finish("limit", "2 model turns, and 2 are allowed")
    given.finishes("limit").append(e.WentOn("limit", turns=1))
    assert given.action == CallModel()
    assert given.step("look", 3).action == Finish("limit", "3 model turns, and 3 are allowed")


def test_a_run_that_answers_in_its_last_turn_is_complete() -> None:
    given = Given(FREE, e.Settings(max_turns=1)).user("Go.").replies("Done.")
    assert given.action == Finish("completed")
