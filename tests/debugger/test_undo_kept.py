"""Undo and redo go on where they were left, and redo never takes new work away."""

from __future__ import annotations

from pathlib import Path

from tests.debugger.flows import bill
from tests.debugger.sitting import WAIT, Sitting, clock, records_of
from tooltrace.core.model import events as e
from tooltrace.core.model.notes import HeadSet
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.session.last_position import LastPositions
from tooltrace.debugger.session.resume import MOST_KEPT
from tooltrace.debugger.session.session import Session
from tooltrace.store.journal import Journal


def test_undo_and_redo_survive_closing(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.to_call("pay")
        places = [s.head]
        for name in ("one", "two", "three"):
            s.done("edit.fork", name)
            places.append(s.head)
        s.done("edit.undo")
        s.close(remember=True)
    with Sitting(tmp_path, bill(tmp_path)) as s:
        view = s.view
        assert s.head == places[2] and view.can_undo and view.can_redo
        s.done("edit.redo")
        view = s.view
        assert s.head == places[3] and not view.can_redo
        s.done("edit.undo")
        s.done("edit.undo")
        assert s.head == places[1]
        s.done("notes.bookmark", 1)  # Where one stands is in the file only if one wrote to it.
        s.close(remember=True)
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.done("edit.undo")
        assert s.head == places[0] and not s.view.can_undo
        for place in places[1:]:
            s.done("edit.redo")
            assert s.head == place


def test_who_only_looked_goes_on_so_too(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.steps(3)
        main = s.view.tip
        s.done("back")
        s.done("edit.fork", "other")
    places, before = LastPositions(tmp_path / "places"), s.file.read_bytes()

    def look() -> Debugger:
        return Debugger(Session(clock, Journal.open(s.file, writable=True), places))

    one = look()
    here = one.view().tip
    assert one.submit.switch(main).result(WAIT).kind == "step"
    one.close(remember=True)
    two = look()
    assert two.view().tip == main and two.submit.edit.undo().result(WAIT).kind == "step"
    assert two.view().tip == here
    two.submit.switch(main).result(WAIT)
    two.submit.edit.undo().result(WAIT)
    two.submit.goto(1).result(WAIT)
    two.close(remember=True)
    three = look()
    assert three.submit.edit.redo().result(WAIT).kind == "step" and three.view().tip == main
    three.close(remember=True)
    assert s.file.read_bytes() == before


def test_redo_does_not_take_new_work_away(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.steps(3)
        s.done("edit.fork", "other")
        s.done("edit.undo")
        before = s.view
        assert before.can_redo
        s.done("step")
        assert not s.view.can_redo and s.do("edit.redo").refused
        s.done("edit.fork", "more")
        s.done("edit.undo")
        s.close(remember=True)
    with Sitting(tmp_path, bill(tmp_path)) as s:
        assert s.view.can_redo
        s.done("step")
        s.die()  # Killed: what was noted before says nothing of the step.
    with Sitting(tmp_path, bill(tmp_path)) as s:
        assert not s.view.can_redo


def test_looking_along_the_recording_keeps_redo(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.steps(5)
        s.done("back")
        s.done("edit.fork", "other")
        s.done("edit.undo")
        s.done("back")
        s.done("step")
        assert s.view.can_redo


def test_what_is_kept_is_bounded_and_what_is_not_there_is_left_out(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.steps(2)
        s.session.undo_places += [(1, 2)] * (MOST_KEPT + 50)
        s.close(remember=True)
    note = records_of(s.file)[-1].event
    assert isinstance(note, HeadSet) and len(note.undo) == MOST_KEPT
    with Journal.open(s.file, writable=True) as journal:
        session = Session(clock, journal)
        head = session.head
        odd = HeadSet(head, head, undo=((99, 99), (2, 1), (1, 2)), redo=((1, 98),))
        journal.append(e.Record(session.next_id, head, clock(), "live", odd))
        journal.sync()
    with Sitting(tmp_path, bill(tmp_path)) as s:
        assert s.session.undo_places == [(1, 2)] and not s.view.can_redo
