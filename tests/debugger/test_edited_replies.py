"""Editing what the model replied: its words, its calls, their arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill, pair
from tests.events import event_of
from tooltrace.core.decide.next_action import RunTools
from tooltrace.core.model import events as e


def test_edited_arguments_are_those_the_call_is_made_with(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    ref = s.to_call("pay")
    s.done("edit.arguments", ref, {"amount": 1})
    (open_call,) = s.snapshot.calls
    assert (open_call.arguments, open_call.status) == ({"amount": 1}, "waiting")
    assert s.session.tree[s.head].source == "edited"
    s.steps(1)
    assert [a for t, a, _ in Ran(tmp_path).all if t == "pay"] == [{"amount": 1}]
    assert s.snapshot.calls[0].content == {"paid": 1}
    for bad in (7, None, [1]):
        assert s.do("edit.arguments", open_call.ref, bad).kind == "error"
    assert s.do("edit.arguments", e.CallRef(open_call.ref.reply, 5), {}).kind == "error"
    assert s.do("edit.arguments", e.CallRef(999, 0), {}).kind == "error"


def test_edited_arguments_keep_the_results_of_the_other_calls(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path))
    s.do("turn")
    s.do("turn")
    reply = next(r.id for r in s.path if isinstance(r.event, e.ModelReplied))
    s.done("goto", s.last(e.ToolReturned))
    s.done("edit.arguments", e.CallRef(reply, 0), {"changed": 1})
    calls = {c.tool: (c.status, c.arguments) for c in s.snapshot.calls}
    assert calls == {"right": ("waiting", {"changed": 1}), "left": ("returned", {})}
    assert {c.ref.reply for c in s.snapshot.calls} == {s.last(e.ModelReplied)}
    assert len(Ran(tmp_path).all) == 2


@pytest.mark.parametrize(("place", "kept"), [(0, 0), (1, 2), (2, 4)])
def test_an_edit_of_the_words_of_a_reply_keeps_the_turn_up_to_here(
    sit: Sit, tmp_path: Path, place: int, kept: int
) -> None:
    s = sit(pair(tmp_path))
    s.steps(1 + place)
    reply = s.last(e.ModelReplied)
    body = s.reply(reply)
    words = {"type": "text", "text": "Both, I say."}
    s.done("edit.reply", reply, {**body, "content": [words, *body["content"][1:]]})
    after = s.path[s.path.index(s.session.tree[s.last(e.ModelReplied)]) + 1 :]
    assert len(after) == kept
    assert all(r.source == "recorded" and r.of is not None for r in after)
    assert s.said() == "Both, I say."


def test_an_edited_reply_keeps_transitions_and_their_cause(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("look")
    s.steps(2)
    before = s.snapshot
    assert s.names[-1] == "transitioned"
    reply = s.last(e.ModelReplied)
    body = s.reply(reply)
    words = {"type": "text", "text": "Let me see."}
    s.done("edit.reply", reply, {**body, "content": [words, *body["content"][1:]]})
    assert (s.snapshot.state, s.snapshot.context) == (before.state, before.context)
    moved = event_of(s.session.tree[s.head], e.Transitioned)
    assert moved.cause == s.last(e.ToolReturned)
    assert s.snapshot.problems == ()


def test_what_was_forced_stays_forced_when_it_is_repeated(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("look")
    s.steps(1)
    s.done("edit.force", "telling", "because")
    reply = s.last(e.ModelReplied)
    body = s.reply(reply)
    words = {"type": "text", "text": "Let me see."}
    s.done("edit.reply", reply, {**body, "content": [words, *body["content"][1:]]})
    assert s.session.tree[s.head].source == "forced"
    assert s.snapshot.visits[-1].forced


def test_a_reply_with_another_call_drops_what_followed(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("look")
    s.steps(2)
    reply = s.last(e.ModelReplied)
    use = {"type": "tool_use", "id": "x", "name": "look", "input": {"number": 1}}
    s.done("edit.reply", reply, {"content": [use], "stop_reason": "tool_use"})
    assert isinstance(s.view.action, RunTools) and s.snapshot.state == "looking"
    s.steps(1)
    assert s.snapshot.calls[0].content == {"amount": 5, "good": True}


def test_arguments_that_differ_only_in_type_are_another_call(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    ref = s.to_call("look")
    s.done("edit.arguments", ref, {"number": 1})
    s.steps(1)
    s.done("edit.arguments", s.snapshot.calls[0].ref, {"number": True})
    assert s.snapshot.calls[0].status == "waiting"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ([], "object"),
        ({}, "content"),
        ({"content": [1], "stop_reason": "end_turn"}, "content"),
        ({"content": [], "stop_reason": None}, "stop_reason"),
        ({"content": [], "stop_reason": "tool_use"}, "no call"),
        ({"content": [{"type": "tool_use"}], "stop_reason": "tool_use"}, "name"),
    ],
)
def test_what_is_no_reply_is_refused_and_changes_nothing(
    sit: Sit, tmp_path: Path, reply: Any, why: str
) -> None:
    s = sit(bill(tmp_path))
    s.steps(1)
    size = s.file.stat().st_size
    stop = s.do("edit.reply", s.head, reply)
    assert stop.kind == "error" and why in stop.text
    assert s.file.stat().st_size == size
    assert not s.view.can_undo
