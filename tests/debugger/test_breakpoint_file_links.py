"""Breakpoints are kept in a project that may come from anywhere: nothing is written through it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tooltrace.core.decide.breakpoints import parse
from tooltrace.core.model.errors import NotSaved
from tooltrace.debugger.run.breakpoint_file import BreakpointFile

POINTS = (parse("tool:pay"),)


def test_a_link_in_the_way_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    kept = tmp_path / ".tooltrace"
    kept.mkdir()
    for name in ("breakpoints.json", "breakpoints.new", f".breakpoints.json.{os.getpid()}"):
        (kept / name).symlink_to(tmp_path / "precious")
    file = BreakpointFile(tmp_path)
    assert file.load("w")[0] == ()
    file.save("w", POINTS)
    assert file.load("w") == (POINTS, None)
    assert (tmp_path / "precious").read_text() == "mine"


def test_a_folder_that_is_a_link_is_neither_read_nor_written(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / ".tooltrace").symlink_to("outside")
    file = BreakpointFile(tmp_path)
    points, problem = file.load("w")
    assert points == () and problem is not None and "is a link to outside" in problem
    with pytest.raises(NotSaved, match="is a link to outside"):
        file.save("w", POINTS)
    assert list((tmp_path / "outside").iterdir()) == []


def test_what_is_no_file_is_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / ".tooltrace").mkdir()
    os.mkfifo(tmp_path / ".tooltrace" / "breakpoints.json")
    points, problem = BreakpointFile(tmp_path).load("w")
    assert points == () and problem is not None and "is not a regular file" in problem
    BreakpointFile(tmp_path).save("w", POINTS)
    assert BreakpointFile(tmp_path).load("w") == (POINTS, None)
