"""What the guards of the current state say, as soon as they have what they speak of."""

from __future__ import annotations

from tests.core.given import Given, workflow
from tooltrace.core.graph.guards_now import GuardNow, guards_now
from tooltrace.core.graph.machine import machine_of
from tooltrace.core.model.workflow import Transition
from tooltrace.workflows.refund import refund


def said(given: Given) -> dict[str | None, GuardNow]:
    s = given.snapshot
    return {key[3]: guard for key, guard in guards_now(s, machine_of(s.workflow)).items()}


def test_a_guard_over_a_result_is_silent_until_there_is_one() -> None:
    spec = workflow(
        Transition(("look",), "looking", "done", "result.found and result.count > 2"),
        Transition(("look",), "looking", "failed", "not result.found"),
    )
    given = Given(spec).user("x")
    assert said(given) == {}
    given.step("look", {"found": True, "count": 3})
    assert said(given) == {
        "result.found and result.count > 2": GuardNow(
            True, (("result.found", True), ("result.count", 3))
        ),
        "not result.found": GuardNow(False, (("result.found", True),)),
    }


def test_a_guard_over_the_context_is_told_before_any_call() -> None:
    given = Given(refund.spec).user("x").forces("sending_email")
    assert said(given) == {
        "context.email_failures < 1": GuardNow(True, (("context.email_failures", 0),)),
        "context.email_failures >= 1": GuardNow(False, (("context.email_failures", 0),)),
    }


def test_a_guard_that_cannot_be_decided_says_the_values_alone() -> None:
    spec = workflow(
        Transition(("look",), "looking", "done", "result.count > 2"),
        Transition(("look",), "looking", "failed", "result.count <= 2"),
    )
    given = Given(spec).user("x").step("look", {"count": "many"})
    assert said(given)["result.count > 2"] == GuardNow(None, (("result.count", "many"),))
