"""Given a path, expect which thinking the API may refuse when it is sent again."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.core.given import Given, call, workflow
from tooltrace.core.decide.thinking_binding import UnboundThinking, unbound
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import Transition

FLOW = workflow(
    Transition(("look",), "one", "two"), Transition(("act",), "two", "done"), system="Be kind."
)
THOUGHT = {"type": "thinking", "thinking": "hm", "signature": "s"}


def thought(**more: Any) -> Given:
    """A turn that was thought about, in which a tool was called."""
    given = Given(FLOW).user("Go.")
    given.replies(THOUGHT, call("look"))
    reply = given.tree[given.head or 0].event
    assert isinstance(reply, e.ModelReplied)
    given.back_to(given.tree[given.head or 0].parent or 0)
    return given.append(replace(reply, **more)).returns("look", "seen")


def path(given: Given) -> list[e.Record]:
    assert given.head is not None
    return given.tree.path(given.head)


def test_nothing_was_changed() -> None:
    given = thought().moves("two").replies({**THOUGHT, "signature": "t"}, call("act"))
    assert unbound(path(given.returns("act", 1).moves("done"))) == []
    assert unbound(path(Given(FLOW).user("Go."))) == []
    assert unbound([]) == []


def test_editing_the_latest_result_is_safe() -> None:
    given = thought()
    result = given.head
    assert result is not None
    changed = given.tree[result].event
    given.back_to(result - 1).append(replace(changed, content="other"), "edited")
    assert unbound(path(given.moves("two"))) == []


@pytest.mark.parametrize("kept", [1, 2])
def test_an_older_result_was_changed_and_what_came_after_was_kept(kept: int) -> None:
    given = thought().moves("two")
    begun = given.head
    assert begun is not None
    for number in range(kept):
        given.replies({**THOUGHT, "signature": str(number)}, call("act")).returns("act", number)
    later = path(given)[-4 * kept :]
    result = begun - 1
    given.back_to(result - 1).append(e.ToolReturned(e.CallRef(5, 0), "other"), "edited")
    given.append(given.tree[begun].event)
    assert unbound(path(given)) == []
    replies: list[int] = []
    for record in later:
        event = record.event
        if isinstance(event, e.ToolStarted | e.ToolReturned):
            event = replace(event, call=e.CallRef(replies[-1], 0))
        given.append(event)
        if isinstance(event, e.ModelReplied):
            replies.append(given.head or 0)
    why = "the conversation before it was changed"
    assert unbound(path(given)) == [UnboundThinking(reply, why) for reply in replies]


def test_the_system_prompt_was_changed() -> None:
    given = thought().append(e.WorkflowChanged(replace(FLOW, system="Be quick.")))
    reply = path(given)[3].id
    assert unbound(path(given)) == [
        UnboundThinking(reply, "the system prompt or the tools were changed")
    ]
    given.append(e.WorkflowChanged(FLOW))
    assert unbound(path(given)) == []


def test_a_state_in_the_system_prompt_moves_on() -> None:
    given = thought(placement="system")
    given.moves("two")
    assert [found.why for found in unbound(path(given))] == [
        "the state stands in the system prompt, and moved on"
    ]


def test_a_reply_that_is_not_sent_again_does_not_count() -> None:
    given = Given(FLOW).user("Go.").replies(THOUGHT, "Half", stop="max_tokens")
    assert unbound(path(given.append(e.WorkflowChanged(replace(FLOW, system="Quick."))))) == []
