"""The model is asked the same several times: nothing runs, everything is kept, the head stays."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.debugger.flows import Ran, bill, pair
from tests.debugger.sitting import WAIT, Sitting, clock, records_of
from tests.debugger.test_saving import Failing, same_as_on_disk
from tests.loopback import KEY, Loopback, fault, reply, text, tool_use
from tooltrace.core.model import events as e
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.messages import Request
from tooltrace.core.model.notes import BranchPruned
from tooltrace.core.model.ports import ModelAnswer, OnDelta, PortAnswer
from tooltrace.debugger.replay.check import check_session
from tooltrace.debugger.sampling.sampler import AT_ONCE
from tooltrace.debugger.sampling.samples import Budget, Samples
from tooltrace.models.anthropic.port import AnthropicModel
from tooltrace.tui.rows.branches.samples import about
from tooltrace.workflows.refund import refund

Sit = Callable[..., Sitting]
PAY = {"type": "tool_use", "id": "t1", "name": "pay", "input": {"amount": 25}}


def answer(*content: dict[str, Any], tokens: int = 10, stop: str = "") -> ModelReplied:
    reason = stop or ("tool_use" if any(b["type"] == "tool_use" for b in content) else "end_turn")
    usage = {"input_tokens": tokens - 1, "output_tokens": 1}
    body = {"content": list(content), "stop_reason": reason, "usage": usage}
    return ModelReplied(body, cost=tokens / 1000)


def words(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


class Rehearsed:
    """Gives these answers in turn, and the last one for ever; counts how many wait at a time.

    ``held`` answers nobody any more after so many requests; with ``hangs_up`` it can be told to
    give up on those, and says what had come.
    """

    def __init__(self, *answers: ModelAnswer, held: int = 1000, hangs_up: bool = False) -> None:
        self.hangs_up = hangs_up
        self.cut: asyncio.Event | None = None
        self.answers = list(answers)
        self.asked: list[Request] = []
        self.held = held
        self.holding = threading.Event()
        self.here = self.most = 0

    async def ask(self, request: Request, heard: OnDelta | None = None) -> PortAnswer[ModelAnswer]:
        self.asked.append(request)
        self.here += 1
        self.most = max(self.most, self.here)
        try:
            await asyncio.sleep(0)
            if len(self.asked) > self.held:
                self.holding.set()
                if self.hangs_up:
                    self.cut = self.cut or asyncio.Event()
                    await self.cut.wait()
                    gone = ModelFailed("cancelled by you", kind="cancelled", raw="I pa")
                    return PortAnswer(gone, "live")
                await asyncio.Event().wait()
            event = self.answers.pop(0) if self.answers[1:] else self.answers[0]
            return PortAnswer(event, "live")
        finally:
            self.here -= 1

    def cancel(self) -> bool:
        if self.cut is None:
            return False
        self.cut.set()
        return True


def before_paying(sit: Sit, folder: Path, *answers: ModelAnswer, **options: Any) -> Sitting:
    """The bill was looked at, and what comes next is up to the model."""
    with Sitting(folder, bill(folder)) as s:
        s.steps(3)
        assert s.names[-1] == "transitioned" and s.snapshot.state == "paying"
    return sit(bill(folder), model=Rehearsed(*answers, **options))


def sampled(s: Sitting, k: int = 5, **options: Any) -> Samples:
    stop = s.do("samples.ask", k, Budget(**options))
    assert stop.kind == "paused", stop
    assert s.debugger.samples.found is not None
    return s.debugger.samples.found


def counts(found: Samples) -> dict[str, tuple[int, int]]:
    return {g.verb: (g.count("with"), g.count("without")) for g in found.groups()}


def hidden(s: Sitting) -> set[int]:
    notes = [n.event for n in s.session.tree.notes if isinstance(n.event, BranchPruned)]
    last = {note.record: note.pruned for note in notes}
    return {record for record, pruned in last.items() if pruned}


async def check(path: Path, s: Sitting) -> list[str]:
    checked = await check_session(s.session, clock)
    return [one.text for one in checked if one.divergence is not None]


def test_next_actions_are_counted_and_every_answer_is_kept(sit: Sit, tmp_path: Path) -> None:
    other = {**PAY, "input": {"amount": 5}}
    answers = [
        answer(words("Paying."), PAY),
        answer(words("I pay."), {**PAY, "id": "t9"}),
        answer(other),
        answer(words("No.")),
        answer(words("Never.")),
    ]
    s = before_paying(sit, tmp_path, *answers)
    head, way = s.head, s.view.path
    found = sampled(s)
    groups = found.groups()
    assert [(g.verb, g.arguments, len(g.samples)) for g in groups] == [
        ("ends its turn", (), 2),
        ("pay", ({"amount": 25},), 2),
        ("pay", ({"amount": 5},), 1),
    ]
    assert found.verbs("with") == [("pay", 3), ("ends its turn", 2)]
    assert (found.stopped, found.usage.tokens, found.replies) == ("", 50, 5)
    assert (s.head, s.view.path) == (head, way)
    assert not s.view.can_undo
    assert s.branch_names == ["main", *(f"sample-{n}" for n in range(1, 6))]
    assert hidden(s) == {b.begin for b in s.view.branches[1:]}
    assert s.view.saved == s.session.tree.last_id
    for sample in found.samples:
        assert s.session.tree[sample.record or 0].event == sample.answer


def test_not_too_many_at_a_time_and_the_first_one_alone(sit: Sit, tmp_path: Path) -> None:
    s = before_paying(sit, tmp_path, answer(PAY))
    found = sampled(s, 12)
    model = s.model
    assert isinstance(model, Rehearsed)
    assert (len(model.asked), model.most) == (12, AT_ONCE)
    assert len({request.digest for request in model.asked}) == 1
    assert counts(found) == {"pay": (12, 0)}
    assert found.why == "nothing was changed since the model's last reply"


def test_it_opens_again_as_it_was_and_its_replay_has_no_divergence(
    sit: Sit, tmp_path: Path
) -> None:
    s = before_paying(sit, tmp_path, answer(PAY), ModelFailed("busy", retryable=True))
    head = s.head
    sampled(s, 3)
    records, notes = s.session.tree.records, s.session.tree.notes
    s.close()
    again = sit(bill(tmp_path))
    assert again.session.tree.records == records
    assert again.session.tree.notes == notes
    assert (again.head, again.view.tip, again.view.branch.name) == (head, head, "main")
    assert asyncio.run(check(tmp_path, again)) == []
    again.done("turn")
    assert again.view.branch.name == "main"


def test_killed_while_it_asks_one_stands_where_one_stood(sit: Sit, tmp_path: Path) -> None:
    s = before_paying(sit, tmp_path, answer(PAY), held=2)
    model = s.model
    assert isinstance(model, Rehearsed)
    head = s.head
    s.debugger.submit.samples.ask(9)
    assert model.holding.wait(WAIT)
    (tmp_path / "killed").mkdir()
    (tmp_path / "killed" / "s.jsonl").write_bytes(s.file.read_bytes())
    again = sit(bill(tmp_path), folder=tmp_path / "killed")
    assert (again.head, again.view.tip, again.view.branch.name) == (head, head, "main")
    assert asyncio.run(check(tmp_path, again)) == []


def test_a_sample_is_taken_as_a_branch_and_undo_comes_back(sit: Sit, tmp_path: Path) -> None:
    s = before_paying(sit, tmp_path, answer(PAY), answer(words("No.")))
    head = s.head
    found = sampled(s, 2)
    assert s.done("samples.take", 1).text.startswith("on sample-1")
    assert s.view.branch.name == "sample-1" and s.head == found.samples[0].record
    assert hidden(s) == {found.samples[1].branch}
    s.done("step")
    assert Ran(tmp_path).times("pay") == 1
    s.done("edit.undo")
    assert (s.head, s.view.branch.name) == (head, "main")
    assert s.do("samples.take", 9).kind == "error"


def test_failures_are_a_row_of_their_own_and_nothing_is_asked_again(
    sit: Sit, tmp_path: Path
) -> None:
    busy = ModelFailed("The API is overloaded", status=529, retryable=True)
    cut = answer(words("I"), stop="max_tokens")
    s = before_paying(sit, tmp_path, busy, cut, answer(PAY))
    found = sampled(s, 4)
    assert counts(found) == {
        "pay": (2, 0),
        "failed: The API is overloaded": (1, 0),
        "the reply was cut at max_tokens": (1, 0),
    }
    assert [group.replied for group in found.groups()] == [True, False, False]
    assert found.replies == 2
    assert asyncio.run(check(tmp_path, s)) == []


def test_a_refused_key_is_not_shown_fifty_times(sit: Sit, tmp_path: Path) -> None:
    s = before_paying(sit, tmp_path, ModelFailed("The API key was refused", status=401))
    found = sampled(s, 50)
    assert len(found.samples) == 1 and found.replies == 0
    assert "would again" in found.stopped


@pytest.mark.parametrize(
    ("settings", "options", "asked"),
    [
        ({}, {"tokens": 35}, 3),
        ({}, {"tokens": 1}, 1),
        ({}, {"cost": 0.035}, 3),
        ({"token_budget": 60}, {}, 4),
        ({"cost_budget": 0.042}, {}, 2),
    ],
)
def test_a_budget_of_tokens_stops_it(
    sit: Sit, tmp_path: Path, settings: Any, options: Any, asked: int
) -> None:
    model = Rehearsed(answer(PAY))
    s = sit(pair(tmp_path), model=model, settings=e.Settings(**settings))
    model.answers = [answer(words("I see."), tokens=20), answer(PAY)]
    s.done("turn")
    s.done("edit.say", "And now?")
    found = sampled(s, 9, **options)
    assert (len(found.samples), len(model.asked)) == (asked, asked + 1)
    assert found.usage.tokens == 10 * asked
    assert "budget" in found.stopped


@pytest.mark.parametrize("hangs_up", [False, True])
def test_a_person_stops_it_and_what_came_is_kept(sit: Sit, tmp_path: Path, hangs_up: bool) -> None:
    s = before_paying(sit, tmp_path, answer(PAY), held=3, hangs_up=hangs_up)
    model = s.model
    assert isinstance(model, Rehearsed)
    going = s.debugger.submit.samples.ask(20)
    assert model.holding.wait(WAIT)
    assert s.view.running and "asking the model 20×" in s.view.doing
    s.debugger.cancel()
    stop = going.result(WAIT)
    assert (stop.kind, stop.text) == ("paused", "stopped by you")
    found = s.debugger.samples.found
    assert found is not None and found.sample(1) is not None
    gone = [x.answer for x in found.samples if isinstance(x.answer, e.ModelFailed)]
    assert {(x.kind, x.raw) for x in gone} == {("cancelled", "I pa" if hangs_up else None)}
    assert counts(found)["cancelled by you"] == (len(gone), 0)
    assert len(found.samples) == len(model.asked) < 20
    assert s.view.doing == "" and model.here == 0
    assert s.view.saved == s.session.tree.last_id
    assert asyncio.run(check(tmp_path, s)) == []


def test_pausing_lets_what_is_asked_for_finish(sit: Sit, tmp_path: Path) -> None:
    s = before_paying(sit, tmp_path, answer(PAY))
    model = s.model
    assert isinstance(model, Rehearsed)
    ask = model.ask

    async def pausing(request: Request, heard: OnDelta | None = None) -> PortAnswer[ModelAnswer]:
        if len(model.asked) == 3:
            s.debugger.pause()
        return await ask(request, heard)

    model.ask = pausing  # type: ignore[method-assign]
    found = sampled(s, 20)
    assert found.stopped == "stopped by you"
    assert found.replies == len(found.samples) == len(model.asked) < 12


# with and without the pending edit


def edited(s: Sitting, kind: type[e.Event], tool: str, **change: Any) -> int:
    record = s.last(kind, tool)
    event: Any = s.session.tree[record].event
    s.done("edit.result", record, {**event.content, **change})
    return s.head


def test_an_edit_of_a_result_is_asked_with_and_without(sit: Sit, tmp_path: Path) -> None:
    s = sit(refund)
    s.to_call("process_credit")
    s.done("goto", s.last(e.Transitioned))
    asked_at = s.head
    edit = edited(s, e.ToolReturned, "check_refund_policy", eligible=False, reason="no")
    s.done("step")
    found = sampled(s)
    assert (found.edit, found.without) == (edit, asked_at)
    assert counts(found) == {"ends its turn": (5, 0), "process_credit": (0, 5)}
    assert found.verbs("without") == [("process_credit", 5)]
    assert found.alike
    assert s.session.executions.runs("process_credit") == 0
    assert asyncio.run(check(tmp_path, s)) == []
    number = next(x.number for x in found.samples if x.side == "without")
    s.done("samples.take", number)
    assert s.snapshot.calls[0].tool == "process_credit"


@pytest.mark.parametrize("change", ["context", "forced"])
def test_what_replaced_nothing_is_left_out_by_standing_before_it(
    sit: Sit, tmp_path: Path, change: str
) -> None:
    s = before_paying(sit, tmp_path, answer(PAY))
    head = s.head
    if change == "context":
        s.done("edit.context", "amount", 7)
    else:
        s.done("edit.force", "failed", "to see")
    found = sampled(s, 2)
    assert (found.edit, found.without) == (s.head, head)
    assert [found.of("with"), found.of("without")] == [2, 2]


def test_all_edits_that_wait_are_left_out(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path))
    s.steps(3)
    right, left = (s.last(e.ToolReturned, tool) for tool in ("right", "left"))
    asked_at = s.head
    s.done("edit.result", left, "L")
    first = s.last(e.ToolReturned, "left")
    s.done("edit.result", right, "R")
    second = s.last(e.ToolReturned, "right")
    assert s.session.tree[s.head].of is not None  # The first edit, once more.
    found = sampled(s, 1)
    assert (found.edits, found.without) == ((first, second), asked_at)
    with_, without = (x.answer for x in found.samples)
    assert "L and R" in str(with_) and "l and r" in str(without)


def test_edits_of_the_request_are_left_out_together_and_named(sit: Sit, tmp_path: Path) -> None:
    s = before_paying(sit, tmp_path, answer(PAY))
    head = s.head
    s.done("edit.system", "Be kind.")
    s.done("edit.tool", "pay", description="Pay.")
    s.done("edit.message", 2, "Another bill!")
    found = sampled(s, 1)
    assert (found.edits, found.without) == ((head + 1, head + 2, head + 3), head)
    assert found.edited == (
        f"the 3 edits #{head + 1} (± system prompt), #{head + 2} (± tool pay) "
        f"and #{head + 3} (± message #2)"
    )
    s.done("edit.undo")
    assert sampled(s, 1).edits == (head + 1, head + 2)


def test_an_edit_that_cannot_be_left_out_stays_in_both_and_it_is_said(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.done("edit.answer", s.to_call("look"), {"amount": 1, "good": True})
    stub = s.head
    s.done("step")
    here = s.head
    s.done("edit.system", "Be kind.")
    found = sampled(s, 1)
    assert (found.edits, found.without) == ((s.head,), here)
    assert found.why.startswith(f"#{stub} stays in both: the call whose result #{stub} is was")
    assert found.why in about(found)


def test_words_and_replies_that_were_edited(sit: Sit, tmp_path: Path) -> None:
    s = before_paying(sit, tmp_path, answer(PAY))
    reply = s.last(e.ModelReplied)
    here = s.head
    event: Any = s.session.tree[reply].event
    content = [words("I look."), *event.reply["content"][1:]]
    s.done("edit.reply", reply, {**event.reply, "content": content})
    found = sampled(s, 1)
    assert (found.edit, found.without) == (s.session.tree.branch_of(s.head).begin, here)  # type: ignore[union-attr]
    s.done("goto", 2)
    s.done("edit.said", 2, "Another bill!")
    found = sampled(s, 1)
    assert (found.edit, found.without) == (s.head, 2)


@pytest.mark.parametrize(
    ("change", "why"),
    [("stub", "never gone through"), ("same", "reads the same")],
)
def test_why_there_is_no_other_side(sit: Sit, tmp_path: Path, change: str, why: str) -> None:
    s = sit(bill(tmp_path))
    if change == "stub":
        ref = s.to_call("look")
        s.done("edit.answer", ref, {"amount": 1, "good": True})
        s.done("step")
    else:
        s.to_call("pay")
        s.done("goto", s.last(e.Transitioned))
        edited(s, e.ToolReturned, "look")
        s.done("step")
    found = sampled(s, 2)
    assert found.edit is not None and found.without is None
    assert why in found.why
    assert found.sides == ("with",) and len(found.samples) == 2


def test_calls_that_were_made_with_the_edit_only_are_why_there_is_no_other_side(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(pair(tmp_path))
    s.steps(2)
    s.done("edit.result", s.last(e.ToolReturned), "mine")
    edit = s.head
    s.done("step")
    found = sampled(s, 1)
    assert (found.edit, found.without) == (edit, None)
    assert found.why == f"other calls of the turn were made after #{edit} only, never without it"


def test_a_fault_is_left_out_where_the_call_was_really_made(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("look")
    before = s.head
    s.done("faults.inject", "timeout")
    s.done("step")
    found = sampled(s, 1)
    assert found.without is None and "never gone through" in found.why
    s.done("goto", before, before)
    s.steps(2)
    really = s.head
    s.done("goto", s.view.branches[1].tip)
    found = sampled(s, 2)
    assert found.without == really
    assert counts(found) == {"ends its turn": (2, 0), "pay": (0, 2)}
    s.done(
        "faults.inject", "http-529"
    )  # What the model never answered is nothing that it could read.
    assert sampled(s, 1).edit == found.edit


def test_an_edit_that_the_model_has_read_is_not_pending(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    edited(s, e.ToolReturned, "look", amount=3)
    s.to_call("pay")
    s.done("edit.answer", s.snapshot.calls[0].ref, {"paid": 3})
    s.done("step")
    found = sampled(s, 1)
    assert found.edit == s.last(e.ToolReturned)


# where it is refused


def test_where_it_cannot_be_done(sit: Sit, tmp_path: Path) -> None:
    s = before_paying(sit, tmp_path, answer(PAY))
    last = s.session.tree.last_id
    for k, options, why in (
        (0, {}, "between 1 and 50"),
        (51, {}, "between 1 and 50"),
        (1, {"tokens": 0}, "above 0"),
        (1, {"cost": -1.0}, "above 0"),
    ):
        stop = s.do("samples.ask", k, Budget(**options))
        assert stop.kind == "error" and why in stop.text
    s.done("turn")
    stop = s.do("samples.ask")
    assert stop.kind == "error" and "not before a model call" in stop.text
    assert s.session.tree.last_id == last + 2 and s.debugger.samples.found is None


def test_without_code_and_where_another_process_writes(sit: Sit, tmp_path: Path) -> None:
    s = before_paying(sit, tmp_path, answer(PAY))
    locked = sit(bill(tmp_path), model=Rehearsed(answer(PAY)))
    stop = locked.do("samples.ask")
    why = locked.view.read_only
    assert stop.kind == "error" and why is not None and why in stop.text
    s.close()
    stop = sit(bill(tmp_path), runs=False).do("samples.ask")
    assert stop.kind == "error" and "--workflow" in stop.text


def test_it_is_asked_once_more_after_a_failure(sit: Sit, tmp_path: Path) -> None:
    lost = ModelFailed("The API key was refused", status=401)
    s = before_paying(sit, tmp_path, lost, answer(PAY))
    assert s.do("step").kind == "step"
    assert s.snapshot.trouble is not None
    found = sampled(s, 2)
    assert counts(found) == {"pay": (2, 0)}
    called = [r.event for r in records_of(s.file) if isinstance(r.event, e.ModelCalled)]
    assert [event.attempt for event in called[-2:]] == [2, 2]
    assert asyncio.run(check(tmp_path, s)) == []


def test_a_limit_for_the_replies_is_a_fact_of_the_samples_only(sit: Sit, tmp_path: Path) -> None:
    s = before_paying(sit, tmp_path, answer(PAY))
    sampled(s, 1, reply_tokens=77)
    model = s.model
    assert isinstance(model, Rehearsed)
    assert [request.max_tokens for request in model.asked] == [77]
    assert s.snapshot.settings.max_tokens == 4096
    s.done("samples.take", 1)
    assert s.snapshot.settings.max_tokens == 77


@pytest.mark.parametrize("after", [0, 2, 3, 5, 9, 14])
def test_a_disk_that_fills_up_stops_it_and_what_came_is_still_there(
    sit: Sit, tmp_path: Path, after: int
) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as begun:
        begun.steps(3)
    disk = Failing()
    s = sit(bill(tmp_path), model=Rehearsed(answer(PAY)), files=disk)
    head, model = s.head, s.model
    assert isinstance(model, Rehearsed)
    disk.fail(after)
    assert s.do("samples.ask", 9).kind == "error"
    found = s.debugger.samples.found
    # A request that was on record and not yet sent is one that was given up.
    assert found is not None and len(model.asked) <= len(found.samples) < 9
    assert not found.interrupted and "saved" in found.stopped
    assert (s.head, s.view.branch.name, model.here) == (head, "main", 0)
    lost = [sample.number for sample in found.samples if sample.record is None]
    for number in lost:
        assert "could not be saved" in s.do("samples.take", number).text
    disk.mend()
    assert sampled(s, 2).replies == found.replies + 2
    same_as_on_disk(s)


# the real client


def test_the_real_client_asks_side_by_side(
    sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    looked = reply(text("Looking."), tool_use("t1", "look", number=5))
    pay, no = reply(tool_use("t2", "pay", amount=25)), reply(text("No."))
    busy = fault(529, "overloaded_error", "Overloaded")
    with Loopback(looked, pay, pay, no, busy, pay) as server:
        model = AnthropicModel("claude-sonnet-5-5", server.url)
        s = sit(bill(tmp_path), model=model)
        s.steps(3)
        found = sampled(s, 5)
        assert server.refused == []
        assert len(server.requests) == 6
        assert len({request.raw for request in server.requests[1:]}) == 1
    rows = counts(found)
    assert (rows["pay"], rows["ends its turn"]) == ((3, 0), (1, 0))
    assert len(rows) == 3 and found.usage.tokens == 440
    assert s.session.tree[s.head].event.name == "transitioned"
    assert asyncio.run(check(tmp_path, s)) == []
