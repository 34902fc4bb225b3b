"""Scenarios: written from a branch, read back the same, and given to another run in place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET

from tests.core.given import Given, call
from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill, pair, till
from tests.debugger.recordings import check
from tests.debugger.sitting import Sitting
from tests.events import event_of
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadScenario
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.exact_json import dumps, loads
from tooltrace.debugger.faults.model_faults import STATUSES
from tooltrace.debugger.faults.scenario import (
    ModelFault,
    Scenario,
    ToolFault,
    call_number,
    missing_tool,
    scenario_of,
)
from tooltrace.debugger.faults.scenario_file import parse, read_scenario, save, to_text
from tooltrace.debugger.faults.tool_faults import OVERSIZED, RESULTS


def told(s: Sitting) -> list[tuple[str, str, Any]]:
    """What was injected, and what became of it all."""
    found: list[tuple[str, str, Any]] = []
    for record in s.path:
        match record.event:
            case e.ToolReturned(content=content):
                found.append((record.source, "result", content))
            case e.ModelFailed(error=error, kind=kind):
                found.append((record.source, kind, error))
            case e.ModelReplied(reply=reply):
                found.append((record.source, "reply", reply["content"]))
            case e.Transitioned(to=to):
                found.append((record.source, "state", to))
    return found


def rehearsed(sit: Sit, folder: Path, scenario: Scenario, flow: Any = bill) -> Sitting:
    """Another run, with the scenario, as far as it goes."""
    folder.mkdir()
    s = sit(flow(folder), folder=folder)
    s.debugger.faults.rehearse(parse(loads(to_text(scenario))))
    s.do("go")
    return s


@pytest.mark.parametrize("fault", RESULTS)
def test_a_fault_of_a_tool_in_another_run(sit: Sit, tmp_path: Path, fault: str) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    s.steps(1)
    s.done("back")
    s.done("faults.inject", fault)
    s.do("go")
    ran = Ran(tmp_path).all
    scenario = scenario_of(s.session.tree, s.head)
    (given,) = scenario.faults
    assert isinstance(given, ToolFault) and (given.tool, given.call) == ("pay", 1)
    assert scenario.input == "Bill!" and scenario.outcome == s.snapshot.outcome
    assert len(to_text(scenario)) < 1000
    again = rehearsed(sit, tmp_path / "again", scenario)
    assert told(again) == told(s)
    assert again.debugger.faults.injector is not None
    assert again.debugger.faults.injector.complaint(again.snapshot.outcome or "paused") == ""
    # Only the call that the fault stands for did not run.
    assert Ran(tmp_path / "again").times("pay") == 0 and Ran(tmp_path).times("pay") == 1
    assert len(Ran(tmp_path / "again").all) == len(ran) - 1
    assert again.session.executions.runs("pay") == 0
    assert scenario_of(again.session.tree, again.head) == scenario
    again.close()
    assert [one.divergence for one in check(again.file)] == [None]


@pytest.mark.parametrize("fault", ["http-401", "cut-stream", "refusal"])
def test_a_fault_of_the_model_in_another_run(sit: Sit, tmp_path: Path, fault: str) -> None:
    s = sit(bill(tmp_path))
    s.to_call("look")
    s.steps(2)
    s.done("faults.inject", fault)
    scenario = scenario_of(s.session.tree, s.head)
    (given,) = scenario.faults
    assert isinstance(given, ModelFault) and given.request == 2
    again = rehearsed(sit, tmp_path / "again", scenario)
    assert told(again) == told(s)
    assert again.view.action == s.view.action
    again.close()
    assert [one.divergence for one in check(again.file)] == [None]


def test_what_may_pass_is_asked_again_as_after_a_real_failure(sit: Sit, tmp_path: Path) -> None:
    faults = (
        ModelFault(1, 429, retry_after=0.0),
        ModelFault(2, 529, retryable=True, retry_after=0.0),
        ModelFault(4, error="gone", retryable=True, retry_after=0.0),
    )
    s = rehearsed(sit, tmp_path / "a", Scenario("bill", "", faults))
    assert s.snapshot.outcome == "completed"
    attempts = [r.event.attempt for r in s.path if isinstance(r.event, e.ModelCalled)]
    assert attempts[:5] == [1, 2, 3, 1, 2]
    failed = [r for r in s.path if isinstance(r.event, e.ModelFailed)]
    assert [r.source for r in failed] == ["injected"] * 3
    assert event_of(failed[2], e.ModelFailed).error == "gone"


def test_the_nth_call_and_calls_with_these_arguments(sit: Sit, tmp_path: Path) -> None:
    faults = (
        ToolFault("sell", 2, content="no"),
        ToolFault("count", 1, arguments={"number": 4}, content=[1]),
        ToolFault("count", 1, arguments={"number": 3}, content="never"),
    )
    s = rehearsed(sit, tmp_path / "a", Scenario("till", "", faults), till)
    results = [r.event.content for r in s.path if isinstance(r.event, e.ToolReturned)]
    assert results == [0, "sold 1", 20, "no", [1], "sold 5"]
    assert s.debugger.faults.injector is not None
    assert s.debugger.faults.injector.complaint("completed") == (
        "the scenario's fault 3 (count, call 1) never came up"
    )


@pytest.mark.parametrize(("form", "number"), [(1, 2), (2, 1)])
def test_a_call_that_could_not_be_made_is_not_counted(form: int, number: int) -> None:
    made = Given(WorkflowSpec("free"), form=form).user("Go.")
    use = {"type": "tool_use", "id": "a", "name": "look", "input": "no object"}
    made.replies(use, stop="tool_use").replies(call("look", x=1))
    reply = made.head or 0
    assert call_number(made.tree.path(reply), e.CallRef(reply, 0), "look") == number


def test_going_back_and_on_again_meets_a_fault_again(sit: Sit, tmp_path: Path) -> None:
    s = sit(till(tmp_path))
    s.debugger.faults.rehearse(Scenario("till", "", (ToolFault("sell", 1, content="no"),)))
    s.to_call("sell")
    before = s.head
    s.steps(1)
    s.done("goto", before)
    s.done("edit.fork", "again")
    s.steps(1)
    last = s.path[-1]
    assert (last.source, event_of(last, e.ToolReturned).content) == ("injected", "no")
    assert Ran(tmp_path).times("sell") == 0


def test_side_by_side_with_calls_that_really_run(sit: Sit, tmp_path: Path) -> None:
    fault = ToolFault("left", 1, content="no", is_error=True)
    s = rehearsed(sit, tmp_path / "a", Scenario("pair", "", (fault,)), pair)
    assert s.said() == "None and r"
    assert [name for name, _, _ in Ran(tmp_path / "a").all] == ["right"]


def test_what_a_scenario_leaves_out(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    with pytest.raises(BadScenario, match="no fault was injected on this branch"):
        scenario_of(s.session.tree, s.head)
    s.done("faults.inject", "http-500")
    s.done("edit.undo")
    s.done("step")
    s.done("faults.inject", "oversized")
    (fault,) = scenario_of(s.session.tree, s.head).faults
    assert fault == ToolFault("look", 1, characters=OVERSIZED)


EVERY = Scenario(
    "w",
    "Say \u202e \ud800 it",
    (
        ToolFault("t", 1, content=None),
        ToolFault("t", 2, arguments={"a": 2**70}, content={"x": [1.5]}, is_error=True),
        ToolFault("t", 3, characters=5),
        *(ModelFault(n, status) for n, status in enumerate(STATUSES, 1)),
        ModelFault(20, error="gone", kind="incomplete", retryable=False, reply={"content": []}),
        ModelFault(21, reply={"content": [], "stop_reason": "refusal"}),
        ModelFault(22, 429, retry_after=2.5),
    ),
    "failed",
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    save(path, EVERY)
    assert read_scenario(path) == read_scenario(str(path)) == EVERY
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadScenario, match="is there already: choose another name"):
        save(path, EVERY)
    with pytest.raises(BadScenario, match="cannot be written"):
        save(tmp_path / "none" / "a.json", EVERY)
    assert EVERY.faults[2].result == "This "  # type: ignore[union-attr]
    deep: list[Any] = []
    for _ in range(250):
        deep = [deep]
    with pytest.raises(BadScenario, match="nested"):
        to_text(Scenario("w", "", (ToolFault("t", 1, content=deep),)))
    assert ToolFault("t", 1).arguments is UNSET


TOOL = {"tool": "t", "call": 1, "content": 1}


def made(*faults: object, **more: object) -> dict[str, object]:
    return {"tooltrace_scenario": 1, "workflow": "w", "faults": list(faults), **more}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], 'it has no "tooltrace_scenario"'),
        ({"workflow": "w"}, 'it has no "tooltrace_scenario"'),
        (made(TOOL, tooltrace_scenario=2), "upgrade"),
        (made(TOOL, tooltrace_scenario=0), "there is only version 1"),
        (made(TOOL, tooltrace_scenario=True), "tooltrace_scenario: "),
        ({"tooltrace_scenario": 1, "workflow": "w"}, "`faults`"),
        (made(), "faults is empty"),
        (made(TOOL, workflow=5), "workflow: Expected"),
        (made(TOOL, input=None), "input: Expected"),
        (made(TOOL, outcome="great"), "outcome: Invalid"),
        (made(TOOL, more=1), "unknown field `more`"),
        (made(TOOL, faults={}), "faults: Expected"),
        (made(5), r"faults\[0\] must be an object"),
        (made({**TOOL, "request": 1}), r"faults\[0\] must be an object"),
        (made(TOOL, {**TOOL, "cal": 1}), r"faults\[1\]: .*unknown field `cal`"),
        (made({**TOOL, "call": 0}), r"faults\[0\].call: "),
        (made({**TOOL, "call": "1"}), r"faults\[0\].call: "),
        (made({**TOOL, "arguments": []}), r"faults\[0\].arguments: "),
        (made({**TOOL, "is_error": 1}), r"faults\[0\].is_error: "),
        (made({"tool": "t", "call": 1}), r"faults\[0\].content is missing"),
        (made({**TOOL, "characters": 5}), r"faults\[0\] has content and characters"),
        (made({"tool": "t", "call": 1, "characters": 10**9}), r"faults\[0\].characters: "),
        (made({"request": 1}), r"faults\[0\] needs a status"),
        (made({"request": 1, "status": 200}), r"faults\[0\].status: "),
        (made({"request": 1, "status": 500, "kind": "odd"}), r"faults\[0\].kind: "),
        (made({"request": 1, "status": 500, "retry_after": -1}), r"faults\[0\].retry_after: "),
        (made({"request": 1, "reply": {}}), r"faults\[0\].reply: it has no list"),
    ],
)
def test_files_that_are_no_scenario(value: object, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(dumps(value))
    with pytest.raises(BadScenario, match=words) as error:
        read_scenario(path)
    assert str(error.value).startswith(f"{path}: ") and "\n" not in str(error.value)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 500, b"NaN", b'{"a":1e999}'])
def test_files_that_are_no_json(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    with pytest.raises(BadScenario, match="is not JSON"):
        read_scenario(path)
    with pytest.raises(BadScenario, match="is no file"):
        read_scenario(tmp_path)
    with pytest.raises(BadScenario, match="does not exist"):
        read_scenario(tmp_path / "none")


def test_a_scenario_of_something_else(tmp_path: Path) -> None:
    spec = bill(tmp_path).spec
    assert missing_tool(Scenario("bill", "", (ToolFault("pay", 1, content=1),)), spec) is None
    other = missing_tool(Scenario("loan", "", ()), spec)
    assert other == "a scenario of loan, and WORKFLOW is bill"
    gone = missing_tool(Scenario("bill", "", (ToolFault("bye", 1, content=1),)), spec)
    assert gone == "fault 1: bill has no tool 'bye'; there are: look, pay, tell"
