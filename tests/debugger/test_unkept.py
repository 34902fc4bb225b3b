"""A world that could not be kept after a call that wrote: nobody takes an older one for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill
from tests.debugger.sitting import Sitting
from tooltrace import FolderWorld
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadWorld


class Unkept:
    """Makes snapshots of a folder fail while ``why`` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.why: Exception | None = None
        real = FolderWorld.snapshot

        def snapshot(world: FolderWorld, folder: Path) -> str:
            if self.why is not None:
                raise self.why
            return real(world, folder)

        monkeypatch.setattr(FolderWorld, "snapshot", snapshot)


@pytest.fixture
def unkept(monkeypatch: pytest.MonkeyPatch) -> Unkept:
    return Unkept(monkeypatch)


def paid(sit: Sit, folder: Path, unkept: Unkept) -> Sitting:
    """Somebody who paid, while the world could not be kept."""
    s = sit(bill(folder, world=True, open_world=False))
    s.to_call("pay")
    unkept.why = OSError(13, "Permission denied", "/data/x")
    stop = s.do("step")
    assert stop.kind == "error" and "Permission denied" in stop.text
    unkept.why = None
    return s


def safe(s: Sitting) -> Path:
    assert s.worlds is not None
    return s.worlds.world.path / "payments.txt"  # type: ignore[attr-defined, no-any-return]


def test_the_result_is_there_and_says_that_the_world_is_not(
    sit: Sit, tmp_path: Path, unkept: Unkept
) -> None:
    s = paid(sit, tmp_path, unkept)
    event = s.path[-1].event
    assert isinstance(event, e.ToolReturned)
    assert (event.content, event.world) == ({"paid": 25}, None)
    assert event.unkept == s.snapshot.unkept
    assert any("the world was not kept" in problem for problem in s.snapshot.problems)
    assert Ran(tmp_path).times("pay") == 1


def test_who_stays_goes_on_and_the_next_write_keeps_it(
    sit: Sit, tmp_path: Path, unkept: Unkept
) -> None:
    s = paid(sit, tmp_path, unkept)
    assert s.do("go").kind == "finished"
    assert s.snapshot.unkept == ""
    assert safe(s).read_text() == "25\n"
    assert Ran(tmp_path).times("pay") == 1


@pytest.mark.parametrize("how", ["moved", "reopened"])
def test_who_comes_back_is_asked_and_may_keep_it(
    sit: Sit, tmp_path: Path, unkept: Unkept, how: str
) -> None:
    s = paid(sit, tmp_path, unkept)
    if how == "moved":
        s.done("back")
        s.done("goto", s.view.tip)
    else:
        s.close()
        s = sit(bill(tmp_path, world=True, open_world=False))
        s.done("goto", s.view.tip)
    stop = s.do("go")
    assert (stop.kind, stop.world) == ("confirm", s.snapshot.world)
    assert "not kept" in stop.text and "Permission denied" in stop.text
    assert s.do("keep_world").kind == "finished"
    assert safe(s).read_text() == "25\n"
    assert "world_restored" not in s.names


def test_who_comes_back_may_put_back_what_was_kept_before(
    sit: Sit, tmp_path: Path, unkept: Unkept
) -> None:
    s = paid(sit, tmp_path, unkept)
    s.done("back")
    s.done("goto", s.view.tip)
    assert s.do("go").kind == "confirm"
    assert s.do("confirm").kind == "finished"
    assert not safe(s).exists()
    assert s.snapshot.unkept == ""


def test_a_branch_from_there_does_not_begin_in_an_older_world_unasked(
    sit: Sit, tmp_path: Path, unkept: Unkept
) -> None:
    s = paid(sit, tmp_path, unkept)
    s.done("edit.fork", "another")
    stop = s.do("go")
    assert (stop.kind, stop.world) == ("confirm", s.snapshot.world)
    assert Ran(tmp_path).times("tell") == 0


def test_a_replay_of_it_knows_no_more(sit: Sit, tmp_path: Path, unkept: Unkept) -> None:
    s = paid(sit, tmp_path, unkept)
    why = s.snapshot.unkept
    s.done("goto", s.view.path[0])
    s.done("replay.start", True)
    while s.do("step").kind == "step":
        pass
    assert s.snapshot.unkept == why
    assert s.do("replay.start", False, "live tools").kind == "error"


def test_what_an_interrupted_call_left_behind_need_not_be_kept(
    sit: Sit, tmp_path: Path, unkept: Unkept
) -> None:
    s = sit(bill(tmp_path, world=True, open_world=False))
    s.to_call("pay")
    call = s.snapshot.calls[0]
    s.session.append(e.ToolStarted(call.ref, "pay"), "live")
    s.session.sync()
    unkept.why = BadWorld("it is locked")
    s.done("edit.answer", call.ref, {"paid": 25})
    event = s.path[-1].event
    assert isinstance(event, e.ToolReturned)
    assert (event.world, event.unkept) == (None, "it is locked")


def test_an_authors_own_world_is_told_their_line(
    sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s = sit(bill(tmp_path, world=True))
    s.to_call("pay")
    assert s.worlds is not None

    def snapshot(folder: Path) -> str:
        raise KeyError("safe")

    def digest() -> str:
        raise KeyError("safe")

    monkeypatch.setattr(s.worlds.world, "snapshot", snapshot)
    stop = s.do("step")
    assert stop.kind == "error"
    assert "test_unkept.py:" in stop.text and "KeyError: 'safe'" in stop.text
    assert s.names[-1] == "tool_returned"
    monkeypatch.undo()
    s.done("goto", s.view.path[0])
    s.done("goto", s.view.tip)
    monkeypatch.setattr(s.worlds.world, "digest", digest)
    s.done("edit.result", s.head, {"paid": 1})
    stop = s.do("go")
    assert "fault in tooltrace" not in stop.text
