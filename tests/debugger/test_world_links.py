"""A session sent along with its folder: a fork, a step, a limit touch nothing outside of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill, till
from tests.debugger.sitting import Sitting
from tooltrace import FolderWorld, SqliteWorld, Workflow
from tooltrace.core.model import events as e
from tooltrace.debugger.world import branch_worlds, retention
from tooltrace.debugger.world.world_owner import find
from tooltrace.tools.world.folder import Folder
from tooltrace.workflows.refund import refund


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """What nothing may touch."""
    folder = tmp_path / "outside"
    (folder / "safe").mkdir(parents=True)
    (folder / "payments.txt").write_text("precious")
    (folder / "safe" / "payments.txt").write_text("precious")
    return folder


def listing(folder: Path) -> list[tuple[str, int, int]]:
    found = [folder, *sorted(folder.rglob("*"))]
    return [(str(p), p.lstat().st_mode, p.lstat().st_mtime_ns) for p in found]


def flow(tmp_path: Path) -> Workflow:
    return bill(tmp_path, world=True, open_world=False)


def forked_before_paying(sit: Sit, tmp_path: Path) -> tuple[Sitting, int]:
    """A run that paid, and a branch from before it that nothing has run on."""
    s = sit(flow(tmp_path))
    s.to_call("pay")
    before = s.head
    s.steps(1)
    s.done("goto", before)
    s.done("edit.fork")
    return s, s.view.branch.begin


def refused(s: Sitting, place: str) -> None:
    """Whatever is pressed, it says what is in the way and nothing runs."""
    for command in ("step", "go", "confirm", "step"):
        stop = s.do(command)
        assert stop.kind in ("error", "confirm"), stop
        assert "fault in tooltrace" not in stop.text and "\n" not in stop.text
        if command != "confirm":
            assert place in stop.text, stop


PLANTED: dict[str, Callable[[Path, Path, int], tuple[Path, Path]]] = {
    "in a branch": lambda w, out, n: (w / "branches" / str(n) / "safe", out / "safe"),
    "deep in a branch": lambda w, out, n: (w / "branches" / str(n) / "other" / "l", out),
    "a branch": lambda w, out, n: (w / "branches" / str(n), out),
    "the branches": lambda w, out, n: (w / "branches", out),
    "the snapshots": lambda w, out, n: (w / "snapshots", out),
    "a branch to the first": lambda w, out, n: (w / "branches" / str(n) / "safe", w / "safe"),
}


@pytest.mark.parametrize("mark", [False, True], ids=["", "marked as new"])
@pytest.mark.parametrize("where", PLANTED)
def test_a_planted_link_is_named_and_nothing_is_done_through_it(
    where: str, mark: bool, sit: Sit, tmp_path: Path, outside: Path
) -> None:
    s, begin = forked_before_paying(sit, tmp_path)
    s.close()
    place, target = PLANTED[where](tmp_path / "s.world", outside, begin)
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)
    if mark and where not in ("the branches", "the snapshots"):
        (tmp_path / "s.world" / "branches" / f"{begin}.new").touch()
    before, paid = listing(outside), (tmp_path / "s.world" / "safe" / "payments.txt").read_text()
    s = sit(flow(tmp_path))
    assert s.view.branch.begin == begin
    refused(s, str(place))
    assert listing(outside) == before
    assert (tmp_path / "s.world" / "safe" / "payments.txt").read_text() == paid
    assert Ran(tmp_path).times("pay") == 1


def test_a_folder_that_is_itself_a_link_is_not_the_sessions(
    sit: Sit, tmp_path: Path, outside: Path
) -> None:
    s, _ = forked_before_paying(sit, tmp_path)
    s.close()
    (tmp_path / "s.world").rename(tmp_path / "elsewhere")
    (tmp_path / "s.world").symlink_to("elsewhere")
    before = listing(tmp_path / "elsewhere")
    s = sit(flow(tmp_path))
    refused(s, "s.world")
    assert listing(tmp_path / "elsewhere") == before


def test_the_first_branchs_world_is_looked_over_as_well(
    sit: Sit, tmp_path: Path, outside: Path
) -> None:
    s = sit(flow(tmp_path))
    s.to_call("pay")
    s.close()
    (tmp_path / "s.world" / "safe").rmdir()
    (tmp_path / "s.world" / "safe").symlink_to(outside / "safe")
    before = listing(outside)
    s = sit(flow(tmp_path))
    s.to_call("pay")
    refused(s, "s.world/safe is a link to")
    assert listing(outside) == before and Ran(tmp_path).times("pay") == 0


@pytest.mark.parametrize("name", ["shop.db", "shop.db-wal", "shop.db-journal"])
def test_a_database_of_a_session_is_no_link(
    name: str, sit: Sit, tmp_path: Path, outside: Path
) -> None:
    s = sit(refund)
    s.to_call("process_credit")
    s.close()
    shutil.copy(tmp_path / "s.world" / "shop.db", outside / "theirs.db")
    (tmp_path / "s.world" / name).unlink(missing_ok=True)
    (tmp_path / "s.world" / name).symlink_to(outside / "theirs.db")
    before = listing(outside)
    s = sit(refund)
    s.to_call("process_credit")
    refused(s, f"s.world/{name}")
    assert listing(outside) == before


def test_a_mark_that_came_along_empties_nothing(sit: Sit, tmp_path: Path) -> None:
    s, begin = forked_before_paying(sit, tmp_path)
    s.close()
    branch = tmp_path / "s.world" / "branches" / str(begin)
    (branch / "safe").mkdir(parents=True)
    (branch / "safe" / "thesis.txt").write_text("the only copy")
    for content in ("", f"{branch.stat().st_dev} 1\n", "x" * 10_000):
        mark = branch.with_name(f"{begin}.new")
        mark.write_text(content)
        s = sit(flow(tmp_path))
        stop = s.do("step")
        assert stop.kind == "confirm" and "changed outside" in stop.text
        s.close()
    mark.unlink()
    mark.symlink_to(branch / "safe" / "thesis.txt")
    s = sit(flow(tmp_path))
    assert "changed outside" in s.do("step").text
    assert (branch / "safe" / "thesis.txt").read_text() == "the only copy"
    assert s.do("confirm").warnings  # A yes puts it back, and keeps what was there.
    assert s.worlds is not None
    retention = [path.read_text() for path in s.worlds.snapshots.rglob("thesis.txt")]
    assert retention == ["the only copy"]
    assert not mark.is_symlink()


def test_a_copied_session_has_its_own_world_and_reads_the_first_ones(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(flow(tmp_path))
    s.to_call("tell")
    s.close()
    theirs = listing(tmp_path / "s.world")
    first = tmp_path / "s.jsonl"
    first.rename(tmp_path / "first.jsonl")
    shutil.copy(tmp_path / "first.jsonl", first)  # Another file, under the first one's name.
    s = sit(flow(tmp_path))
    while not s.view.at_tip:
        s.steps(1)
    assert s.do("step").kind == "step"  # The telling goes on from the copy, with what was paid.
    assert s.worlds is not None
    assert s.worlds.snapshots == tmp_path / "s.jsonl-2.world" / "snapshots"
    assert (tmp_path / "s.jsonl-2.world" / "safe" / "payments.txt").read_text() == "25\n"
    assert listing(tmp_path / "s.world") == theirs


def test_a_renamed_session_is_offered_its_world_and_asked_once(sit: Sit, tmp_path: Path) -> None:
    s = sit(flow(tmp_path))
    s.to_call("tell")
    s.close()
    (tmp_path / "s.world").rename(tmp_path / "before.world")
    mark = tmp_path / "before.world" / "snapshots" / ".owner"
    mark.write_text(mark.read_text().replace('"s.jsonl"', '"before.jsonl"'))
    before = listing(tmp_path / "before.world")
    s = sit(flow(tmp_path))
    while not s.view.at_tip:
        s.steps(1)
    stop = s.do("step")
    assert (stop.kind, stop.moved) == ("confirm", True)
    assert "before.jsonl is called s.jsonl now" in stop.text
    assert listing(tmp_path / "before.world") == before
    assert Ran(tmp_path).times("tell") == 0
    assert s.do("confirm").kind == "step"
    assert Ran(tmp_path).times("tell") == 1
    assert find(s.file, s.session.id).own == tmp_path / "s.world"
    s.close()
    s = sit(flow(tmp_path))
    assert s.do("go").kind == "finished"  # Never asked again.


def test_a_world_that_was_moved_can_be_left(sit: Sit, tmp_path: Path) -> None:
    s = sit(flow(tmp_path))
    s.to_call("tell")
    s.close()
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(tmp_path / "s.jsonl", copy)
    shutil.copytree(tmp_path / "s.world", copy / "s.world")
    s = sit(flow(tmp_path), folder=copy)
    while not s.view.at_tip:
        s.steps(1)
    before = listing(copy / "s.world")
    assert s.do("step").moved
    assert s.do("keep_world").kind == "step"
    assert listing(copy / "s.world") == before
    assert (copy / "s.jsonl-2.world" / "safe" / "payments.txt").read_text() == "25\n"
    s.close()
    s = sit(flow(tmp_path), folder=copy)
    assert s.do("go").kind == "finished"
    assert listing(copy / "s.world") == before


def test_an_old_folder_is_adopted_by_what_runs_and_not_by_looking(sit: Sit, tmp_path: Path) -> None:
    s = sit(flow(tmp_path))
    s.to_call("tell")
    s.close()
    mark = tmp_path / "s.world" / "snapshots" / ".owner"
    mark.unlink()
    before = listing(tmp_path / "s.world")
    s = sit(flow(tmp_path))
    s.done("goto", 1)
    s.steps(3)
    assert listing(tmp_path / "s.world") == before
    while not s.view.at_tip:
        s.steps(1)
    s.steps(1)
    assert mark.exists() and find(s.file, s.session.id).own == tmp_path / "s.world"


def test_a_hard_link_out_of_an_old_folder_is_refused(
    sit: Sit, tmp_path: Path, outside: Path
) -> None:
    s = sit(flow(tmp_path))
    s.to_call("pay")
    s.close()
    (tmp_path / "s.world" / "snapshots" / ".owner").unlink()
    os.link(outside / "payments.txt", tmp_path / "s.world" / "safe" / "payments.txt")
    s = sit(flow(tmp_path))
    s.to_call("pay")
    refused(s, "s.world/safe/payments.txt is a file of somewhere else, too")
    assert (outside / "payments.txt").read_text() == "precious"


@pytest.mark.parametrize("step", ["sizing", "removing", "touching", "deciding"])
def test_keeping_within_the_limit_never_costs_a_result(
    step: str, sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s = sit(till(tmp_path, rounds=3, world=counting))
    assert s.worlds is not None
    s.worlds._limit = 1

    def failing(*_: object) -> Any:
        raise OSError(5, "Input/output error", str(tmp_path / "s.world" / "x"))

    match step:
        case "sizing":
            monkeypatch.setattr(retention, "size_in", failing)
        case "removing":
            monkeypatch.setattr(branch_worlds, "remove", failing)
        case "touching":
            monkeypatch.setattr(Folder, "touch", failing)
        case _:
            s.worlds.named = failing
    assert s.do("go").kind == "finished"
    returned = [r.event for r in s.path if isinstance(r.event, e.ToolReturned)]
    assert all(event.world is not None for event in returned[1::2])
    assert Ran(tmp_path).times("sell") == 3
    (problem,) = s.view.problems  # Once, however often it went wrong.
    assert problem == (
        "old snapshots of the world could not be removed: "
        f"{tmp_path / 's.world' / 'x'}: input/output error"
    )


def test_what_no_record_names_stays_whatever_the_limit(sit: Sit, tmp_path: Path) -> None:
    s = sit(till(tmp_path, rounds=3, world=counting))
    assert s.worlds is not None
    theirs = s.worlds.snapshots / ("f" * 64)
    theirs.mkdir()
    (theirs / "x").write_text("x" * 100_000)
    (s.worlds.snapshots / ".partial-0123").mkdir()
    s.worlds._limit = 1
    assert s.do("go").kind == "finished"
    assert (theirs / "x").exists() and (s.worlds.snapshots / ".partial-0123").exists()
    assert len(list(s.worlds.snapshots.glob("*/n"))) < len(s.session.tree.worlds)


def counting(home: Path) -> FolderWorld:
    root = home / "files"
    root.mkdir(exist_ok=True)
    return Counting(root)


class Counting(FolderWorld):
    """Something else each time it is kept."""

    def snapshot(self, folder: Path) -> str:
        number = self.path / "n"
        number.write_text(f"{number.read_text()}x" if number.exists() else "x" * 1000)
        return super().snapshot(folder)


def broken(on: str, tmp_path: Path, times: int = 1) -> Workflow:
    """A bill whose world is the author's own, and raises in one of its methods from then on."""
    calls: list[str] = []

    class Theirs(SqliteWorld):
        def boom(self, method: str, *arguments: Any) -> Any:
            calls.append(method)
            if method == on and calls.count(method) > times:
                raise KeyError("no such key")
            return getattr(super(), method)(*arguments)

        def digest(self) -> str:
            return self.boom("digest")  # type: ignore[no-any-return]

        def snapshot(self, folder: Path) -> str:
            return self.boom("snapshot", folder)  # type: ignore[no-any-return]

        def restore(self, folder: Path, digest: str) -> None:
            self.boom("restore", folder, digest)

    def factory(home: Path) -> Theirs:
        calls.append("factory")
        if on == "factory" and calls.count("factory") > times:
            raise LookupError("no such shop")
        (home / "w.db").touch()
        return Theirs(home / "w.db")

    return till(tmp_path, world=factory)


def test_the_factorys_exception_is_the_authors_on_reopening_too(sit: Sit, tmp_path: Path) -> None:
    flow = broken("factory", tmp_path)
    s = sit(flow)
    s.to_call("sell")
    s.close()
    s = sit(flow)
    for _ in range(2):
        stop = s.do("step")
        assert stop.kind == "error"
        assert "the world of till cannot be made: LookupError: no such shop (" in stop.text
        assert f"{Path(__file__).name}:" in stop.text
        assert "fault in tooltrace" not in stop.text
    assert Ran(tmp_path).times("sell") == 0


@pytest.mark.parametrize("method", ["digest", "restore"])
def test_the_authors_worlds_exception_is_theirs(method: str, sit: Sit, tmp_path: Path) -> None:
    s = sit(broken(method, tmp_path, times=0))
    s.to_call("sell")
    before = s.head
    s.steps(1)
    s.done("goto", before)
    s.done("edit.fork")
    stop = s.do("step")
    assert "KeyError: 'no such key'" in stop.text and f"{Path(__file__).name}:" in stop.text
    assert "fault in tooltrace" not in stop.text
    assert Ran(tmp_path).times("sell") == 1


def test_a_world_of_the_authors_that_cannot_be_kept_costs_no_result(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(broken("snapshot", tmp_path))
    stop = s.do("go")
    assert stop.kind == "error" and "the world of till cannot be kept: KeyError" in stop.text
    assert "fault in tooltrace" not in stop.text
    assert s.names[-1] == "tool_returned" and Ran(tmp_path).times("sell") == 1


def test_what_is_no_world_is_said(sit: Sit, tmp_path: Path) -> None:
    made: list[Path] = []

    def nothing(home: Path) -> Any:
        made.append(home)
        return FolderWorld(home / "w") if len(made) == 1 else None

    flow = till(tmp_path, world=nothing)
    s = sit(flow)
    s.to_call("sell")
    s.close()
    s = sit(flow)
    stop = s.do("step")
    assert stop.kind == "error" and "NoneType is not a World" in stop.text
    assert f"{Path(__file__).name}:" in stop.text
