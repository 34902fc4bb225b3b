"""Captions of what a person changed, and of what a replay met."""

from __future__ import annotations

from tests.core.free import free
from tests.core.given import Given, call, reply
from tests.core.test_caption import REFUND, at_check, at_pay, happened, then
from tooltrace.core.model import events as e
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.core.model.workflow import WorkflowSpec


def test_a_result_that_a_person_wrote() -> None:
    given = at_check().replies(call("check")).starts("check")
    ref = given.snapshot.calls[0].ref
    given.append(e.ToolReturned(ref, {"eligible": False}), "edited")
    assert happened(given) == "A person wrote the result of check: eligible = false."
    assert then(given) == "Because not result.eligible, failed is next."


def test_a_stub_says_that_nothing_ran() -> None:
    given = at_pay().replies(call("pay"))
    ref = given.snapshot.calls[0].ref
    given.append(e.ToolReturned(ref, {"credit_id": 2}), "edited")
    assert happened(given) == (
        "A person wrote the result of pay, which did not run: credit_id = 2."
    )


def test_a_fault_of_a_tool() -> None:
    given = at_pay().replies(call("pay"))
    ref = given.snapshot.calls[0].ref
    given.append(e.ToolReturned(ref, "Timeout: no result", True, abandoned=True), "injected")
    assert happened(given) == (
        "A fault that a person set stood in for pay, which did not run: the error Timeout: no "
        "result. Its time was up: it may still act."
    )


def test_replies_that_a_person_wrote_or_a_fault_gave() -> None:
    given = free().asks().append(e.ModelReplied(reply("so")), "edited")
    assert happened(given) == "A person wrote the model's reply: The model answered “so”."
    given = free().asks().append(e.ModelReplied(reply(stop="refusal")), "injected")
    assert happened(given) == (
        "A fault that a person set stood in for the reply: The model's reply cannot be used: "
        "the model refused."
    )


def test_a_forced_state_and_its_reason() -> None:
    given = at_pay().forces("failed")
    assert happened(given) == "A person forced the workflow from paying to failed: because."
    assert then(given) == "The model is asked next: failed is an end, so it only says how it went."


def test_a_value_of_the_context() -> None:
    given = at_pay().append(e.ContextEdited("tries", 1), "edited")
    assert happened(given) == "A person changed the context: tries from 0 to 1."


def test_settings() -> None:
    given = free()
    given.append(e.SettingsChanged(e.Settings(max_tokens=99, token_budget=5)))
    assert happened(given) == (
        "A person changed the tokens of a reply from 4096 to 99 and the tokens in all from unset "
        "to 5."
    )
    given.append(e.SettingsChanged(e.Settings(request=RequestSettings(effort="low"))))
    assert "the settings of requests" in happened(given)
    given.append(e.SettingsChanged(given.snapshot.settings))
    assert happened(given) == "A person left the settings of the run as they were."


def test_another_definition() -> None:
    given = at_pay().append(e.WorkflowChanged(REFUND, "shop.py:refund"))
    assert happened(given) == (
        "The run went on under another definition of given from shop.py:refund."
    )
    given = at_pay().append(e.WorkflowChanged(WorkflowSpec("other", states=REFUND.states[:1])))
    assert happened(given) == "The run went on under another definition of other."
    spec = WorkflowSpec("other", states=REFUND.states[:1], initial="fetching")
    given = at_pay().append(e.WorkflowChanged(spec))
    assert happened(given).endswith("of other, now in state fetching.")


def test_the_system_prompt() -> None:
    given = free().append(e.SystemEdited("Be long."), "edited")
    assert happened(given) == "A person changed the system prompt: “Be long”."
    given.append(e.SystemEdited(), "edited")
    assert happened(given) == "A person changed the system prompt to nothing."
    given.append(e.SystemEdited(defined=True), "edited")
    assert happened(given) == "A person put the system prompt back to what the workflow says."


def test_what_the_model_is_told_of_a_tool() -> None:
    given = free().append(e.ToolEdited("look", "See.", {"type": "object"}), "edited")
    assert happened(given) == (
        "A person changed the description and the arguments' schema of look."
    )
    given.append(e.ToolEdited("look", defined=True), "edited")
    assert happened(given) == "The model is told of look what the workflow says again."
    given.append(e.ToolEdited("fly", "Up."), "edited")
    assert happened(given) == "A record edits the tool fly, which is not there: ignored."


def test_messages_of_the_conversation() -> None:
    given = free()
    said = given.at
    given.append(e.MessageEdited(said, [{"type": "text", "text": "Stop."}]), "edited")
    assert happened(given) == f"A person changed message #{said} to “Stop”."
    given.append(e.MessageAdded(said, "user", [{"type": "text", "text": "Now."}]), "edited")
    assert happened(given) == f"A person added a user's message behind #{said}: “Now”."
    given.append(e.MessageEdited(said), "edited")
    assert happened(given) == f"A person took message #{said} out of the conversation."
    given.append(e.MessageEdited(77), "edited")
    assert happened(given) == (
        "A record edits message #77, which is not in the conversation: ignored."
    )
    given.append(e.MessageAdded(77, "assistant", []), "edited")
    assert happened(given) == "A record adds a message behind #77, which is not there: ignored."


def test_a_message_before_all_others() -> None:
    given = free().append(e.MessageAdded(0, "assistant", [{"type": "text", "text": "Hm"}]))
    assert happened(given) == "A person added a model's message before all others: “Hm”."


def diverged(event: e.Diverged) -> Given:
    return free().append(event)


def test_what_a_replay_met() -> None:
    given = diverged(e.Diverged("tool result", "total", 5, 6))
    assert happened(given) == "The replay met another tool result: total was 5 and is 6."
    assert then(given) == "A person says whether the replay goes on past it."
    given.append(e.DivergenceAccepted())
    assert happened(given) == (
        "A person accepted the difference in total and let the replay go on."
    )


def test_a_side_that_has_nothing_and_values_that_look_alike() -> None:
    gone = e.Diverged("tool result", "total", 5, missing="now")
    assert happened(diverged(gone)) == "The replay met another tool result: total is missing now."
    new = e.Diverged("tool result", "total", now=5, missing="recorded")
    assert happened(diverged(new)).endswith("total was not recorded.")
    alike = e.Diverged("tool result", "rows", {"a": 1}, {"a": 2})
    assert happened(diverged(alike)) == "The replay met another tool result: rows differs."
