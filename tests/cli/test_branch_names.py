"""``FILE@12`` is record 12: no branch can be called so, and an old one leaves it ``@#12``."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest

from scripts.record import SESSIONS
from tests.cli.calling import assert_refused, call
from tooltrace.assemble import reopen
from tooltrace.core.fold.branches import name_problem
from tooltrace.core.model.notes import BranchNamed
from tooltrace.debugger.stop import Stop

EDITED = SESSIONS / "demo-refund-edited.jsonl"
Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", ["12", " 12 ", "#12", "0", "9" * 40])
def test_a_name_that_reads_as_a_record_is_refused(name: str, tmp_path: Path) -> None:
    debugger = reopen(Path(shutil.copy(EDITED, tmp_path / "s.jsonl")))
    try:
        begin = debugger.view().branches[1].begin
        asks: list[Callable[[], Future[Stop]]] = [
            lambda: debugger.submit.notes.rename(begin, name),
            lambda: debugger.submit.edit.fork(name),
        ]
        for ask in asks:
            stop = ask().result(20)
            assert stop.kind == "error" and "would read as a record" in stop.text
        assert name.strip() not in {branch.name for branch in debugger.view().branches}
    finally:
        debugger.close()


@pytest.mark.parametrize("name", ["v12", "12a", "1.2", "# 12", "12-2", "१२", "too late"])
def test_other_names_are_free(name: str) -> None:
    assert name_problem(name) is None


def test_a_branch_of_an_old_file_hides_no_record(tmp_path: Path, capsys: Capture) -> None:
    path = Path(shutil.copy(EDITED, tmp_path / "s.jsonl"))
    debugger = reopen(path)
    branches = {branch.name: branch for branch in debugger.view().branches}
    other = branches["too-late"]
    debugger.session.note(BranchNamed(other.begin, "12"))
    debugger.session.note(BranchNamed(branches["main"].begin, "#27"))
    debugger.close()
    assert debugger.view().tree.branch_of(12).name == "#27"  # type: ignore[union-attr]

    def named(place: str) -> str:
        left = call(capsys, "diff", f"{path}@{place}", path, "--json").objects[-1]["left"]
        return f"{left['branch']} {left['record']}"

    assert named("12") == f"12 {other.tip}"
    assert named("#12") == named("#2") != named("12")
    assert named("#27") == named("27") == f"12 {other.tip}"
    assert_refused(call(capsys, "diff", f"{path}@#999", path), "no record or branch")
    assert_refused(call(capsys, "diff", f"{path}@##12", path), "no record or branch")
