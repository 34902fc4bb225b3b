"""What a person changes of later requests: it holds from there on, on that branch and no other."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from tests.core.given import Given, call, workflow
from tooltrace.core.decide.next_action import model_called, request_at
from tooltrace.core.decide.thinking_binding import unbound
from tooltrace.core.fold.fold import fold_path
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import text_block
from tooltrace.core.model.messages import Assistant, Results, UserText
from tooltrace.core.model.workflow import ToolSpec, Transition
from tooltrace.models.anthropic.request_body import body
from tooltrace.models.anthropic.request_check import problems

LOOK = ToolSpec("look", "Look it up.", {"properties": {"x": {"type": "integer"}}}, read_only=True)
SPEC = workflow(
    Transition(("look",), "a", "a"), Transition(("end",), "a", "done"), tools=(LOOK,), system="Be."
)


def talk(turns: int = 2) -> Given:
    """A conversation with so many finished turns, in which the model is asked next."""
    made = Given(SPEC, form=2).user("Go.")
    for turn in range(turns):
        made.replies(f"turn {turn}", call("look", f"t{turn}", x=turn)).returns("look", turn)
    return made


def sent(made: Given) -> dict[str, Any]:
    return body(request_at(made.asks().snapshot), model="m")


def text(content: str) -> list[dict[str, Any]]:
    return [text_block(content)]


def test_an_edited_system_prompt_is_sent_from_there_on_and_on_no_other_branch() -> None:
    made = talk(1)
    before, fork = made.digest, made.head
    made.append(e.SystemEdited("Be kind."), "edited")
    assert made.digest != before
    assert made.snapshot.workflow.system == "Be kind."
    assert sent(made)["system"] == "Be kind."
    made.replies("done", call("look", "t9", x=9)).returns("look", 9)
    assert sent(made)["system"] == "Be kind."
    assert fork is not None
    assert sent(made.back_to(fork))["system"] == "Be."


def test_an_edit_that_is_taken_back_leaves_the_workflow_as_it_was_defined() -> None:
    made = talk(1).append(e.SystemEdited("Be kind."), "edited")
    made.append(e.ToolEdited("look", "Only look."), "edited")
    assert made.snapshot.definition == SPEC
    made.append(e.SystemEdited(defined=True), "edited")
    assert made.snapshot.workflow.system == "Be."
    made.append(e.ToolEdited("look", defined=True), "edited")
    assert made.snapshot.workflow == SPEC
    assert made.snapshot.edits == ()
    assert made.snapshot.defined is None


def test_edits_of_one_tool_add_up_and_survive_another_definition() -> None:
    made = talk(1).append(e.ToolEdited("look", "Only look."), "edited")
    made.append(e.ToolEdited("look", schema={"properties": {}}), "edited")
    made.append(e.WorkflowChanged(workflow(*SPEC.rows, tools=(LOOK,), system="New.")))
    tool = made.snapshot.workflow.tool("look")
    assert tool is not None
    assert (tool.description, tool.schema) == ("Only look.", {"properties": {}})
    assert made.snapshot.workflow.system == "New."
    assert made.snapshot.definition.tool("look") == LOOK


def test_an_edit_of_a_tool_that_is_not_there_changes_nothing_and_is_named() -> None:
    made = talk(1)
    before = made.digest
    made.append(e.ToolEdited("gone", "?"), "edited")
    assert made.digest == before
    assert "edits a tool that is not there: gone" in made.snapshot.problems[-1]


def test_an_earlier_message_is_changed_in_its_place_and_what_follows_stays() -> None:
    made = talk(2)
    first = next(m for m in made.snapshot.messages if isinstance(m, UserText))
    before = made.digest
    made.append(e.MessageEdited(first.record, text("Stop.")), "edited")
    assert made.digest != before
    messages = sent(made)["messages"]
    assert messages[0]["content"][0]["text"] == "Stop."
    assert [m["role"] for m in messages] == ["user", "assistant", "user", "assistant", "user"]
    changed = next(m for m in made.snapshot.messages if isinstance(m, UserText))
    assert changed.edited > first.record


def test_a_result_of_an_earlier_turn_is_changed_as_content_blocks() -> None:
    made = talk(2)
    old = next(m for m in made.snapshot.messages if isinstance(m, Results)).results[0]
    made.append(e.MessageEdited(old.record, text("nothing there"), is_error=True), "edited")
    result = sent(made)["messages"][2]["content"][0]
    assert result["content"] == "nothing there"
    assert result["is_error"] is True


@pytest.mark.parametrize("kind", [Assistant, Results])
def test_taking_a_reply_or_its_result_out_takes_the_other_along(kind: type) -> None:
    made = talk(2)
    message = next(m for m in made.snapshot.messages if isinstance(m, kind))
    record = message.results[0].record if isinstance(message, Results) else message.record
    made.append(e.MessageEdited(record), "edited")
    made_body = sent(made)
    assert problems(made_body) == []
    ids = [b.get("tool_use_id") for m in made_body["messages"] for b in m["content"]]
    assert "t0" not in ids
    assert "t1" in ids
    spoken = [b for m in made_body["messages"] for b in m["content"] if b.get("text") == "turn 0"]
    assert bool(spoken) is (kind is Results)  # What a reply said beside its call stays.


@pytest.mark.parametrize("role", ["user", "assistant"])
def test_a_message_is_added_behind_any_other_and_first(role: Any) -> None:
    made = talk(1)
    said = next(m for m in made.snapshot.messages if isinstance(m, UserText)).record
    made.append(e.MessageAdded(said, role, text("By the way.")), "edited")
    blocks = [b for m in sent(made)["messages"] for b in m["content"]]
    assert [b.get("text") for b in blocks][:2] == ["Go.", "By the way."]
    made = talk(1).append(e.MessageAdded(0, role, text("First.")), "edited")
    assert sent(made)["messages"][0]["content"][0]["text"] == "First."


def test_what_was_added_can_be_edited_and_taken_out_again() -> None:
    made = talk(1)
    whole = [m.key() for m in made.request]
    made.append(e.MessageAdded(0, "user", text("First.")), "edited")
    added = made.head
    assert added is not None
    made.append(e.MessageEdited(added, text("Else.")), "edited")
    assert made.request[0].key() == ["user", text("Else.")]
    made.append(e.MessageEdited(added), "edited")
    assert [m.key() for m in made.request] == whole


@anything(st.integers(0, 2**32), st.integers(1, 5))
def test_whatever_is_edited_the_fold_is_total_and_the_conversation_can_be_sent_or_says_why(
    seed: int, turns: int
) -> None:
    chance, made = random.Random(seed), talk(turns)
    for _ in range(chance.randint(1, 6)):
        records = [chance.randint(0, (made.head or 0) + 2) for _ in range(2)]
        made.append(
            chance.choice(
                [
                    e.MessageEdited(records[0], text("x") if chance.random() < 0.5 else None),
                    e.MessageAdded(records[1], chance.choice(["user", "assistant"]), text("y")),
                    e.SystemEdited("Be kind.", defined=chance.random() < 0.3),
                    e.ToolEdited("look", "Only look.", defined=chance.random() < 0.3),
                ]
            ),
            "edited",
        )
    s = made.snapshot
    assert 0 <= s.before[1] <= s.before[0] <= len(s.messages)
    assert 0 <= s.told <= len(s.messages)
    assert s == fold_path(made.tree.path(s.at))
    assert model_called(s).digest == made.digest
    answered = sent(made)["messages"]
    made.replies("ok", call("look", "last", x=0)).returns("look", 0)
    # What went out once goes out again in front of what is new, or the cache is lost.
    assert sent(made)["messages"][: len(answered) - 1] == answered[:-1]


def test_thinking_behind_an_edit_is_named_and_thinking_in_front_of_it_is_not() -> None:
    def thought(turn: int) -> dict[str, Any]:
        return {"type": "thinking", "thinking": f"{turn}", "signature": "s"}

    made = Given(SPEC, form=2).user("Go.")
    for turn in range(3):
        made.replies(thought(turn), call("look", f"t{turn}", x=turn)).returns("look", turn)
    assert made.head is not None
    assert unbound(made.tree.path(made.head)) == []
    replies = [m.record for m in made.snapshot.messages if isinstance(m, Assistant)]
    results = [m for m in made.snapshot.messages if isinstance(m, Results)]
    made.append(e.MessageEdited(results[0].results[0].record, text("other")), "edited")
    named = [one.reply for one in unbound(made.tree.path(made.head))]
    assert named == replies[1:]
    made.append(e.SystemEdited("Be kind."), "edited")
    assert [one.reply for one in unbound(made.tree.path(made.head))] == replies


def test_what_is_put_behind_thinking_is_no_change_before_it() -> None:
    block = {"type": "thinking", "thinking": "Hm.", "signature": "s"}
    made = Given(SPEC, form=2).user("Go.")
    made.replies(block, call("look", "t", x=0)).returns("look", 0)
    assert made.head is not None
    (reply,) = (m for m in made.snapshot.messages if isinstance(m, Assistant))
    made.append(e.MessageAdded(reply.record, "assistant", text("Behind.")), "edited")
    made.append(e.MessageEdited(reply.record, [*reply.content, *text("More.")]), "edited")
    assert unbound(made.tree.path(made.head)) == []
    made.append(e.MessageEdited(reply.record, [*text("First."), *reply.content]), "edited")
    assert [one.reply for one in unbound(made.tree.path(made.head))] == [reply.record]
    for changed in (reply.content[1:], reply.content[::-1]):
        made.append(e.MessageEdited(reply.record, [*changed]), "edited")
        (named,) = unbound(made.tree.path(made.head))
        assert (named.reply, named.why) == (
            reply.record,
            "what was thought before its calls was changed",
        )
    made.append(e.MessageEdited(reply.record, [*reply.content[1:]]), "edited")
    made.replies(call("look", "t2", x=1)).returns("look", 1)
    assert unbound(made.tree.path(made.head)) == []
