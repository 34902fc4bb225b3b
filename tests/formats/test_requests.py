"""``messages`` and ``chat``: JSON that the two APIs take as it is, of every recording there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.formats.branches import RECORDINGS, branches_of, made, replied, text, turn, use
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadExport
from tooltrace.formats import BranchData
from tooltrace.formats.registry import export, exporter
from tooltrace.models.anthropic.request_check import problems

SAID = e.UserSaid("Look at it.")


def exported(branch: BranchData, to: str) -> dict[str, Any]:
    found = json.loads(b"".join(export(branch, exporter(to))))
    assert isinstance(found, dict)
    return found


def assert_chat(body: dict[str, Any]) -> None:
    """What Chat Completions wants of a conversation: every call answered, right after it, once."""
    names = {tool["function"]["name"] for tool in body.get("tools", ())}
    assert all(len(name) <= 64 for name in names)
    seen: set[str] = set()
    waiting: set[str] = set()
    for message in body["messages"]:
        if message["role"] == "tool":
            waiting.remove(message["tool_call_id"])
            assert isinstance(message["content"], str)
            continue
        assert not waiting
        assert message["role"] in ("system", "user", "assistant")
        assert message["content"] or message.get("tool_calls")
        for call in message.get("tool_calls", ()):
            assert call["type"] == "function"
            assert len(call["id"]) <= 40
            assert call["id"] not in seen
            assert isinstance(json.loads(call["function"]["arguments"]), dict)
            waiting.add(call["id"])
        seen |= waiting
    assert not waiting


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_every_branch_of_every_recording_can_be_sent_to_both(file: Path) -> None:
    done = 0
    for branch in branches_of(file):
        if branch.request is None:
            continue
        body = exported(branch, "messages")
        assert problems(body) == []
        assert body["messages"][-1]["role"] != "assistant"
        assert_chat(exported(branch, "chat"))
        done += 1
    assert done


def test_an_id_that_came_twice_is_two_ids() -> None:
    branch = made(
        SAID,
        *turn(3, "one", calls=[use({}, ident="call_a")]),
        *turn(7, "two", calls=[use({}, ident="call_a")]),
    )
    chat = exported(branch, "chat")
    assert_chat(chat)
    results = [m["content"] for m in chat["messages"] if m["role"] == "tool"]
    assert results == ["one", "two"]


def test_ids_and_names_that_are_too_long_for_chat_stay_apart() -> None:
    long = "look_" + "x" * 100
    calls = [use({}, long, f"toolu_{'y' * 60}_{n}") for n in range(2)]
    branch = made(SAID, *turn(3, "one", "two", calls=calls), tool=long)
    chat = exported(branch, "chat")
    assert_chat(chat)
    called = chat["messages"][1]["tool_calls"][0]["function"]["name"]
    assert called == chat["tools"][0]["function"]["name"]


def test_arguments_are_a_string_of_exact_json() -> None:
    given = {"n": 2**80, "name": "Zoë \u202e", "deep": [[[{}]]]}
    branch = made(SAID, *turn(3, "one", calls=[use(given)]))
    function = exported(branch, "chat")["messages"][1]["tool_calls"][0]["function"]
    assert json.loads(function["arguments"]) == given
    sent = exported(branch, "messages")["messages"][1]["content"][0]
    assert sent["input"] == given


def test_a_failed_call_says_so_in_chat() -> None:
    ref = e.CallRef(4, 0)
    events = [SAID, e.ModelCalled("d"), replied(use({})), e.ToolStarted(ref, "look")]
    branch = made(*events, e.ToolReturned(ref, "no such order", is_error=True))
    assert exported(branch, "chat")["messages"][-1]["content"] == "Error: no such order"
    assert exported(branch, "messages")["messages"][-1]["content"][0]["is_error"] is True


def test_the_last_words_are_in_chat_and_not_in_a_request_that_would_be_refused() -> None:
    done = [e.ModelCalled("d"), replied(text("All done."), stop="end_turn")]
    branch = made(SAID, *turn(3, "one"), *done, e.RunFinished("completed"))
    last = exported(branch, "chat")["messages"][-1]
    assert last == {"role": "assistant", "content": "All done."}
    assert exported(branch, "messages")["messages"][-1]["role"] == "user"


def test_calls_without_results_yet_leave_the_last_request() -> None:
    branch = made(SAID, e.ModelCalled("d"), replied(text("I look."), use({})))
    for to in ("messages", "chat"):
        assert [m["role"] for m in exported(branch, to)["messages"]] == ["user"]


@pytest.mark.parametrize("end", [e.RunFinished("failed", "critical"), e.RunFinished("limit")])
def test_the_results_after_which_a_run_ended_are_there(end: e.Event) -> None:
    branch = made(SAID, *turn(3, "one", "two"), end)
    sent = exported(branch, "messages")["messages"][-1]["content"]
    assert [block["content"] for block in sent] == ["one", "two"]
    chat = exported(branch, "chat")
    assert_chat(chat)
    assert [m["content"] for m in chat["messages"][-2:]] == ["one", "two"]


def test_a_reply_that_says_nothing_is_no_message() -> None:
    done = [e.ModelCalled("d"), replied(text(" "), stop="end_turn")]
    branch = made(SAID, *done)
    assert [m["role"] for m in exported(branch, "chat")["messages"]] == ["user"]


def test_thinking_is_left_out_of_chat_and_what_it_does_not_know_stays_as_text() -> None:
    thinking = {"type": "thinking", "thinking": "hm", "signature": "s"}
    server = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
    done = [e.ModelCalled("d"), replied(thinking, server, text("Found."), stop="end_turn")]
    last = exported(made(SAID, *done), "chat")["messages"][-1]
    assert "hm" not in json.dumps(last)
    assert "web_search" in last["content"]
    assert last["content"].endswith("\n\nFound.")


def test_another_model_stands_in_the_request_if_a_person_names_one() -> None:
    branch = made(SAID, *turn(3, "one"))
    other = BranchData.of(branch._tree, branch.records[-1].id, model="claude-sonnet-4-5")
    assert exported(other, "messages")["model"] == "claude-sonnet-4-5"
    assert exported(other, "chat")["model"] == "claude-sonnet-4-5"


@pytest.mark.parametrize("to", ["messages", "chat"])
def test_a_branch_that_never_asked_is_refused(to: str) -> None:
    with pytest.raises(BadExport, match="needs the request of a branch, and main has none"):
        list(export(made(), exporter(to)))


@pytest.mark.parametrize("to", ["messages", "chat"])
def test_what_no_api_would_take_is_refused_with_the_reason(to: str) -> None:
    branch = made(SAID, *turn(3, "one", calls=[use("no object")]), form=1)
    with pytest.raises(BadExport, match="is not an object"):
        list(export(branch, exporter(to)))
