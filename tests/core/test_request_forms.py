"""The form of a run's requests: what is told in which, and what a form nobody knows means."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from tests.core.given import AT, Given, call, reply, workflow
from tests.core.tables import LINEAR
from tooltrace.core.decide.next_action import AwaitUser, model_called, request_at
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadCommand, BadSession
from tooltrace.core.model.messages import Request
from tooltrace.core.model.request_forms import FORM, as_text
from tooltrace.core.model.workflow import ContextField, Transition
from tooltrace.debugger.replay.check import check_session
from tooltrace.debugger.replay.start import ReplayParts, begin_replay
from tooltrace.debugger.session.session import Session
from tooltrace.models.anthropic.request_body import body

VALUE = {
    "größe": "北京 😀 👩‍👧",
    "half": "\ud83d",
    "line": "a\u2028b\x85",
    "n": 2**70,
    "zero": -0.0,
}
ASCII = (
    '{"gr\\u00f6\\u00dfe":"\\u5317\\u4eac \\ud83d\\ude00 \\ud83d\\udc69\\u200d\\ud83d\\udc67",'
    '"half":"\\ud83d","line":"a\\u2028b\\u0085","n":1180591620717411303424,"zero":-0.0}'
)
UTF8 = (
    '{"größe":"北京 😀 👩‍👧","half":"\\ud83d","line":"a\\u2028b\\u0085",'
    '"n":1180591620717411303424,"zero":-0.0}'
)


@pytest.mark.parametrize(("form", "text"), [(1, ASCII), (2, UTF8)])
def test_values_as_the_model_reads_them(form: int, text: str) -> None:
    assert as_text(VALUE, form) == text
    assert as_text("größe\x85", form) == "größe\x85"


@pytest.mark.parametrize(("form", "text"), [(1, ASCII), (2, UTF8)])
def test_a_result_and_the_state_prompt_have_the_form_of_the_run(form: int, text: str) -> None:
    spec = workflow(
        Transition(("look",), "a", "b", save={"city": "result"}), context=(ContextField("city"),)
    )
    given = Given(spec, form=form).user("Go.").replies(call("look")).returns("look", VALUE)
    given.moves("b").asks()
    s = given.snapshot
    made = body(request_at(s), model="m")
    result, prompt = made["messages"][-1]["content"]
    assert result["content"] == text
    shown = text if len(text) <= 240 else f"{text[:239]}…"
    assert f"  city: {shown}\n" in prompt["text"]
    assert s.form == request_at(s).form == form


def test_the_first_form_adds_nothing_to_a_file_or_a_digest() -> None:
    assert "form" not in to_builtins(e.RunStarted(LINEAR))
    assert to_builtins(e.RunStarted(LINEAR, form=FORM))["form"] == FORM
    assert Request.opening(LINEAR) == Request.opening(LINEAR, 1) != Request.opening(LINEAR, FORM)


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ({"input": [1]}, "the input of tool call look is not an object"),
        ({"name": None}, "content block 0 (tool_use) has no name"),
    ],
)
def test_a_reply_that_is_none_runs_nothing_but_where_it_did(block: Any, why: str) -> None:
    came = reply({**call("look"), **block})
    now, then = (Given(workflow(), form=form).user("Go.").asks() for form in (FORM, 1))
    now.append(e.ModelReplied(came))
    assert now.snapshot.calls == ()
    assert isinstance(now.action, AwaitUser)
    assert now.action.why == "incomplete" and why in now.action.text
    then.append(e.ModelReplied(came))
    assert len(then.snapshot.calls) == 1
    # Asking again forgets it.
    assert len(request_at(now.asks().snapshot).messages) == 1


@pytest.mark.parametrize("form", [0, -1, FORM + 1, 10**30])
def test_a_form_that_is_not_known_makes_no_request(form: int) -> None:
    given = Given(workflow(), form=form).user("Go.")
    assert given.action == AwaitUser(
        "odd", f"its requests are in form {form}, which this version does not know: "
        "upgrade tooltrace",
    )  # fmt: skip
    for stands in (given.asks(), given.append(e.ModelFailed("busy", 529))):
        assert isinstance(stands.action, AwaitUser) and stands.action.why == "odd"
    assert given.snapshot.problems[0].startswith(f"#1: its requests are in form {form},")
    assert model_called(given.snapshot).digest
    session = Session(lambda: AT)
    session.append(e.RunStarted(workflow(), form=form), "live")
    session.append(e.UserSaid("Go."), "live")
    with pytest.raises(BadSession, match="upgrade tooltrace"):
        asyncio.run(check_session(session, lambda: AT))
    with pytest.raises(BadCommand, match="upgrade tooltrace"):
        begin_replay(session, True, ReplayParts())


def test_a_replay_keeps_the_form() -> None:
    given = Given(workflow(), form=FORM).user("Go.").replies("Gut.").finishes()
    session = Session(lambda: AT)
    for record in given.tree.records.values():
        session.append(record.event, record.source)
    begin_replay(session, True, ReplayParts(workflow=replace(workflow(), system="Anders.")))
    again = session.tree[session.head].event
    assert isinstance(again, e.RunStarted)
    assert (again.form, again.workflow.system) == (FORM, "Anders.")
