"""What a project file says is read and never run, wherever it is from; errors are one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.debugger.flows import bill
from tests.debugger.sitting import Sitting
from tooltrace.assemble import Code, new_run, reopen
from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.decide.watches import Watch
from tooltrace.core.model.events import Settings
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.debugger.run.project_file import ProjectPoints, project_points

GOOD = """
[project]
name = "x"

[tool.tooltrace]
breakpoints = [
    "tool:pay if args.amount > 1",
    "reply log reply.text",
]
watches = ["context.paid"]
"""
FOUND = ((parse("tool:pay if args.amount > 1"), parse("reply log reply.text")),)


def write(folder: Path, text: str | bytes) -> Path:
    file = folder / "pyproject.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_found_upward_in_the_nearest_file(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    found = project_points(deep)
    assert found == ProjectPoints(*FOUND, (Watch("context.paid"),))
    write(tmp_path / "a", "[project]\n")
    assert project_points(deep) == ProjectPoints()


@pytest.mark.parametrize("root", [".git", ".hg"])
def test_not_above_the_root_of_a_project(tmp_path: Path, root: str) -> None:
    write(tmp_path, GOOD)
    (tmp_path / "sent" / root).mkdir(parents=True)
    assert project_points(tmp_path / "sent") == ProjectPoints()


def test_not_from_home_or_where_everybody_may_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, GOOD)
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert project_points(below) == ProjectPoints()
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    assert project_points(below).points
    tmp_path.chmod(0o1777)
    assert project_points(below) == ProjectPoints()


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("[tool.tooltrace]\nbreakpoints = [", 2, "breakpoints not read"),
        ("[tool.tooltrace]\n\nbreakpoints = 3", 3, "breakpoints is no list of texts"),
        ("[tool.tooltrace]\nwatches = [3]", 2, "3 is no text"),
        ("[tool]\ntooltrace = 3", 2, "tool.tooltrace is no table"),
        ('[tool.tooltrace]\nbreakpoints = [\n "call",\n "moon:x"]', 4, "'moon:x' is no breakpoint"),
        ('[tool.tooltrace]\nwatches = [\n "a b"]', 3, "cannot be parsed"),
        ("[tool.tooltrace]\nbreakpoint = []", 2, "unknown key of tool.tooltrace 'breakpoint'"),
        ("[tool.tooltrace]\nx = '\xff'".encode("latin-1"), 2, "this is no UTF-8"),
        ('[tool.tooltrace]\nwatches = ["\\u001b[2Jx("]', 2, "cannot be parsed"),
        ("[tool.tooltrace]\nx = " + "[" * 100_000, None, "breakpoints not read"),
        ("[tool.tooltrace]\nx = " + "9" * 10_000, None, "breakpoints not read"),
    ],
)
def test_what_is_wrong_is_one_line_with_file_and_line(
    tmp_path: Path, text: str | bytes, line: int | None, why: str
) -> None:
    file = write(tmp_path, text)
    problem = project_points(tmp_path).problems[0]
    assert problem.startswith(f"{file}:{line}: " if line else f"{file}")
    assert why in problem and len(problem.splitlines()) == 1 and "\x1b" not in problem


def test_the_others_count_where_one_is_wrong(tmp_path: Path) -> None:
    write(tmp_path, '[tool.tooltrace]\nbreakpoints = ["moon:x", "call", 3]')
    found = project_points(tmp_path)
    assert found.points == (Breakpoint("call"),) and len(found.problems) == 2


def test_no_link_no_pipe_and_nothing_huge_is_read(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_text(GOOD)
    file = tmp_path / "pyproject.toml"
    file.symlink_to(target)
    assert "is not a regular file" in project_points(tmp_path).problems[0]
    file.unlink()
    os.mkfifo(file)
    assert "is not a regular file" in project_points(tmp_path).problems[0]
    file.unlink()
    write(tmp_path, "# tooltrace\n" + "x" * 1_000_000)
    (problem,) = project_points(tmp_path).problems
    assert "more than 1,000,000 bytes" in problem


def test_very_many_are_cut(tmp_path: Path) -> None:
    many = ", ".join(f'"tool:t{n}"' for n in range(300))
    write(tmp_path, f"[tool.tooltrace]\nbreakpoints = [{many}]")
    found = project_points(tmp_path)
    assert len(found.points) == 200 and "only the first 200 breakpoints count" in found.problems[0]


def test_the_app_has_them_in_force_and_writes_them_nowhere(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    path = tmp_path / "s.jsonl"
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.do("go")
    file = BreakpointFile(tmp_path)
    with reopen(path, points=file) as d:
        assert d.view().points == FOUND[0] and d.view().problems == ()
        assert set(d.view().origins.values()) == {"pyproject.toml"}
        d.breakpoints.set([*d.breakpoints, "call"])
        off = Breakpoint("tool", "pay", "args.amount > 1", enabled=False)
        d.breakpoints.set([off, *list(d.breakpoints)[1:]])
        d.breakpoints.read_again()
        assert off in d.view().points and parse("call") in d.view().points
        assert [w.text for w in d.view().watched] == ["true"]
    assert file.load("bill")[0] == (parse("call"),)


def test_one_that_means_nothing_in_this_workflow_is_told(tmp_path: Path) -> None:
    write(tmp_path, '[tool.tooltrace]\nbreakpoints = ["tool:moon"]\nwatches = ["context.moon"]')
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.do("go")
    with reopen(tmp_path / "s.jsonl", points=BreakpointFile(tmp_path)) as d:
        told = d.view().problems
    assert any("bill has no tool 'moon'" in problem for problem in told)
    assert any("unknown context name 'moon'" in problem for problem in told)


def test_nothing_of_it_counts_without_the_app(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    with new_run(Code("bill", bill(tmp_path)), tmp_path / "s.jsonl", Settings()) as d:
        assert list(d.breakpoints) == []
