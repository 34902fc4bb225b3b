"""A model call that fails is made again where that may help: visibly, and only so often."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.debugger.flows import bill
from tests.debugger.sitting import WAIT, Sitting
from tooltrace.core.model import events as e
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import Delta, ModelAnswer, OnDelta, PortAnswer
from tooltrace.debugger.run.retry import LONGEST, delay
from tooltrace.models.scripted import ScriptedModel

Sit = Callable[..., Sitting]


def busy(after: float | None = None) -> ModelFailed:
    return ModelFailed("The API is overloaded", status=529, retryable=True, retry_after=after)


class Rehearsed:
    """Fails as it was told to, then answers as the policy does; a reply comes in two pieces."""

    def __init__(self, policy: Any, *failures: ModelFailed) -> None:
        self.model = ScriptedModel(policy)
        self.failures = list(failures)
        self.asked: list[Request] = []
        self.heard = threading.Event()
        self.cut: asyncio.Future[None] | None = None
        self.waits = False

    async def ask(self, request: Request, heard: OnDelta | None = None) -> PortAnswer[ModelAnswer]:
        self.asked.append(request)
        if self.failures:
            return PortAnswer(self.failures.pop(0), "live")
        if heard is not None:
            heard(Delta(0, "text", "I'll "))
            heard(Delta(0, "text", "see."))
        if self.waits:
            self.cut = asyncio.get_running_loop().create_future()
            self.heard.set()
            await self.cut
            gone = ModelFailed("cut off by you", kind="cancelled", raw="I'll see.")
            return PortAnswer(gone, "live")
        answer = await self.model.ask(request)
        assert isinstance(answer.event, ModelReplied)
        return answer

    def cancel(self) -> bool:
        if self.cut is None or self.cut.done():
            return False
        self.cut.set_result(None)
        return True


@pytest.fixture
def rehearse(sit: Sit, tmp_path: Path) -> Callable[..., tuple[Sitting, Rehearsed]]:
    def make(*failures: ModelFailed) -> tuple[Sitting, Rehearsed]:
        flow = bill(tmp_path)
        assert flow.policy is not None
        model = Rehearsed(flow.policy, *failures)
        return sit(flow, model=model), model

    return make


Rehearse = Callable[..., tuple[Sitting, Rehearsed]]


def test_what_may_pass_is_asked_again_and_each_attempt_is_a_fact(rehearse: Rehearse) -> None:
    s, model = rehearse(busy(0.0), busy(0.0))
    s.done("turn")
    calls = [r.event for r in s.path if isinstance(r.event, e.ModelCalled)]
    assert [call.attempt for call in calls] == [1, 2, 3]
    assert len({call.digest for call in calls}) == 1
    assert len(model.asked) == 3
    assert s.names.count("model_failed") == 2
    assert s.view.retry is None and s.view.snapshot.turn == 1


def test_what_cannot_pass_waits_for_a_person(rehearse: Rehearse) -> None:
    s, model = rehearse(ModelFailed("The API key was refused", status=401))
    stop = s.do("go")
    assert stop.kind == "await" and "key was refused" in stop.text
    assert len(model.asked) == 1
    assert s.do("step").kind == "step"  # A person says that it is worth another try.
    assert s.view.snapshot.turn == 1


def test_there_is_an_end_to_it(rehearse: Rehearse) -> None:
    s, model = rehearse(*[busy(0.0)] * 20)
    assert s.do("go").kind == "await"
    assert len(model.asked) == e.Settings().attempts


def test_the_wait_is_seen_and_cut_short(rehearse: Rehearse) -> None:
    s, model = rehearse(busy(1000.0))
    going = s.debugger.submit.turn()
    wait = until(lambda: s.debugger.view().retry)
    assert (wait.attempt, wait.most, wait.why) == (2, 5, "The API is overloaded")
    assert 0 < wait.until - time.monotonic() <= LONGEST
    s.debugger.ask_now()
    assert going.result(WAIT).kind == "step"
    assert len(model.asked) == 2


def test_the_wait_is_stopped(rehearse: Rehearse) -> None:
    s, model = rehearse(busy(1000.0))
    going = s.debugger.submit.go()
    until(lambda: s.debugger.view().retry)
    s.debugger.pause()
    stop = going.result(WAIT)
    assert stop.kind in ("await", "paused")
    assert len(model.asked) == 1 and s.view.retry is None
    assert s.view.saved == s.head


def test_an_incomplete_reply_is_never_asked_for_again_by_itself(rehearse: Rehearse) -> None:
    cut = ModelFailed("the stream was cut", kind="incomplete", retryable=True, raw="data: {")
    s, model = rehearse(cut)
    stop = s.do("go")
    assert stop.kind == "await" and "no tool of it will run" in stop.text
    assert len(model.asked) == 1
    assert s.do("ask_again", 9000).kind == "step"
    assert model.asked[1].max_tokens == 9000
    assert s.view.snapshot.settings.max_tokens == 9000
    assert s.view.snapshot.turn == 1


def test_a_reply_that_never_came_can_be_written_by_hand(rehearse: Rehearse) -> None:
    s, model = rehearse(ModelFailed("the stream was cut", kind="incomplete"))
    s.do("go")
    failed = s.head
    words = {"content": [{"type": "text", "text": "Never mind."}], "stop_reason": "end_turn"}
    s.done("edit.write_reply", failed, words)
    assert s.path[-1].source == "edited" and s.path[-1].event == e.ModelReplied(words)
    assert failed not in s.view.path and failed in s.view.tree
    assert len(model.asked) == 1


def test_a_reply_is_heard_as_it_arrives_and_cut_off_by_a_person(rehearse: Rehearse) -> None:
    s, model = rehearse()
    model.waits = True
    going = s.debugger.submit.step()
    assert model.heard.wait(WAIT)
    incoming = s.debugger.incoming
    assert incoming.drain() and not incoming.drain()
    assert [(block.kind, block.tail) for block in incoming.blocks] == [("text", "I'll see.")]
    s.debugger.cancel()
    going.result(WAIT)
    failed = s.path[-1].event
    assert isinstance(failed, e.ModelFailed)
    assert (failed.kind, failed.raw) == ("cancelled", "I'll see.")
    assert s.view.saved == s.head


def test_pausing_while_a_reply_arrives_lets_it_finish(rehearse: Rehearse) -> None:
    s, model = rehearse()
    model.waits = True
    going = s.debugger.submit.go()
    assert model.heard.wait(WAIT)
    s.debugger.pause()
    model.waits = False
    s.debugger._parts.loop.soon(model.cancel)  # The reply ends.
    going.result(WAIT)
    assert s.names[-1] in ("model_replied", "model_failed")
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("attempt", "asked", "seconds"),
    [(1, None, 0.5), (2, None, 1.0), (9, None, 8.0), (1, 3.0, 3.0), (1, 1e9, 60.0), (1, -5.0, 0.0)],
)
def test_how_long_it_waits(attempt: int, asked: float | None, seconds: float) -> None:
    assert delay(attempt, asked) == seconds


def until(what: Callable[[], Any]) -> Any:
    end = time.monotonic() + WAIT
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.001)
    return found
