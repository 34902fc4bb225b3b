"""Captions of a run: what each record is said to have done, and why the next thing follows."""

from __future__ import annotations

from tests.core.free import FREE, free
from tests.core.given import Given, call, reply, workflow
from tooltrace.core.caption.caption import caption_at
from tooltrace.core.caption.words import plain_words
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import (
    AT_ONCE,
    ContextField,
    StateSpec,
    ToolSpec,
    Transition,
    WorkflowSpec,
)
from tooltrace.core.text.exact_json import JsonValue

REFUND = workflow(
    Transition(("fetch",), "fetching", "checking", save={"order": "result"}),
    Transition(("check",), "checking", "paying", "result.eligible", {"why": "result.why"}),
    Transition(("check",), "checking", "failed", "not result.eligible"),
    Transition(("pay",), "paying", "done", save={"credit": "result.credit_id"}),
    Transition(("pay",), "paying", "paying", "context.tries < 1", {"tries": "1"}, True),
    tools=(
        ToolSpec("fetch", read_only=True),
        ToolSpec("check", read_only=True),
        ToolSpec("pay"),
        ToolSpec("mark", idempotent=True),
    ),
    context=(*map(ContextField, ("order", "why", "credit")), ContextField("tries", default=0)),
)


def refund() -> Given:
    return Given(REFUND).user("Refund order 1001.")


def at_check() -> Given:
    return refund().step("fetch", {"id": 7, "total": 59.9}).moves("checking")


def at_pay() -> Given:
    return at_check().step("check", {"why": "in time", "eligible": True}).moves("paying")


def happened(given: Given) -> str:
    return plain_words(caption_at(given.tree, given.at).happened)


def then(given: Given) -> str:
    return plain_words(caption_at(given.tree, given.at).then)


def test_the_answer_names_what_the_guard_read_and_why_the_state_follows() -> None:
    given = at_check().step("check", {"why": "in time", "eligible": True})
    assert str(caption_at(given.tree, given.at)) == (
        "check answered eligible = true. Because result.eligible, paying is next."
    )


def test_a_run_begins() -> None:
    assert happened(Given(REFUND)) == (
        "A run of given began in state fetching; its model is scripted."
    )
    assert then(Given(REFUND)) == "The model is asked once a person has said what they want."


def test_a_person_speaks() -> None:
    assert happened(refund()) == "The person said “Refund order 1001”."
    assert then(refund()) == "The model is asked next: in fetching it may call fetch."


def test_a_message_of_nothing_and_one_of_several_lines() -> None:
    assert happened(Given(FREE).user(" ")) == "The person gave the model an empty message."
    assert happened(Given(FREE).user("Go\n\ton!")) == "The person said “Go on!”."


def test_the_model_is_asked_and_asked_again() -> None:
    assert happened(refund().asks()) == "The model scripted was asked."
    assert then(refund().asks()) == "Its reply is next."
    again = refund().request_fails().asks()
    assert happened(again) == "The model scripted was asked again, attempt 2."
    assert happened(at_check().asks()) == "The model scripted was asked for the reply of turn 2."


def test_the_model_asks_for_a_call() -> None:
    given = at_pay().replies(call("pay", order="1001", amount=59.9))
    assert happened(given) == 'The model asked for pay with order = "1001" and amount = 59.9.'
    assert then(given) == "pay is next: it writes."


def test_what_a_call_does_to_the_world_is_said_before_it_is_made() -> None:
    assert then(refund().replies(call("fetch"))) == "fetch is next: it only reads."
    spec = WorkflowSpec("free", tools=(ToolSpec("mark", idempotent=True),))
    given = Given(spec).user("go").replies(call("mark"))
    assert then(given) == "mark is next: it may safely run twice."


def test_calls_side_by_side_and_those_that_are_still_out() -> None:
    given = free().replies(call("look", a=1), call("look", a=2), call("write"))
    assert happened(given) == "The model asked for 3 calls: look a 1, look a 2 and write."
    assert then(given) == "look a 1, look a 2 and write are next, side by side: some of them write."
    for one in given.snapshot.calls:
        given.append(e.ToolStarted(one.ref, one.tool))
    given.returns("write", None)
    assert happened(given) == "write answered nothing (null)."
    assert then(given) == "look a 1 and look a 2 have not answered yet."


def test_calls_that_wait_for_others() -> None:
    spec = WorkflowSpec("free", tools=(ToolSpec("a", read_only=True), ToolSpec("b", after=("a",))))
    given = Given(spec).user("go").replies(call("a"), call("b"))
    assert then(given) == "a is next: it only reads. Others wait for them."


def test_a_call_goes_out_and_may_have_acted() -> None:
    given = at_pay().replies(call("pay", amount=5)).starts("pay")
    assert happened(given) == "pay was called with amount = 5."
    assert then(given) == "pay has not answered yet: it may have acted already."


def test_an_interrupted_call_is_made_again() -> None:
    given = at_pay().replies(call("pay")).starts("pay").starts("pay")
    assert happened(given) == "pay was called again."


def test_what_a_call_that_writes_was_given_stands_behind_its_answer() -> None:
    given = at_pay().step("pay", {"credit_id": 1}, order="1001", amount=59.9)
    assert happened(given) == (
        'pay answered credit_id = 1, given order = "1001" and amount = 59.9.'
    )
    assert then(given) == "Because pay answered, done is next."


def test_without_a_guard_the_saved_parts_are_named_and_what_was_asked_is_not_repeated() -> None:
    given = refund().step("fetch", {"id": 7, "lines": [1], "total": 5, "to": "a"}, id=7)
    assert happened(given) == 'fetch answered total = 5 and to = "a".'


def answer(content: JsonValue) -> str:
    return happened(free().step("look", content))


def test_answers_of_every_kind() -> None:
    assert answer("two\nlines") == "look answered “two lines”."
    assert answer("") == "look answered an empty text."
    assert answer(5) == "look answered 5."
    assert answer([1, 2]) == "look answered a list, [2 items]."
    assert answer([]) == "look answered an empty list."
    assert answer({}) == "look answered an empty object."
    assert answer({"a": [1]}) == "look answered an object, {1 field}."
    assert answer({"a": 1, "b": 2, "c": 3, "d": 4}) == "look answered a = 1, b = 2 and c = 3."


def test_a_call_fails() -> None:
    given = at_pay().replies(call("pay")).fails("pay", "Timeout: no result.\nTrace")
    assert happened(given) == "pay failed: Timeout: no result."
    assert then(given) == (
        "Because pay failed and context.tries < 1 (tries = 0), the workflow saves tries and "
        "stays in paying."
    )
    assert happened(given.moves("paying")) == "The workflow stayed in paying and saved tries = 1."


def test_a_guard_that_does_not_hold_is_why_the_model_is_asked() -> None:
    given = at_pay().replies(call("pay")).fails("pay").moves("paying")
    given.replies(call("pay")).fails("pay")
    assert then(given) == (
        "context.tries < 1 (tries = 1) does not hold, which would lead to paying, so the model "
        "is asked next."
    )


def test_a_guard_that_cannot_be_decided() -> None:
    spec = workflow(Transition(("look",), "a", "done", "result.n > 1"))
    given = Given(spec).user("go").step("look", {"n": "x"})
    assert then(given).startswith("The guard to done cannot be decided: 'result.n > 1' has no")


def test_a_critical_failure() -> None:
    spec = workflow(
        Transition(("pay",), "a", "done"),
        Transition(("pay",), "failed", "done"),
        tools=(ToolSpec("pay", critical=True),),
        critical_to="failed",
    )
    given = Given(spec).user("go").replies(call("pay")).fails("pay")
    assert then(given) == "Because pay failed and is critical, failed is next."
    assert happened(given.moves("failed")) == (
        "The workflow went from a to failed because pay failed: it broke."
    )


def test_a_call_that_is_not_allowed_here() -> None:
    given = refund().replies(call("pay"))
    assert then(given) == "pay is next, but it is not allowed in fetching and will not run."
    ref = given.snapshot.calls[0].ref
    given.append(e.ToolReturned(ref, "not allowed", True))
    assert happened(given) == (
        "pay was not run: pay is not allowed in state fetching; allowed: fetch."
    )
    given = refund().replies(call("rm"))
    assert then(given) == "rm is next, but there is no such tool, and the model will be told."


def test_the_workflow_moves_and_says_what_it_saved() -> None:
    given = at_pay()
    assert happened(given) == (
        'The workflow went from checking to paying and saved why = "in time".'
    )
    assert then(given) == "The model is asked next: in paying it may call pay."


def test_an_end_and_what_is_still_asked_there() -> None:
    given = at_pay().step("pay", {"credit_id": 1}).moves("done")
    assert then(given) == "The model is asked next: done is an end, so it only says how it went."
    given.replies("All paid.")
    assert happened(given) == "The model answered “All paid”."
    assert then(given) == "The run ends next: completed."
    given.finishes()
    assert happened(given) == (
        "The run completed in state done after 4 model turns and 3 tool calls."
    )
    assert then(given) == "Nothing follows: the run is over."


def test_a_row_that_needs_no_tool() -> None:
    spec = workflow(Transition((AT_ONCE,), "a", "done"))
    assert then(Given(spec)) == "a needs no tool, so done is next."


def test_a_state_without_tools_and_a_model_that_stops_in_it() -> None:
    spec = WorkflowSpec("given", states=(StateSpec("a"),), initial="a")
    given = Given(spec).user("go")
    assert then(given) == "The model is asked next: no tool is allowed in a."
    assert then(given.replies("so")) == (
        "The model stopped in a, which is no end: a person says something or forces a state."
    )


def test_limits_and_a_run_that_is_stuck() -> None:
    given = Given(FREE, e.Settings(max_turns=1)).user("go").step("look")
    assert then(given) == "The run ends next (limit): 1 model turns, and 1 are allowed."
    given.finishes("limit", "1 model turns, and 1 are allowed")
    assert happened(given) == (
        "The run ended at a limit after 1 model turn and 1 tool call: 1 model turns, and 1 are "
        "allowed."
    )
    given.append(e.WentOn("limit", 5))
    assert happened(given) == (
        "A person let the run go on past its limit with 5 turns more, up to 6."
    )
    assert happened(given.append(e.WentOn("stuck"))) == (
        "A person let the run go on although it was stuck."
    )


def test_replies_that_cannot_be_gone_on_with() -> None:
    given = free().replies("half", stop="max_tokens")
    assert happened(given) == ("The model's reply cannot be used: the reply was cut at max_tokens.")
    assert then(given) == "No tool of it will run: a person asks again or writes the reply."
    assert happened(free().replies(stop="pause_turn")) == "The model paused its turn."
    assert then(free().replies(stop="pause_turn")) == "The model goes on with its turn next."
    assert happened(free().replies()) == "The model said nothing."


def test_requests_without_a_reply() -> None:
    given = free().request_fails("The API is overloaded.")
    assert happened(given) == "The model gave no reply: The API is overloaded."
    assert then(given) == "The same request may fail again: a person decides."
    failed = e.ModelFailed("529", retryable=True, retry_after=2)
    given = free().asks().append(failed, "injected")
    assert happened(given) == "A fault that a person set: The model gave no reply: 529."
    assert then(given) == "The same request may succeed in 2 s."
    given = free().asks().append(e.ModelFailed("cut", kind="incomplete", retryable=True))
    assert happened(given) == "The model's reply broke off: cut."
    given = free().asks().append(e.ModelFailed("by you", retryable=True, kind="cancelled"))
    assert happened(given) == "The request to the model was cut off: by you."
    assert then(given) == "The same request may succeed later."


def test_a_fork_and_a_world_that_was_put_back() -> None:
    given = free().append(e.Forked("what-if"))
    assert happened(given) == "The branch what-if began here."
    given.append(e.WorldRestored("0123456789abcdef"))
    assert happened(given) == (
        "What the tools act on was put back as it was in snapshot 0123456789ab."
    )


def test_records_that_fit_nothing() -> None:
    given = free().append(e.ToolReturned(e.CallRef(9, 0)))
    assert happened(given) == (
        "A record says that call #9.0 gave a result, but no such call was open: ignored."
    )
    given = free().append(e.ToolStarted(e.CallRef(9, 0), "look"))
    assert "call #9.0 began" in happened(given)
    given = free().append(e.Unknown("dreamt", problem=""))
    assert happened(given) == ("The record dreamt was skipped: this version does not know it.")


def test_a_replayed_record_says_so() -> None:
    given = free().asks().append(e.ModelReplied(reply("so")), "recorded")
    assert happened(given) == "Replayed: The model answered “so”."
