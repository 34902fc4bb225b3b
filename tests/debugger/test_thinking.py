"""Thinking belongs to the history it was thought in: a changed one is not sent without a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.debugger.flows import bill
from tests.debugger.sitting import Sitting
from tooltrace.core.model import events as e
from tooltrace.core.model.events import ModelReplied
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import OnDelta, PortAnswer
from tooltrace.models.scripted import ScriptedModel

Sit = Callable[..., Sitting]
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "c2lnbmVk"}


class Thinking:
    """Answers as a policy does, after a thought."""

    def __init__(self, policy: Any) -> None:
        self.model = ScriptedModel(policy)
        self.asked: list[Request] = []

    def cancel(self) -> bool:
        return False

    async def ask(self, request: Request, heard: OnDelta | None = None) -> PortAnswer[ModelReplied]:
        self.asked.append(request)
        answer = (await self.model.ask(request)).event
        assert isinstance(answer, ModelReplied)
        thought = {**answer.reply, "content": [THOUGHT, *answer.reply["content"]]}
        return PortAnswer(ModelReplied(thought), "live")


def begin(sit: Sit, folder: Path) -> tuple[Sitting, Thinking]:
    flow = bill(folder)
    model = Thinking(flow.policy)
    return sit(flow, model=model, settings=e.Settings(model="claude-sonnet-5-5")), model


def test_an_edit_before_a_thought_is_named_and_the_thought_can_be_dropped(
    sit: Sit, tmp_path: Path
) -> None:
    s, model = begin(sit, tmp_path)
    s.to_call("pay")
    looked = s.last(e.ToolReturned, "look")
    thought = s.last(e.ModelReplied)
    paid = s.done("edit.answer", s.snapshot.calls[0].ref, {"paid": 1})
    assert paid.kind == "step"
    # The context decides what the model is told, so the turn after it goes on from an older edit.
    first = next(r.id for r in s.path if isinstance(r.event, e.ModelReplied))
    reply = s.reply(thought)
    s.session.append_after(looked, e.UserSaid("Wait."), "edited")
    s.session.append(e.ModelCalled("of another history"), "live")
    whole = {**reply, "content": [THOUGHT], "stop_reason": "end_turn"}
    s.session.append(e.ModelReplied(whole), "live")
    s.done("edit.say", "Go on.")
    asked = len(model.asked)
    stop = s.do("step")
    assert stop.kind == "thinking", stop
    assert "may refuse the thinking in reply #" in stop.text and first < thought
    assert len(model.asked) == asked
    assert s.do("step").kind == "thinking"
    assert s.do("send_thinking", True).kind == "step"
    assert len(model.asked) == asked + 1 and model.asked[-1].drop_bound_thinking
    assert s.snapshot.settings.drop_bound_thinking


def test_the_latest_result_may_be_edited_without_a_word(sit: Sit, tmp_path: Path) -> None:
    s, model = begin(sit, tmp_path)
    s.to_call("pay")
    s.done("edit.answer", s.snapshot.calls[0].ref, {"paid": 1})
    s.done("edit.result", s.last(e.ToolReturned, "pay"), {"paid": 2})
    assert s.do("go").kind in ("finished", "await")
    assert not any(request.drop_bound_thinking for request in model.asked)
