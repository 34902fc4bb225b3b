"""The world goes back too: restored at a fork, said so, and never over somebody else's change."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill, till
from tests.debugger.sitting import Sitting
from tooltrace import FolderWorld
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadWorld
from tooltrace.debugger.world.retention import kept_in
from tooltrace.tools.world.folder import Folder
from tooltrace.workflows.refund import refund
from tooltrace.workflows.release import release


def rows(s: Sitting, question: str) -> list[tuple[object, ...]]:
    assert s.worlds is not None
    with closing(s.worlds.world.connect()) as db:  # type: ignore[attr-defined]
        return list(db.execute(question).fetchall())


STATUS = "SELECT status FROM orders WHERE order_id = '1001'"
CREDITS = "SELECT cents FROM credits"


def test_going_back_restores_nothing_and_running_on_does(sit: Sit, tmp_path: Path) -> None:
    s = sit(refund)
    s.to_call("process_credit")
    before = s.head
    assert s.do("go").kind == "finished"
    assert rows(s, STATUS) == [("refunded",)]
    s.done("goto", before)
    s.done("edit.fork", "other amount")
    assert rows(s, STATUS) == [("refunded",)]  # Moving in time acts on nothing.
    s.done("edit.arguments", s.snapshot.calls[0].ref, {"order_id": "1001", "amount": 10.0})
    s.step_again()
    assert rows(s, CREDITS) == [(1000,)]  # Not 59.90 and 10.00: the database went back first.
    names = [name for name in s.names if name != "transitioned"]
    assert names[-3:] == ["world_restored", "tool_started", "tool_returned"]
    restored = next(r for r in s.path if isinstance(r.event, e.WorldRestored))
    assert restored.source == "live"
    assert s.snapshot.calls[0].content["amount"] == 10.0


def test_both_branches_can_be_gone_on_with(sit: Sit, tmp_path: Path) -> None:
    s = sit(refund)
    s.to_call("process_credit")
    before = s.head
    s.steps(1)
    main = s.view.tip
    s.done("goto", before)
    s.done("edit.arguments", s.snapshot.calls[0].ref, {"order_id": "1001", "amount": 10.0})
    s.step_again()
    other = s.view.tip
    assert rows(s, CREDITS) == [(1000,)]
    s.done("switch", main)
    s.to_call("send_email")
    s.steps(1)
    assert rows(s, CREDITS) == [(5990,)]
    s.done("switch", other)
    s.to_call("send_email")
    assert s.do("step").kind == "confirm"  # The very same mail has gone out to somebody already …
    assert rows(s, CREDITS) == [(1000,)]  # … and its own branch's world is there when it goes.


def test_a_folder_goes_back_as_well(sit: Sit, tmp_path: Path) -> None:
    s = sit(release)
    s.to_call("publish")
    before = s.head
    assert s.do("go").kind == "finished"
    assert s.worlds is not None
    atlas = s.worlds.world.path / "atlas"  # type: ignore[attr-defined]
    assert (atlas / "VERSION").read_text() == "1.5.0\n"
    s.done("goto", before)
    s.steps(1)  # Along the recording: nothing happens to the world.
    assert (atlas / "VERSION").read_text() == "1.5.0\n"
    s.done("goto", before)
    s.done("edit.arguments", s.snapshot.calls[0].ref, {"project": "atlas", "version": "9.9.9"})
    s.step_again()
    assert s.snapshot.calls[0].is_error  # The notes are still those of 1.5.0 …
    own = s.worlds.world.path / "atlas"  # type: ignore[attr-defined]
    assert (own / "VERSION").read_text() == "1.4.2\n"  # … and here there was no release yet.
    assert (atlas / "VERSION").read_text() == "1.5.0\n"


def test_a_restored_world_does_not_say_yes_for_the_person(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path, world=True, open_world=False))
    s.to_call("pay")
    before = s.head
    assert s.do("go").kind == "finished"
    s.done("goto", before)
    warning = s.done("edit.fork").text
    assert "tell" in warning and "pay" not in warning  # The payment goes back, the telling cannot.
    stop = s.do("go")
    assert [(d.call.tool, d.undone) for d in stop.warnings] == [("pay", True)]
    assert Ran(tmp_path).times("pay") == 1
    assert s.names[-1] == "world_restored"
    stop = s.do("confirm")
    assert [(d.call.tool, d.undone) for d in stop.warnings] == [("tell", False)]
    assert Ran(tmp_path).times("pay") == 2
    assert (tmp_path / "s.world" / "safe" / "payments.txt").read_text() == "25\n"


def changed_outside(sit: Sit, tmp_path: Path) -> tuple[Sitting, Path]:
    s = sit(bill(tmp_path, world=True, open_world=False))
    s.to_call("pay")
    s.close()
    file = tmp_path / "s.world" / "safe" / "payments.txt"
    file.write_text("somebody else's\n")
    s = sit(bill(tmp_path, world=True, open_world=False))
    s.to_call("pay")
    stop = s.do("step")
    assert stop.kind == "confirm" and stop.world and "changed outside" in stop.text
    assert file.read_text() == "somebody else's\n"
    assert Ran(tmp_path).times("pay") == 0
    return s, file


def test_a_change_from_outside_is_never_overwritten_unasked(sit: Sit, tmp_path: Path) -> None:
    s, file = changed_outside(sit, tmp_path)
    assert s.do("confirm").kind == "step"
    assert file.read_text() == "25\n"
    assert s.worlds is not None
    kept = [path.read_text() for path in s.worlds.snapshots.rglob("payments.txt")]
    assert "somebody else's\n" in kept  # What was there is kept before it is put back.


def test_a_change_from_outside_can_be_kept(sit: Sit, tmp_path: Path) -> None:
    s, file = changed_outside(sit, tmp_path)
    assert s.do("keep_world").kind == "step"
    assert file.read_text() == "somebody else's\n25\n"
    assert "world_restored" not in s.names
    assert s.do("go").kind == "finished"


def test_keeping_the_world_answers_only_that_question(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    assert s.do("keep_world").kind == "error"
    s.to_call("pay")
    s.steps(1)
    assert s.do("edit.retry", s.head).kind == "confirm"
    assert s.do("keep_world").kind == "error"
    assert Ran(tmp_path).times("pay") == 1


def test_a_kept_world_is_not_taken_for_undone(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path, world=True, open_world=False))
    s.to_call("pay")
    s.steps(1)
    assert s.do("edit.retry", s.last(e.ToolReturned, "pay")).warnings
    assert s.worlds is not None
    (s.worlds.world.path / "payments.txt").write_text("25\n")  # type: ignore[attr-defined]
    (s.worlds.world.path / "other.txt").write_text("x")  # type: ignore[attr-defined]
    s.done("goto", s.head)
    stop = s.do("step")
    assert stop.world is not None
    stop = s.do("keep_world")
    assert stop.kind == "confirm"
    assert [d.undone for d in stop.warnings] == [False]  # Its payment is still in there.
    assert Ran(tmp_path).times("pay") == 1


def test_a_snapshot_that_is_gone_asks_and_nothing_runs_until_then(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path, world=True, open_world=False))
    s.to_call("tell")
    before = s.head
    assert s.do("go").kind == "finished"
    assert s.worlds is not None
    for kept in s.worlds.snapshots.iterdir():
        kept.rename(kept.with_name("lost" + kept.name))
    s.done("goto", before)
    s.done("edit.fork")
    stop = s.do("step")
    assert (stop.kind, stop.world is not None) == ("confirm", True)
    assert stop.lost and "no snapshot" in stop.text
    assert s.do("confirm").kind == "error"  # It still is not there.
    assert Ran(tmp_path).times("tell") == 1
    assert "world_restored" not in s.names
    assert s.do("step").kind == "confirm"
    stop = s.do("keep_world")
    assert [d.undone for d in stop.warnings] == [
        False
    ]  # With the world as it is, it is a second run.
    assert s.do("confirm").kind == "step"
    assert Ran(tmp_path).times("tell") == 2


def test_a_world_that_cannot_be_kept_stops_the_run_after_saving_the_result(
    sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s = sit(bill(tmp_path, world=True))
    s.to_call("pay")
    assert s.worlds is not None

    def locked(folder: Path) -> str:
        raise BadWorld("cannot keep the folder: locked")

    monkeypatch.setattr(s.worlds.world, "snapshot", locked)
    stop = s.do("go")
    assert stop.kind == "error" and "locked" in stop.text
    assert s.names[-1] == "tool_returned" and s.snapshot.calls[0].content == {"paid": 25}
    monkeypatch.undo()
    assert s.do("go").kind == "finished"
    assert Ran(tmp_path).times("pay") == 1


def test_a_read_only_session_never_touches_the_world(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path, world=True, open_world=False))
    s.to_call("pay")
    s.steps(2)
    s.close()
    file = tmp_path / "s.world" / "safe" / "payments.txt"
    file.write_text("somebody else's\n")
    (tmp_path / "s.jsonl").chmod(0o400)
    if (tmp_path / "s.jsonl").stat().st_uid == 0:
        holder = sit(bill(tmp_path, world=True, open_world=False))  # Root may write any file.
        assert holder.view.read_only is None
    r = sit(bill(tmp_path, world=True, open_world=False))
    assert r.view.read_only
    if not r.view.at_tip:
        r.done("goto", r.view.tip)
    for command in ("step", "go", "confirm"):
        assert r.do(command).kind == "error"
    assert file.read_text() == "somebody else's\n"


def test_each_branch_has_a_database_of_its_own(sit: Sit, tmp_path: Path) -> None:
    s = sit(refund)
    s.to_call("process_credit")
    before = s.head
    s.steps(1)
    main = s.view.tip
    s.done("goto", before)
    s.done("edit.arguments", s.snapshot.calls[0].ref, {"order_id": "1001", "amount": 10.0})
    s.step_again()
    other = s.view.tip
    restored = s.names.count("world_restored")
    assert restored == 1
    shops = sorted((tmp_path / "s.world").rglob("shop.db"))
    assert len(shops) == 2
    assert [credits_in(shop) for shop in shops] == [[(1000,)], [(5990,)]]
    # Going on in turns, each finds its own as it left it, and nothing is put back any more.
    tips = {5990: main, 1000: other}
    for cents in (5990, 1000, 5990, 1000):
        s.done("switch", tips[cents])
        if any(call.tool == "send_email" for call in s.snapshot.calls):
            while s.do("go").kind == "confirm":
                assert s.view.stop.world is None
                assert s.do("confirm").world is None
        else:
            s.to_call("send_email")
        assert credits_in(shops[cents == 5990]) == [(cents,)]
        tips[cents] = s.view.tip
    restores = [r for r in s.session.tree.records.values() if isinstance(r.event, e.WorldRestored)]
    assert len(restores) == restored
    assert all(s.session.tree.snapshot_at(tip).outcome == "completed" for tip in tips.values())
    assert sorted(map(credits_in, shops)) == [[(1000,)], [(5990,)]]


def credits_in(shop: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(shop)) as db:
        return list(db.execute(CREDITS).fetchall())


def test_a_copy_that_was_never_finished_is_made_again_unasked(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path, world=True, open_world=False))
    s.to_call("tell")
    before = s.head
    assert s.do("go").kind == "finished"
    s.done("goto", before)
    s.done("edit.fork")
    begin = s.view.branch.begin
    assert s.worlds is not None
    s.worlds.on(begin)
    assert s.worlds.world.path == (tmp_path / "s.world" / "branches" / str(begin) / "safe")  # type: ignore[attr-defined]
    copy = tmp_path / "s.world" / "branches" / str(begin)
    (copy / "safe" / "half").write_text("x")
    s.die()  # As a process leaves it that is killed in the middle.
    s = sit(bill(tmp_path, world=True, open_world=False))
    assert s.view.branch.begin == begin
    assert s.do("step").warnings  # Only the telling is asked about.
    assert (copy / "safe" / "payments.txt").read_text() == "25\n"
    assert not (copy / "safe" / "half").exists()
    assert not copy.with_name(f"{begin}.new").exists()


def test_killed_between_a_snapshot_and_its_record(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path, world=True, open_world=False))
    s.to_call("pay")
    s.steps(1)
    s.die()
    lines = s.file.read_bytes().splitlines(keepends=True)
    assert b"tool_returned" in lines[-1]
    s.file.write_bytes(b"".join(lines[:-1]))
    s = sit(bill(tmp_path, world=True, open_world=False))
    assert s.do("step").kind == "await"  # It may have acted: a person has to say.
    s.done("edit.answer", s.snapshot.calls[0].ref, {"paid": 25})
    assert s.do("go").kind == "finished"
    assert (tmp_path / "s.world" / "safe" / "payments.txt").read_text() == "25\n"
    assert Ran(tmp_path).times("pay") == 1


def test_snapshots_stay_within_a_limit_but_for_those_that_are_needed(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(till(tmp_path, rounds=4, world=large_file))
    assert s.worlds is not None
    s.worlds._limit = 250_000
    s.to_call("sell")
    s.steps(1)
    s.to_call("sell")
    before = s.head
    assert s.do("go").kind == "finished"
    with Folder.open(s.worlds.snapshots) as snapshots:
        kept = kept_in(snapshots)
    assert 100_000 < sum(one.size for one in kept) <= 250_000
    assert s.session.tree.snapshot_at(s.view.tip).world in {one.digest for one in kept}
    assert len(s.session.tree.worlds) > len(kept)
    # What was let go is said when somebody goes back there, and only then.
    s.done("goto", before)
    s.done("edit.fork")
    stop = s.do("step")
    assert stop.world is not None and "no snapshot" in stop.text


def large_file(home: Path) -> FolderWorld:
    root = home / "files"
    root.mkdir(exist_ok=True)
    file = root / "large"
    if not file.exists():
        file.write_bytes(b"0" * 100_000)
    return Growing(root)


class Growing(FolderWorld):
    """Something else each time it is kept, as if each call had written."""

    def snapshot(self, folder: Path) -> str:
        with (self.path / "large").open("ab") as file:
            file.write(b"1")
        return super().snapshot(folder)


def test_a_copy_that_cannot_be_made_is_said_and_the_rest_goes_on(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path, world=True, open_world=False))
    s.to_call("pay")
    before = s.head
    s.steps(1)
    main = s.view.tip
    s.done("goto", before)
    s.done("edit.fork")
    (tmp_path / "s.world" / "branches").write_text("in the way")
    stop = s.do("step")
    assert stop.kind == "error" and "branches" in stop.text and "\n" not in stop.text
    assert Ran(tmp_path).times("pay") == 1
    s.done("switch", main)
    assert s.do("go").kind == "finished"
