"""Faults: each is what the real thing would leave, on a branch of its own, and nothing runs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill, pair, till
from tests.debugger.recordings import check
from tests.debugger.sitting import Sitting
from tests.events import event_of
from tooltrace import Move, Seen, Workflow, tool
from tooltrace import call as calls
from tooltrace.core.decide.next_action import AwaitUser, CallModel, ChangeState, RunTools
from tooltrace.core.model import events as e
from tooltrace.debugger.faults.faults import faults_at
from tooltrace.debugger.faults.model_faults import STATUSES, failed_with
from tooltrace.debugger.faults.tool_faults import INSTRUCTING, OVERSIZED, RESULTS, planted
from tooltrace.workflows.refund import refund


def offered(s: Sitting) -> dict[str, str]:
    """The faults there are here, each with why it cannot be had."""
    return {fault.id: fault.why for fault in faults_at(s.session.tree, s.snapshot)}


def returned(s: Sitting) -> e.ToolReturned:
    record = s.path[-1]
    assert (record.source, record.event.name) == ("injected", "tool_returned")
    assert isinstance(record.event, e.ToolReturned)
    return record.event


def checks(s: Sitting) -> None:
    """Reading it again gives the same, and replaying it meets no divergence."""
    head, snapshot = s.head, s.snapshot
    s.close()
    assert [one.text for one in check(s.file) if one.divergence] == []
    with Sitting(s.file.parent, bill(s.file.parent), runs=False) as again:
        again.done("goto", head)
        assert again.snapshot == snapshot


@pytest.mark.parametrize("fault", RESULTS)
def test_a_tool_that_goes_wrong(sit: Sit, tmp_path: Path, fault: str) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    good = s.snapshot
    where, ran = s.head, len(Ran(tmp_path).all)
    why = offered(s)[fault]
    assert set(offered(s)) == set(RESULTS)
    if fault == "truncated":
        assert why == "no good result of pay is known yet in this session"
        assert s.do("faults.inject", fault).text == why
        s.steps(1)
        s.done("goto", where)
        ran += 1
    s.done("faults.inject", fault)
    event = returned(s)
    assert s.view.branch.name == f"fault-{fault}"
    assert s.branch_names[0] == "main" and s.view.branches[0].tip >= where
    assert s.session.tree[where] == s.path[-3] and s.path[-2].event == e.Forked(f"fault-{fault}")
    assert s.path[-2].source == "injected"
    assert event.is_error == (event.error is not None) == (fault in ("timeout", "exception"))
    assert len(Ran(tmp_path).all) == ran
    done = s.snapshot.calls[0]
    assert (done.content, done.is_error, done.started) == (event.content, event.is_error, None)
    # What happens next is what the table says about such a result.
    critical = event.is_error
    assert s.view.action == ChangeState(
        "failed" if critical else "telling",
        None if critical else 3,
        s.head,
        s.snapshot.error if critical else None,
    )
    s.done("edit.undo")
    assert s.snapshot.calls == good.calls and s.head == where
    s.done("edit.redo")
    assert s.path[-1].event == event
    assert s.do("go").kind in ("finished", "await")
    assert Ran(tmp_path).times("pay") == (1 if fault == "truncated" else 0)
    checks(s)


def test_the_same_text_as_a_real_timeout(sit: Sit, tmp_path: Path) -> None:
    @tool(timeout=0.01)
    def wait() -> str:
        """Wait."""
        time.sleep(0.05)
        return ""

    def policy(seen: Seen) -> Move:
        return calls("wait")

    s = sit(Workflow("slow", tools=[wait], policy=policy, input="Go."))
    s.to_call("wait")
    s.steps(1)
    real = event_of(s.path[-1], e.ToolReturned)
    s.done("back")
    s.done("faults.inject", "timeout")
    assert returned(s).content == real.content
    assert returned(s).error == real.error


def test_results_that_are_made_from_a_known_one(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("look")
    where = s.head
    assert offered(s)["truncated"]
    s.steps(1)
    s.done("back")
    assert s.head == where and not any(offered(s).values())
    found = {}
    for fault in RESULTS:
        s.done("faults.inject", fault)
        found[fault] = returned(s).content
        action = s.view.action
        assert isinstance(action, ChangeState)
        assert action.to == ("paying" if fault == "instructing" else "failed")
        s.done("edit.undo")
    assert found["empty"] == {}
    assert found["truncated"] == '{"amount":25'[: len('{"amount":25,"good":true}') // 2]
    assert found["wrong-type"] == [{"amount": 25, "good": True}]
    assert found["instructing"] == {"amount": 25, "good": True, "note": INSTRUCTING}
    assert len(found["oversized"]) == OVERSIZED
    checks(s)


def test_an_earlier_result_of_the_same_tool_is_known_too(sit: Sit, tmp_path: Path) -> None:
    s = sit(till(tmp_path))
    s.to_call("sell")
    s.steps(1)
    s.to_call("sell")
    s.done("faults.inject", "truncated")
    assert returned(s).content == "sol"
    s.done("edit.undo")
    s.done("faults.inject", "wrong-type")
    assert returned(s).content == {"value": "sold 1"}
    s.done("edit.undo")
    s.done("faults.inject", "empty")
    assert returned(s).content == ""


def test_a_result_that_is_too_short_to_be_cut_says_so(sit: Sit, tmp_path: Path) -> None:
    s = sit(till(tmp_path))
    s.to_call("count")
    s.steps(1)
    first = s.head
    s.to_call("sell")
    s.steps(1)
    s.to_call("count")
    assert offered(s)["truncated"] == f"the result #{first} is too short to be cut"
    s.done("faults.inject", "wrong-type")
    assert returned(s).content == "0"


@pytest.mark.parametrize(
    ("value", "after"),
    [
        ({"note": "Fragile"}, {"note": f"Fragile\n\n{INSTRUCTING}"}),
        ([1], [1, INSTRUCTING]),
        ("Fine.", f"Fine.\n\n{INSTRUCTING}"),
        ("", INSTRUCTING),
        (7, INSTRUCTING),
    ],
)
def test_where_the_orders_stand(value: object, after: object) -> None:
    assert planted(value) == after


@pytest.mark.parametrize(
    "fault", [*(f"http-{status}" for status in STATUSES), "http-503", "cut-stream", "refusal"]
)
def test_a_model_that_goes_wrong(sit: Sit, tmp_path: Path, fault: str) -> None:
    s = sit(bill(tmp_path))
    assert isinstance(s.view.action, CallModel)
    where = s.head
    assert fault in offered(s) or fault == "http-503"
    s.done("faults.inject", fault)
    assert s.view.branch.name == f"fault-{fault}"
    kinds = [(r.source, r.event.name) for r in s.path[-3:]]
    last = "model_replied" if fault == "refusal" else "model_failed"
    assert kinds == [("injected", n) for n in ("forked", "model_called", last)]
    incomplete = not fault.startswith("http")
    action = s.view.action
    assert isinstance(action, AwaitUser)
    assert action.why == ("incomplete" if incomplete else "model_failed")
    if not incomplete:
        status = int(fault.removeprefix("http-"))
        failed = event_of(s.path[-1], e.ModelFailed)
        assert failed.status == status and f"({status} from " in action.text
        trouble = s.snapshot.trouble
        assert trouble is not None
        assert trouble.retryable == (status in (429, 500, 503, 529))
    assert s.view.retry is None
    # The next attempt really asks, and is the second one; a refusal is an answer.
    s.done("step")
    assert s.path[-1].source == "scripted" and len(s.snapshot.calls) == 1
    assert event_of(s.path[-2], e.ModelCalled).attempt == (1 if fault == "refusal" else 2)
    assert s.do("go").kind == "finished" and s.snapshot.state == "done"
    s.done("goto", where)
    s.done("faults.inject", fault)
    assert s.branch_names[1:] == [f"fault-{fault}", f"fault-{fault}-2"]
    checks(s)


def test_a_failure_after_a_failure(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.done("faults.inject", "http-529")
    s.done("faults.inject", "http-429")
    assert [r.event.attempt for r in s.path if isinstance(r.event, e.ModelCalled)] == [1, 2]
    found = s.snapshot.trouble
    assert found is not None and found.retry_after == 1.0
    assert "wait 1 s" in found.why
    assert s.do("go").kind == "await"
    trouble = s.snapshot.trouble
    s.done("replay.start", True)
    assert s.do("go").kind == "end"
    assert s.snapshot.trouble == trouble
    assert [r.source for r in s.path if isinstance(r.event, e.ModelFailed)] == ["injected"] * 2
    checks(s)


def test_words_for_another_server_hold_no_password() -> None:
    local = e.Settings("qwen", "http://me:secret@localhost:11434/v1/")
    failed = failed_with(404, local)
    assert "http://localhost:11434/v1" in failed.error and "secret" not in failed.error
    assert "qwen" in failed.error
    assert "the server" in failed_with(500, e.Settings("m", "http://[")).error


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("http-200", "no HTTP error"),
        ("http-", "no fault of a model call"),
        ("http-٤٠٠", "no fault of a model call"),
        ("timeout", "no fault of a model call"),
    ],
)
def test_what_is_no_fault_is_refused(sit: Sit, tmp_path: Path, fault: str, words: str) -> None:
    s = sit(bill(tmp_path))
    last = s.view.tree.last_id
    assert words in s.do("faults.inject", fault).text
    assert s.view.tree.last_id == last and s.branch_names == ["main"]
    s.to_call("look")
    assert "no fault of a tool call" in s.do("faults.inject", "http-500").text


def test_where_nothing_can_fail_it_says_why(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("look")
    s.steps(1)
    assert isinstance(s.view.action, ChangeState) and offered(s) == {}
    assert "comes next here" in s.do("faults.inject", "timeout").text
    s.do("go")
    assert offered(s) == {}


def test_a_call_that_is_refused_anyway(sit: Sit, tmp_path: Path) -> None:
    def too_early(seen: Seen) -> Move:
        return calls("pay", amount=1)

    flow = bill(tmp_path)
    flow.policy = too_early
    s = sit(flow)
    s.to_call("pay")
    assert all("refused anyway: pay is not allowed" in why for why in offered(s).values())
    assert "refused anyway" in s.do("faults.inject", "timeout").text


def test_one_of_two_calls_side_by_side(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path))
    s.to_call("left")
    left = next(c.ref for c in s.snapshot.calls if c.tool == "left")
    s.done("faults.inject", "exception", left)
    assert [c.status for c in s.snapshot.calls] == ["waiting", "returned"]
    assert isinstance(s.view.action, RunTools)
    assert s.do("go").kind == "finished"
    assert s.said() == "None and r"
    assert Ran(tmp_path).times("left") == 0


def test_an_edit_before_a_fault_repeats_the_fault_behind_it(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path))
    s.to_call("right")
    s.steps(1)
    right = s.head
    s.done("faults.inject", "exception")
    s.done("edit.result", right, "mine")
    results = [r for r in s.path if isinstance(r.event, e.ToolReturned)]
    assert [r.source for r in results] == ["edited", "injected"]
    s.do("go")
    s.close()
    assert [one.text for one in check(s.file) if one.divergence] == []


def test_what_did_not_run_is_not_asked_about(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    s.done("faults.inject", "empty")
    s.done("edit.undo")
    s.done("step")  # Not a word about a call that has run before.
    assert Ran(tmp_path).times("pay") == 1
    assert s.view.branch.name == "main"
    assert s.branch_names == ["main", "fault-empty"]


def test_a_replay_from_here_and_from_the_start_repeats_faults(sit: Sit, tmp_path: Path) -> None:
    s = sit(refund)
    s.steps(1)
    s.done("faults.inject", "http-529")
    s.to_call("process_credit")
    s.done("faults.inject", "timeout")
    s.do("go")
    assert s.snapshot.state == "failed"
    tip = s.head
    for from_start in (True, False):
        s.done("goto", tip)
        for _ in range(2):
            s.done("back")
        s.done("replay.start", from_start)
        assert s.do("go").text.endswith("no divergence"), s.view.stop
        assert s.snapshot.state == "failed"
        injected = [r.event.name for r in s.path if r.source == "injected"]
        assert [n for n in injected if n in ("model_failed", "tool_returned")] == [
            "model_failed",
            "tool_returned",
        ]
