"""A process that is really killed while its tool runs: a person says what became of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill
from tests.debugger.sitting import WAIT, Sitting

KILLED = """
import os, sys
from pathlib import Path
from tests.debugger.flows import bill
from tests.debugger.sitting import Sitting

def paying():
    os.write(1, b"paying")
    os.read(0, 1)

folder = Path(sys.argv[1])
s = Sitting(folder, bill(folder, paying=paying, world=sys.argv[2] == "world", open_world=False))
s.do("go")
"""


def killed_while_paying(folder: Path, world: str = "") -> None:
    """Leave behind what a process leaves that is killed while its tool runs."""
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder), world],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    assert os.read(child.stdout.fileno(), 6) == b"paying"
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait(WAIT) == -signal.SIGKILL
    child.stdout.close()
    child.stdin.close()  # type: ignore[union-attr]


def reopened(sit: Sit, folder: Path, world: bool = False) -> Sitting:
    s = sit(bill(folder, open_world=False, world=world))
    if not s.view.at_tip:
        s.done("goto", s.view.tip)
    return s


def test_after_a_crash_the_outcome_is_unknown_and_nothing_runs_by_itself(
    sit: Sit, tmp_path: Path
) -> None:
    killed_while_paying(tmp_path)
    s = reopened(sit, tmp_path)
    assert s.names[-1] == "tool_started"
    for command in ("step", "go", "turn"):
        stop = s.do(command)
        assert stop.kind == "await" and "may or may not have acted" in stop.text
    assert s.do("edit.say", "Hello?").kind == s.do("edit.force", "done", "x").kind == "error"
    assert Ran(tmp_path).times("pay") == 1


def test_an_unknown_outcome_marked_done(sit: Sit, tmp_path: Path) -> None:
    killed_while_paying(tmp_path)
    s = reopened(sit, tmp_path)
    s.done("edit.answer", s.snapshot.calls[0].ref, {"paid": 25})
    assert s.do("go").kind == "finished"
    assert s.snapshot.state == "done"
    assert Ran(tmp_path).times("pay") == 1


def test_an_unknown_outcome_typed_as_a_failure(sit: Sit, tmp_path: Path) -> None:
    killed_while_paying(tmp_path)
    s = reopened(sit, tmp_path)
    s.done("edit.answer", s.snapshot.calls[0].ref, "the bank says no", True)
    assert s.do("go").kind == "finished"
    assert s.snapshot.state == "failed"  # It is critical, and it did reach its tool.
    assert Ran(tmp_path).times("pay") == 1


def test_an_unknown_outcome_run_again_asks_and_keeps_the_key(sit: Sit, tmp_path: Path) -> None:
    killed_while_paying(tmp_path)
    s = reopened(sit, tmp_path)
    assert s.do("edit.retry", s.head).kind == "confirm"
    assert Ran(tmp_path).times("pay") == 1
    assert s.do("confirm").kind == "step"
    first, second = Ran(tmp_path).keys("pay")
    assert first == second  # So that whoever takes the key can tell that it is the same payment.
    s.do("edit.retry", s.head)
    s.do("confirm")
    assert Ran(tmp_path).keys("pay")[2] == f"{first}-2"


def test_what_an_interrupted_call_did_to_the_world_stays_when_it_is_marked_done(
    sit: Sit, tmp_path: Path
) -> None:
    killed_while_paying(tmp_path, "world")
    safe = tmp_path / "s.world" / "safe" / "payments.txt"
    assert safe.read_text() == "25\n"
    s = reopened(sit, tmp_path, world=True)
    s.done("edit.answer", s.snapshot.calls[0].ref, {"paid": 25})
    assert s.do("go").kind == "finished"
    assert safe.read_text() == "25\n"
    assert "world_restored" not in s.names


def test_what_an_interrupted_call_did_to_the_world_is_taken_back_when_it_runs_again(
    sit: Sit, tmp_path: Path
) -> None:
    killed_while_paying(tmp_path, "world")
    safe = tmp_path / "s.world" / "safe" / "payments.txt"
    s = reopened(sit, tmp_path, world=True)
    asked = s.do("edit.retry", s.head)
    assert [d.undone for d in asked.warnings] == [True]
    assert s.do("confirm").kind == "step"
    assert s.worlds is not None
    own = s.worlds.world.path / "payments.txt"  # type: ignore[attr-defined]
    assert own != safe
    assert own.read_text() == "25\n"  # Once: the first payment is not in this branch's copy.
    assert safe.read_text() == "25\n"
    assert "world_restored" in s.names
    assert Ran(tmp_path).times("pay") == 2


def test_a_world_that_went_elsewhere_since_is_not_taken_for_what_the_call_left(
    sit: Sit, tmp_path: Path
) -> None:
    killed_while_paying(tmp_path, "world")
    s = reopened(sit, tmp_path, world=True)
    interrupted, before = s.head, s.head - 1
    s.done("goto", before)
    s.done("edit.arguments", s.snapshot.calls[0].ref, {"amount": 7})
    s.step_again()  # On a copy of its own.
    s.done("goto", interrupted)
    s.done("edit.answer", s.snapshot.calls[0].ref, {"paid": 25})
    assert s.session.tree[s.head].event.world is None  # type: ignore[attr-defined]
