"""Breakpoints of each kind: stop before, stop once; kept with the project, whatever is in there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill, pair, till
from tests.debugger.sitting import Sitting
from tooltrace.core.decide.breakpoints import parse
from tooltrace.core.decide.next_action import CallModel, ChangeState, RunTools
from tooltrace.core.model import events as e

RUNS = {"look": 0, "pay": 1, "tell": 2}


def armed(s: Sitting, *texts: str) -> Sitting:
    s.debugger.breakpoints.set(tuple(parse(text) for text in texts))
    return s


def stopped_at(s: Sitting) -> list[int]:
    """Where continuing stops at breakpoints, until it stops for something else."""
    found = []
    while s.do("go").kind == "breakpoint":
        found.append(s.head)
    return found


@pytest.mark.parametrize("tool", ["look", "pay", "tell"])
def test_before_a_tool(sit: Sit, tmp_path: Path, tool: str) -> None:
    s = armed(sit(bill(tmp_path)), f"tool:{tool}")
    stop = s.do("go")
    assert stop.kind == "breakpoint" and str(stop.breakpoint) == f"tool:{tool}"
    assert isinstance(s.view.action, RunTools) and s.view.action.calls[0].tool == tool
    assert len(Ran(tmp_path).all) == RUNS[tool]
    assert s.do("go").kind == "finished"


def test_before_every_call(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path)), "call")
    assert len(stopped_at(s)) == 3


@pytest.mark.parametrize(
    ("condition", "tool"),
    [
        ("args.amount == 25", "pay"),
        ("state == 'telling'", "tell"),
        ("context.paid", "tell"),
        ("usage.input > 0 and tool == 'pay'", "pay"),
    ],
)
def test_conditions(sit: Sit, tmp_path: Path, condition: str, tool: str) -> None:
    s = armed(sit(bill(tmp_path)), f"call if {condition}")
    assert s.do("go").kind == "breakpoint"
    assert s.view.action.calls[0].tool == tool  # type: ignore[union-attr]


def test_a_condition_that_does_not_hold_or_is_about_others_stops_nothing(
    sit: Sit, tmp_path: Path
) -> None:
    s = armed(sit(bill(tmp_path)), "tool:pay if args.amount > 1000", "call if args.number > 90")
    assert s.do("go").kind == "finished"


def test_an_expression_alone_watches_calls_and_transitions(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path)), "if result.good")
    assert s.do("go").kind == "breakpoint"
    assert isinstance(s.view.action, ChangeState)


def test_on_entering_a_state(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path)), "state:telling")
    assert s.do("go").kind == "breakpoint"
    assert s.names[-1] == "transitioned" and s.snapshot.state == "telling"
    assert isinstance(s.view.action, CallModel)
    assert s.do("go").kind == "finished"


@pytest.mark.parametrize("text", ["transition:looking->paying", "transition:*->paying"])
def test_before_a_transition(sit: Sit, tmp_path: Path, text: str) -> None:
    s = armed(sit(bill(tmp_path)), text)
    assert s.do("go").kind == "breakpoint"
    assert s.snapshot.state == "looking"
    assert isinstance(s.view.action, ChangeState) and s.view.action.to == "paying"
    assert s.do("go").kind == "finished"


def test_after_an_error(sit: Sit, tmp_path: Path) -> None:
    def broken() -> str:
        raise OSError("no line")

    s = armed(sit(pair(tmp_path, left=broken)), "error")
    assert s.do("go").kind == "breakpoint"
    assert [c.is_error for c in s.snapshot.calls] == [False, True]
    assert s.do("go").kind == "finished"


def test_a_disabled_one_stops_nothing(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    point = parse("tool:pay")
    s.debugger.breakpoints.set((type(point)(point.kind, point.target, None, enabled=False),))
    assert s.do("go").kind == "finished"


def test_who_stands_before_a_call_and_goes_on_is_not_stopped_there(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    armed(s, "tool:pay", "call if tool == 'pay'")
    assert s.do("go").kind == "finished"
    assert Ran(tmp_path).times("pay") == 1


def test_coming_again_stops_again(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path)), "tool:pay")
    s.do("go")
    place = s.head
    s.do("back")
    s.do("back")
    assert s.do("go").kind == "breakpoint" and s.head == place
    s.do("go")
    assert s.do("back", "continue").kind == "breakpoint" and s.head == place
    assert s.do("back", "continue").kind == "start"
    assert s.do("go").kind == "breakpoint" and s.head == place
    assert Ran(tmp_path).times("pay") == 1


def test_after_an_edit_the_new_branch_is_stopped_at_too(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path)), "tool:pay")
    s.do("go")
    s.done("edit.result", s.last(e.ToolReturned, "look"), {"amount": 7, "good": True})
    stop = s.do("go")
    assert stop.kind == "breakpoint"
    assert s.view.action.calls[0].arguments == {"amount": 7}  # type: ignore[union-attr]


def test_a_turn_ends_at_a_breakpoint_and_says_so(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path)), "tool:look", "state:paying")
    assert s.do("turn").kind == "breakpoint"
    assert s.do("turn").breakpoint == parse("state:paying")


def test_a_step_goes_one_step_whatever_the_breakpoints(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path)), "tool:pay", "tool:look", "error", "state:paying")
    s.to_call("pay")
    s.steps(3)
    assert Ran(tmp_path).times("pay") == 1


def test_same_places_live_and_in_the_recording(sit: Sit, tmp_path: Path) -> None:
    texts = ("call", "state:telling", "transition:*->done")
    s = armed(sit(bill(tmp_path)), *texts)
    live = stopped_at(s)
    s.done("goto", s.view.path[0])
    assert stopped_at(s) == live
    assert len(live) == 5
    back = []
    while s.do("back", "continue").kind == "breakpoint":
        back.append(s.head)
    assert back == live[::-1]


def test_kept_with_the_project_by_workflow(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path), points=True), "tool:pay if args.amount > 1", "error")
    s.close()
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / "s.jsonl").rename(other / "s.jsonl")
    t = armed(sit(till(tmp_path), points=True), "call")
    t.close()
    (tmp_path / "s.jsonl").unlink()
    (other / "s.jsonl").rename(tmp_path / "s.jsonl")
    again = sit(bill(tmp_path), points=True)
    assert [str(p) for p in again.view.points] == ["tool:pay if args.amount > 1", "error"]
    assert again.view.problems == ()
    assert again.do("go").kind == "breakpoint"
    file = tmp_path / ".tooltrace" / "breakpoints.json"
    assert json.loads(file.read_text())["till"] == ["call"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_disabled_ones_are_kept_as_such_and_none_leave_nothing(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path), points=True)
    off = type(parse("error"))("error", enabled=False)
    s.debugger.breakpoints.set((off,))
    s.close()
    s = sit(bill(tmp_path), points=True)
    assert s.view.points == (off,)
    s.debugger.breakpoints.set(())
    s.close()
    assert json.loads((tmp_path / ".tooltrace" / "breakpoints.json").read_text()) == {}


def test_those_for_this_sitting_only_are_not_kept(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path), points=True)
    s.debugger.breakpoints.add((parse("tool:pay"),))
    s.debugger.breakpoints.add((parse("tool:pay"),))
    assert len(s.view.points) == 1
    assert s.do("go").kind == "breakpoint"
    s.close()
    assert sit(bill(tmp_path), points=True).view.points == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"bill": 7}',
        b'{"bill": ["tool:"]}',
        b'{"bill": [{"on": 1}]}',
        b'{"bill": ["call if (("]}',
        b'{"bill": [{"off": "__import__(1)"}]}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_named_and_stops_nothing(
    sit: Sit, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / ".tooltrace" / "breakpoints.json"
    file.parent.mkdir()
    file.write_bytes(content)
    s = sit(bill(tmp_path), points=True)
    assert s.view.points == ()
    (problem,) = s.view.problems
    assert "breakpoints.json" in problem and "\n" not in problem
    armed(s, "tool:pay")
    s.close()
    assert [str(p) for p in sit(bill(tmp_path), points=True).view.points] == ["tool:pay"]
    if not content.startswith(b'{"'):  # What cannot be told apart is kept for its owner.
        assert file.with_suffix(".damaged").read_bytes() == content


def test_a_folder_that_cannot_be_written_is_said_and_the_points_still_stop(
    sit: Sit, tmp_path: Path
) -> None:
    (tmp_path / ".tooltrace").write_text("in the way")
    s = armed(sit(bill(tmp_path), points=True), "tool:pay")
    assert any("not saved" in problem for problem in s.view.problems)
    assert s.do("go").kind == "breakpoint"
