"""Replies that cannot be relied on, and requests that came to nothing."""

from __future__ import annotations

import pytest

from tests.core.free import free, texts
from tests.core.given import Given, call, reply, workflow
from tooltrace.core.decide.next_action import AwaitUser, CallModel, Finish
from tooltrace.core.fold.stop_reasons import trouble_of
from tooltrace.core.model import events as e
from tooltrace.core.model.messages import Assistant, Result
from tooltrace.core.model.workflow import Transition


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
    whole = given.replies("Whole.")
    assert whole.snapshot.trouble is None
    assert whole.action == Finish("completed")
    replies = [m.record for m in given.snapshot.messages if isinstance(m, Assistant)]
    assert replies == [4, given.head]
    assert half not in replies


@pytest.mark.parametrize(
    ("details", "why"),
    [
        (None, "the model refused"),
        ("odd", "the model refused"),
        ({"category": None, "explanation": None}, "the model refused"),
        ({"category": "cyber"}, "the model refused because it could help a cyber attack"),
        (
            {"category": "bio", "explanation": "About toxins.\nMore."},
            "the model refused because it could help biological harm: About toxins",
        ),
        ({"category": "new_one"}, "the model refused (new_one)"),
        ({"category": ["x"], "explanation": "No."}, "the model refused: No"),
    ],
)
def test_a_refusal_says_what_it_is_about(details: object, why: str) -> None:
    trouble = trouble_of({"stop_reason": "refusal", "stop_details": details})
    assert trouble is not None
    assert (trouble.kind, trouble.why) == ("refused", why)


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
    given = Given(workflow(Transition(("look",), "start", "done"))).user("Go.")
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
