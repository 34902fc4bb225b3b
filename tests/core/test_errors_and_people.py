"""Errors in the middle, a person who steps in, and a definition that changes meanwhile."""

from __future__ import annotations

import pytest

from tests.core.given import Given, call, workflow
from tests.core.tables import BRANCHING, LINEAR, LOOP, prompt
from tooltrace.core.decide.next_action import (
    AwaitUser,
    CallModel,
    ChangeState,
    Finish,
    RunTools,
    refusal,
)
from tooltrace.core.decide.transitions import legal_targets
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import ContextField, ToolSpec, Transition, WorkflowSpec

# Errors in the middle


def test_the_model_hears_of_an_error_and_may_try_again() -> None:
    given = Given(LINEAR).user("Go.").replies(call("fetch")).fails("fetch", "timeout")
    assert given.action == CallModel()
    given.step("fetch", {"total": 1}).moves("crediting")
    assert given.snapshot.error is None


def test_an_error_row_leads_to_where_errors_are_handled() -> None:
    spec = workflow(
        Transition(("load",), "importing", "done"),
        Transition(("load",), "importing", "skipping", error=True, save={"bad": "error"}),
        Transition(("skip",), "skipping", "importing"),
        context=(ContextField("bad"),),
    )
    given = Given(spec).user("Go.").replies(call("load")).fails("load", "row 7 is poisoned")
    given.moves("skipping")
    assert given.snapshot.context["bad"] == "row 7 is poisoned"
    given.step("skip").moves("importing").step("load").moves("done")


CRITICAL = workflow(
    Transition(("pay",), "paying", "done"),
    Transition(("look",), "paying", "paying"),
    Transition(("fix",), "failed", "done"),
    tools=(ToolSpec("pay", critical=True),),
    critical_to="failed",
)


def test_a_critical_failure_leads_to_where_the_workflow_says() -> None:
    given = Given(CRITICAL).user("Go.").replies(call("pay")).fails("pay", "declined")
    assert given.action == ChangeState("failed", None, given.head, "pay failed: declined")
    given.moves("failed")
    assert given.replies("It failed.").action == Finish("failed", "pay failed: declined")


def test_the_other_calls_of_the_level_are_finished_first() -> None:
    given = Given(CRITICAL).user("Go.").replies(call("pay"), call("look")).fails("pay", "declined")
    assert isinstance(given.action, RunTools)
    given.returns("look").moves("failed")


def test_forcing_a_transition_takes_the_error_back() -> None:
    given = Given(CRITICAL).user("Go.").replies(call("pay")).fails("pay").moves("failed")
    given.forces("paying")
    assert given.snapshot.error is None
    given.step("pay").moves("done").replies("Paid.")
    assert given.action == Finish("completed")


def test_a_call_that_is_not_allowed_here_is_refused_and_not_a_failure() -> None:
    spec = workflow(
        Transition(("look",), "looking", "paying"),
        Transition(("pay",), "paying", "done"),
        tools=(ToolSpec("pay", critical=True),),
        critical_to="failed",
    )
    given = Given(spec).user("Go.").replies(call("pay"))
    refused = given.snapshot.calls[0]
    why = refusal(given.snapshot, refused)
    assert why == "pay is not allowed in state looking; allowed: look"
    given.append(e.ToolReturned(refused.ref, why, is_error=True))
    assert given.snapshot.error is None
    assert given.action == CallModel()
    given.step("look").moves("paying")
    assert refusal(given.snapshot, refused) is None


def test_a_tool_that_does_not_exist_is_refused_by_name() -> None:
    given = Given(LINEAR).user("Go.").replies(call("rm"))
    why = refusal(given.snapshot, given.snapshot.calls[0])
    assert why == "there is no tool 'rm'; there are: fetch, credit, mail"


def test_a_free_workflow_allows_every_tool_it_has() -> None:
    given = Given(WorkflowSpec("free", tools=(ToolSpec("a"),))).user("Go.").replies(call("a"))
    assert refusal(given.snapshot, given.snapshot.calls[0]) is None


# A person steps in


def test_a_model_that_stops_too_early_waits_for_the_person() -> None:
    given = Given(LINEAR).user("Go.").replies("I would rather not.")
    assert isinstance(given.action, AwaitUser)
    assert given.action.why == "input"
    assert "fetching" in given.action.text
    assert given.user("Please.").action == CallModel()


def test_a_forced_transition_is_marked_and_settles_the_results_before_it() -> None:
    given = Given(LINEAR).user("Go.").step("fetch", {"total": 1}).forces("mailing")
    assert given.state == "mailing"
    assert given.snapshot.visits[-1].forced
    assert given.snapshot.context["order"] is None
    assert given.action == CallModel()


@pytest.mark.parametrize("to", ["mailing", "done"])
def test_a_forced_transition_makes_a_model_that_had_stopped_go_on(to: str) -> None:
    given = Given(LINEAR).user("Go.").replies("I give up.").forces(to)
    assert given.action == CallModel()
    assert f"state: {to}" in prompt(given)
    given.replies("As you wish.")
    assert isinstance(given.action, Finish if to == "done" else AwaitUser)


def test_an_edited_context_is_what_guards_and_the_model_see() -> None:
    given = Given(LINEAR).user("Go.").step("fetch", {"total": 1}).moves("crediting")
    given.append(e.ContextEdited("total", 1000), "edited")
    assert "total: 1000" in prompt(given)
    assert given.snapshot.saved_by["total"] == "you"


def test_a_state_that_does_not_exist_is_named_and_nothing_is_allowed_in_it() -> None:
    given = Given(LINEAR).user("Go.").append(e.Transitioned("nowhere"), "live")
    assert "nowhere" in given.snapshot.problems[-1]
    given.replies(call("fetch"))
    assert refusal(given.snapshot, given.snapshot.calls[0]) == (
        "fetch is not allowed in state nowhere; allowed: none"
    )
    assert isinstance(given.returns("fetch").replies("Well.").action, AwaitUser)


def test_legal_targets_are_those_of_the_table() -> None:
    assert legal_targets(Given(BRANCHING).snapshot) == ("approved", "referred", "declined")
    given = Given(LOOP).user("Go.").step("count", {"left": 1}).moves("importing")
    assert legal_targets(given.snapshot) == ("counting",)


# The definition changes


def test_going_on_under_another_definition_keeps_state_and_context() -> None:
    given = Given(LINEAR).user("Go.").step("fetch", {"total": 1}).moves("crediting")
    digest = given.digest
    table = workflow(*LINEAR.rows, context=(*LINEAR.context, ContextField("note", default="new")))
    given.append(e.WorkflowChanged(table))
    assert given.state == "crediting"
    assert given.snapshot.context["note"] == "new"
    assert given.snapshot.context["total"] == 1
    assert 'note: "new"' in prompt(given)
    assert given.digest != digest


def test_a_definition_without_the_present_state_begins_at_its_first() -> None:
    given = Given(LINEAR).user("Go.").step("fetch", {"total": 1}).moves("crediting")
    given.append(e.WorkflowChanged(BRANCHING))
    assert given.state == "checking"
    assert given.snapshot.visits[-1].state == "checking"
    given.append(e.WorkflowChanged(WorkflowSpec("free")))
    assert given.state is None


@pytest.mark.parametrize("change", ["tools", "system", "rows"])
def test_other_tools_are_another_request_and_another_table_is_not(change: str) -> None:
    free = WorkflowSpec("free", tools=(ToolSpec("look"),))
    changed = {
        "tools": WorkflowSpec("free", tools=(ToolSpec("look", "Looks."),)),
        "system": WorkflowSpec("free", system="Be brief.", tools=free.tools),
        "rows": WorkflowSpec("free", tools=free.tools, max_turns=7),
    }[change]
    given = Given(free).user("Go.").step("look", 1)
    digest = given.digest
    given.append(e.WorkflowChanged(changed))
    assert (given.digest != digest) == (change != "rows")
    expected = given.digest
    assert given.request_fails().digest == expected
    # The same definition given after the failure instead of before it.
    given = Given(free).user("Go.").step("look", 1).request_fails()
    assert given.append(e.WorkflowChanged(changed)).digest == expected


def test_a_fork_makes_a_finished_run_go_on() -> None:
    given = Given(LINEAR).user("Go.").replies("No.").finishes("failed")
    assert given.append(e.Forked("what-if")).snapshot.outcome is None


def test_a_run_inside_a_run_begins_afresh_and_is_named() -> None:
    given = Given(LINEAR).user("Go.").step("fetch", {"total": 1})
    given.append(e.RunStarted(BRANCHING))
    assert (given.state, given.snapshot.turn, len(given.snapshot.messages)) == ("checking", 0, 0)
    assert "inside run #1" in given.snapshot.problems[-1]


def test_the_world_is_the_last_one_seen() -> None:
    given = Given(LINEAR).user("Go.").replies(call("fetch"))
    ref = given.snapshot.calls[0].ref
    given.append(e.ToolReturned(ref, 1, world="w1")).moves("crediting")
    assert given.snapshot.world == "w1"
    given.append(e.WorldRestored("w0"))
    assert given.snapshot.world == "w0"
