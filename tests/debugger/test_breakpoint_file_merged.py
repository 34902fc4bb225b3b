"""Two windows on one workflow: each adds and takes away, and neither undoes what the other did."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.debugger.flows import bill
from tests.debugger.sitting import Sitting
from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.debugger.run.breakpoint_file import BreakpointFile

PAY, LOOK, TELL = parse("tool:pay"), parse("tool:look"), parse("tool:tell if args.amount > 3")
OFF = Breakpoint("tool", "pay", enabled=False)


def test_what_two_windows_add_and_take_away_is_merged(tmp_path: Path) -> None:
    one, two = BreakpointFile(tmp_path), BreakpointFile(tmp_path)
    assert one.save("w", (PAY,)) == (PAY,)
    assert two.load("w") == ((PAY,), None)
    assert one.save("w", (PAY, LOOK)) == (PAY, LOOK)
    assert two.save("w", (TELL,)) == (LOOK, TELL)  # PAY was taken away in the second.
    assert one.save("w", (PAY, LOOK)) == (LOOK, TELL)  # Nothing was changed in the first.
    assert one.save("w", (TELL,)) == (TELL,)
    assert two.save("w", ()) == ()
    assert json.loads(one.path.read_text()) == {}


def test_one_that_is_switched_off_is_there_once(tmp_path: Path) -> None:
    one, two = BreakpointFile(tmp_path), BreakpointFile(tmp_path)
    one.save("w", (PAY, LOOK))
    two.load("w")
    assert two.save("w", (OFF, LOOK)) == (LOOK, OFF)
    assert one.save("w", (PAY, LOOK, TELL)) == (LOOK, OFF, TELL)
    assert BreakpointFile(tmp_path).load("w") == ((LOOK, OFF, TELL), None)


def test_what_nobody_here_can_read_stays(tmp_path: Path) -> None:
    file = BreakpointFile(tmp_path)
    file.save("w", (PAY,))
    file.path.write_text(json.dumps({"w": ["tool:pay", "moon:full"], "v": 3}))
    assert file.save("w", (PAY, LOOK)) == (PAY, LOOK)
    assert json.loads(file.path.read_text()) == {
        "w": ["tool:pay", "moon:full", "tool:look"],
        "v": 3,
    }


def test_of_very_many_the_first_are_read_and_the_others_stay(tmp_path: Path) -> None:
    file = BreakpointFile(tmp_path)
    file.save("w", (PAY,))
    many = [f"tool:t{n}" for n in range(3_000)]
    file.path.write_text(json.dumps({"w": many}))
    points, problem = file.load("w")
    assert len(points) == 2_000 and problem is None
    file.save("w", (*points[1:], PAY))
    assert json.loads(file.path.read_text())["w"] == [*many[1:], "tool:pay"]


def test_a_file_that_went_or_broke_is_written_whole(tmp_path: Path) -> None:
    file = BreakpointFile(tmp_path)
    file.save("w", (PAY,))
    for spoil in (file.path.unlink, lambda: file.path.write_text("{")):
        spoil()
        assert file.save("w", (PAY, LOOK)) == (PAY, LOOK)
        assert BreakpointFile(tmp_path).load("w")[0] == (PAY, LOOK)


def test_many_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tooltrace.core.decide.breakpoints import parse;"
        "from tooltrace.debugger.run.breakpoint_file import BreakpointFile;"
        "file = BreakpointFile(Path(sys.argv[1])); points = ();\n"
        "for n in range(10):\n"
        "    points = file.save('w', (*points, parse(f'tool:t{sys.argv[2]}_{n}')))"
    )
    others = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), str(n)]) for n in range(4)
    ]
    assert [other.wait(60) for other in others] == [0] * 4
    points = {str(p) for p in BreakpointFile(tmp_path).load("w")[0]}
    assert points == {f"tool:t{n}_{i}" for n in range(4) for i in range(10)}


def test_a_window_sees_what_the_other_set_when_it_sets_its_own(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path), points=True) as s:
        BreakpointFile(tmp_path).save("bill", (LOOK,))
        s.debugger.breakpoints.set((PAY,))
        assert s.view.points == (LOOK, PAY)
