"""Step, turn, continue, pause, run to, back, goto: through the façade that every front end uses."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill, pair, till
from tests.debugger.sitting import WAIT
from tooltrace import Move, Seen
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Snapshot


def held(begun: threading.Event, on: threading.Event) -> Callable[[], object]:
    """What a tool does that says that it has begun, and goes on when it may."""

    def hold() -> None:
        begun.set()
        on.wait(WAIT)

    return hold


def test_a_step_is_one_event_or_one_call(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path))
    s.steps(1)
    assert s.names[-1] == "model_replied"
    s.steps(1)
    assert [c.status for c in s.snapshot.calls] == ["returned", "waiting"]
    s.steps(1)
    assert [c.status for c in s.snapshot.calls] == ["returned", "returned"]
    assert s.view.saved == s.head  # What is shown is on disk.


def test_to_the_next_reply(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    said = []
    for _ in range(4):
        s.done("turn")
        said.append(s.said())
    assert said == ["Looking.", "Paying.", "", "Paid."]
    assert s.do("turn").kind == "finished"


def test_a_beat_is_a_call_with_its_result_a_transition_and_the_end(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    names = []
    for _ in range(7):
        s.done("beat")
        names.append(s.names[-1])
    assert names == [*["tool_returned", "transitioned"] * 3, "run_finished"]
    assert s.do("beat").kind == "finished"
    end = s.head
    for _ in range(7):
        s.done("back", "beat")
    assert s.head == 2
    for _ in range(7):
        s.done("beat")
    assert s.head == end
    assert [tool for tool, _, _ in Ran(tmp_path).all] == ["look", "pay", "tell"]


def test_without_writes_a_beat_stands_before_a_call_that_does_more_than_read(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.done("beat")
    s.done("beat", writes=False)
    for _ in range(2):
        stop = s.do("beat", writes=False)
        assert (stop.kind, stop.text) == ("paused", "pay writes: a person says when it runs")
    assert [tool for tool, _, _ in Ran(tmp_path).all] == ["look"]
    s.done("beat")
    assert [tool for tool, _, _ in Ran(tmp_path).all] == ["look", "pay"]


def test_continue_goes_to_the_end(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    assert s.do("go").kind == "finished"
    assert s.snapshot.outcome == "completed"
    assert s.do("go").kind == s.do("step").kind == "finished"
    assert [tool for tool, _, _ in Ran(tmp_path).all] == ["look", "pay", "tell"]


def test_pause_stops_between_two_actions(sit: Sit, tmp_path: Path) -> None:
    paying, on = threading.Event(), threading.Event()

    def wait() -> None:
        paying.set()
        assert on.wait(WAIT)

    s = sit(bill(tmp_path, paying=wait))
    going = s.debugger.submit.go()
    assert paying.wait(WAIT)
    before = s.view
    assert before.running
    s.debugger.pause()
    asked = s.view
    assert asked.pausing
    on.set()
    assert going.result(WAIT).kind == "paused"
    assert s.names[-1] == "tool_returned"
    assert not s.view.running and not s.view.pausing
    assert s.do("go").kind == "finished"  # It asked once, not for ever.


def test_pause_counts_from_the_moment_a_command_was_given(sit: Sit, tmp_path: Path) -> None:
    s = sit(till(tmp_path, rounds=20))
    going = s.debugger.submit.go()
    s.debugger.pause()
    assert going.result(WAIT).kind == "paused"
    assert len(s.path) < 20


def test_pause_when_nothing_runs_says_nothing_to_the_next_command(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.debugger.pause()
    s.debugger.cancel()
    assert not s.view.pausing
    assert s.do("go").kind == "finished"


def test_one_thing_at_a_time(sit: Sit, tmp_path: Path) -> None:
    paying, on = threading.Event(), threading.Event()
    s = sit(bill(tmp_path, paying=held(paying, on)))
    going = s.debugger.submit.go()
    assert s.view.running  # From the moment it was accepted.
    assert paying.wait(WAIT)
    for command in ("step", "edit.undo", "back"):
        refused = s.do(command)
        assert refused.kind == "error" and "still running" in refused.text
    on.set()
    assert going.result(WAIT).kind == "finished"


def test_cancel_gives_up_a_call_with_a_result_that_says_so(sit: Sit, tmp_path: Path) -> None:
    paying, on = threading.Event(), threading.Event()
    s = sit(bill(tmp_path, paying=held(paying, on)))
    s.to_call("pay")
    stepping = s.debugger.submit.step()
    assert paying.wait(WAIT)
    s.debugger.cancel()
    stepping.result(WAIT)
    given_up = s.path[-1].event
    assert isinstance(given_up, e.ToolReturned)
    assert given_up.is_error and given_up.abandoned and "cancelled" in given_up.content
    on.set()
    assert s.view.saved == s.head


def test_cancel_gives_up_on_the_model_and_says_so(sit: Sit, tmp_path: Path) -> None:
    asked = threading.Event()

    class Silent:
        def cancel(self) -> bool:
            return False

        async def ask(self, request: object, heard: object = None) -> NoReturn:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

    s = sit(bill(tmp_path), model=Silent())
    for _ in range(2):  # It can be asked again, and given up again.
        asked.clear()
        stepping = s.debugger.submit.step()
        assert asked.wait(WAIT)
        s.debugger.cancel()
        assert stepping.result(WAIT).kind == "paused"
        assert s.names[-1] == "model_failed"
        assert s.view.saved == s.head
    assert "cancelled" in s.do("go").text


def test_until_a_record_ahead(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    back_at = s.view.path[1]
    s.done("goto", back_at)
    started = s.view.path[4]
    assert s.session.tree[started].event.name == "tool_started"
    stop = s.do("go", until=started)  # Nobody can stand there: the next place will do.
    assert stop.text == f"reached #{started}"
    assert s.session.tree[s.head].event.name == "tool_returned"
    for there in (s.head, back_at, 999):
        assert s.do("go", until=there).kind == "error"


def test_until_does_not_run_past_a_record_of_another_branch(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    elsewhere = s.head
    s.done("edit.result", s.last(e.ToolReturned, "look"), {"amount": 1, "good": True})
    before = len(Ran(tmp_path).all)
    assert s.do("go", until=elsewhere).kind == "error"
    assert len(Ran(tmp_path).all) == before


def test_back_and_forth_runs_nothing(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    seen: list[tuple[int, Snapshot]] = [(s.head, s.snapshot)]
    while s.do("step").kind == "step":
        seen.append((s.head, s.snapshot))
    ran, size = Ran(tmp_path).all, s.file.stat().st_size
    for place in reversed(seen[:-1]):
        s.done("back")
        assert (s.head, s.snapshot) == place
    s.done("back")  # The root, where nothing was said yet.
    assert s.do("back").kind == "start"
    s.steps(1)
    for place in seen[1:]:
        s.done("step")
        assert (s.head, s.snapshot) == place
    assert Ran(tmp_path).all == ran
    assert s.file.stat().st_size == size


def test_one_stands_only_where_nothing_is_in_flight(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    stood = set()
    while s.do("back").kind == "step":
        stood.add(s.names[-1])
        assert s.snapshot.settled
    assert not {"model_called", "tool_started"} & stood


def test_continue_in_a_recording_stops_at_its_end_before_anything_runs(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    tip = s.head
    s.done("goto", s.view.path[0])
    assert s.do("go").kind == "end"
    assert s.head == tip
    assert Ran(tmp_path).times("pay") == 0


def test_back_by_turns_and_to_the_start(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    said = []
    while s.do("back", "turn").kind == "step":
        said.append(s.said())
    assert said == ["Paid.", "", "Paying.", "Looking."]
    s.do("go")
    assert s.do("back", "continue").kind == "start"
    assert s.head == s.view.path[0]


def test_goto_any_record_of_any_branch(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    main = list(s.view.path)
    s.done("edit.result", s.last(e.ToolReturned, "look"), {"amount": 1, "good": False})
    s.do("go")
    other = list(s.view.path)
    s.done("goto", main[-3])
    assert list(s.view.path) == main and s.head == main[-3]
    s.done("goto", other[-2])
    assert list(s.view.path) == other
    # A record that both have in common stays on the branch one is on, unless another is named.
    s.done("goto", main[2])
    assert list(s.view.path) == other
    s.done("goto", main[2], main[-1])
    assert list(s.view.path) == main
    assert s.do("goto", 999).kind == "error"
    assert s.do("goto", other[-1], main[-1]).kind == "error"
    assert s.head == main[2]


def test_a_model_that_fails_is_asked_again_by_a_step_only(sit: Sit, tmp_path: Path) -> None:
    flow = bill(tmp_path)
    policy, broken = flow.policy, [True]
    assert policy is not None

    def broken_at_first(seen: Seen) -> Move:
        if broken[0]:
            raise ZeroDivisionError("division by zero")
        return policy(seen)

    flow.policy = broken_at_first
    s = sit(flow)
    s.steps(1)
    assert s.names[-1] == "model_failed"
    waiting = s.do("go")
    assert waiting.kind == "await" and "ZeroDivisionError" in waiting.text
    broken[0] = False
    s.steps(1)
    assert s.names[-1] == "model_replied"
    assert s.do("go").kind == "finished"


def test_a_free_workflow_ends_by_itself_and_can_be_talked_to(sit: Sit, tmp_path: Path) -> None:
    s = sit(till(tmp_path))
    assert s.do("go").kind == "finished"
    s.done("edit.say", "Open again.")
    assert s.snapshot.outcome is None
    assert s.do("go").kind == "finished"
    assert s.names.count("run_finished") == 2


def test_without_code_everything_but_running_works(sit: Sit, tmp_path: Path) -> None:
    flow = bill(tmp_path)
    s = sit(flow)
    s.to_call("pay")
    s.close()
    r = sit(flow, runs=False)
    assert not r.view.live
    stop = r.do("step")
    assert stop.kind == "no_code" and "--workflow" in stop.text
    r.done("edit.answer", r.to_call("pay"), {"paid": 1})
    r.steps(1)
    assert r.snapshot.state == "telling"  # A transition needs no code.
    assert r.do("step").kind == "no_code"
    assert r.do("edit.retry", r.last(e.ToolReturned, "look")).kind == "error"
    assert Ran(tmp_path).times("pay") == 0


def test_nothing_happens_after_closing(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.close()
    assert s.do("step").kind == "error"
    s.debugger.cancel()
    s.close()
    assert Ran(tmp_path).all == []


def test_closing_while_a_tool_runs_is_quick_and_leaves_the_truth(sit: Sit, tmp_path: Path) -> None:
    paying, on = threading.Event(), threading.Event()
    flow = bill(tmp_path, paying=held(paying, on))
    s = sit(flow)
    going = s.debugger.submit.go()
    assert paying.wait(WAIT)
    s.close()
    assert going.result(WAIT).kind == "paused"
    r = sit(flow)
    on.set()
    assert r.do("step").kind == "await"
    assert [c.status for c in r.snapshot.calls] == ["started"]


@pytest.mark.parametrize(
    "command", ["step", "turn", "go", "back", "edit.undo", "edit.redo", "confirm"]
)
def test_a_command_is_answered_and_never_raises(sit: Sit, tmp_path: Path, command: str) -> None:
    s = sit(bill(tmp_path))
    before = s.view.stop
    stop = s.do(command)
    assert s.view.stop == (before if stop.refused else stop)


def test_the_view_changes_when_something_did(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    before = s.view
    assert s.view is before
    s.steps(1)
    after = s.view
    assert after.changes > before.changes
    assert (before.head, after.head) == (2, 4)
    assert len(before.path) == 2  # What was seen before stays as it was.
