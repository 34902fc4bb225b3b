"""Undo, redo, branches and their names: nothing is ever taken back, one only stands elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill, till
from tests.debugger.sitting import Sitting
from tests.events import events_of
from tooltrace.core.model import events as e

GOOD = {"amount": 9, "good": True}


def _edit_result(s: Sitting) -> None:
    s.done("edit.result", s.last(e.ToolReturned, "look"), GOOD)


def _edit_reply(s: Sitting) -> None:
    reply = {"content": [{"type": "text", "text": "No."}], "stop_reason": "end_turn"}
    s.done("edit.reply", s.last(e.ModelReplied), reply)


CHANGES: dict[str, Callable[[Sitting], object]] = {
    "edit a result": _edit_result,
    "edit a reply": _edit_reply,
    "edit arguments": lambda s: s.done("edit.arguments", s.snapshot.calls[0].ref, {"amount": 2}),
    "edit what was said": lambda s: s.done("edit.said", 2, "Mine!"),
    "edit the context": lambda s: s.done("edit.context", "amount", 2),
    "stub": lambda s: s.done("edit.answer", s.snapshot.calls[0].ref, {"paid": 2}),
    "edit.force": lambda s: s.done("edit.force", "done", "because"),
    "edit.fork": lambda s: s.done("edit.fork", "mine"),
    "edit.retry": lambda s: s.done("edit.retry", s.last(e.ToolReturned, "look")),
    "replay from the start": lambda s: s.done("replay.start", from_start=True),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_can_be_undone_and_done_again(sit: Sit, tmp_path: Path, change: str) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    before = (s.head, s.view.path, s.snapshot)
    CHANGES[change](s)
    after = (s.head, s.view.path, s.snapshot)
    assert after != before
    assert (s.view.can_undo, s.view.can_redo) == (True, False)
    s.done("edit.undo")
    assert (s.head, s.view.path, s.snapshot) == before
    assert (s.view.can_undo, s.view.can_redo) == (False, True)
    s.done("edit.redo")
    assert (s.head, s.view.path, s.snapshot) == after
    s.done("edit.undo")
    # Whatever it was, one goes on from here as if it had never been.
    assert s.do("go").kind == "finished"
    assert [r.id for r in s.path][: len(before[1])] == list(before[1])
    assert Ran(tmp_path).times("pay") == 1


def test_several_changes_one_by_one(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    places = [(s.head, s.view.tip)]
    for change in ("edit a result", "edit.fork", "edit the context", "edit.force"):
        CHANGES[change](s)
        places.append((s.head, s.view.tip))
    for place in reversed(places[:-1]):
        s.done("edit.undo")
        assert (s.head, s.view.tip) == place
    assert s.do("edit.undo").kind == "error"
    for place in places[1:]:
        s.done("edit.redo")
        assert (s.head, s.view.tip) == place
    assert s.do("edit.redo").kind == "error"


def test_a_change_after_an_undo_forgets_what_was_undone_but_not_the_branch(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    s.done("edit.fork", "first")
    s.done("edit.undo")
    s.done("edit.fork", "second")
    assert not s.view.can_redo
    assert s.branch_names == ["main", "first", "second"]
    assert s.view.branch.name == "second"
    forks = [event.branch for event in events_of(s.session.tree.records.values(), e.Forked)]
    assert forks == ["first", "second"]


def test_a_change_that_fails_forgets_nothing(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    s.done("edit.fork", "mine")
    s.done("edit.undo")
    for command, arguments in (
        ("edit.force", ("moon",)),
        ("edit.retry", (1,)),
        ("edit.fork", ("main",)),
        ("edit.result", (1, 2)),
        ("switch", (999,)),
        ("go_past", ()),
    ):
        assert s.do(command, *arguments).kind == "error", command
        assert s.view.can_redo and not s.view.can_undo, command
    s.done("edit.redo")
    assert s.names[-1] == "forked"


def test_a_branch_that_grew_is_undone_to_where_one_stood_in_it(sit: Sit, tmp_path: Path) -> None:
    s = sit(till(tmp_path))
    s.steps(2)
    here = s.head
    s.done("edit.said", 2, "Other")
    s.done("switch", here)  # Back on main, and on from there.
    s.steps(2)
    grown = s.view.tip
    s.done("edit.undo")
    s.done("edit.undo")
    assert (s.head, s.view.tip, s.view.branch.tip) == (here, here, grown)
    s.done("goto", grown)
    assert s.view.tip == grown


def test_switching_branches(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    main = s.view.tip
    _edit_result(s)
    edit = s.view.tip
    s.done("switch", main)
    assert (s.head, s.view.branch.name) == (main, "main")
    s.done("edit.undo")
    assert (s.head, s.view.branch.name) == (edit, "edit")


def test_names_of_branches(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    place = s.head
    for name in ("", "", "mine"):
        s.done("goto", place)
        s.done("edit.fork", name)
        s.done("edit.force", "done", "to have something there")
    s.done("goto", place)
    _edit_result(s)
    # The first fork is one too, although it is all that follows where main ended.
    assert s.branch_names == ["main", "what-if-1", "what-if-2", "mine", "edit"]
    begin = s.view.branch.begin
    s.done("notes.rename", begin, "  my edit ")
    assert s.view.branch.name == "my edit"
    assert s.do("notes.rename", begin, " ").kind == "error"
    assert s.do("notes.rename", 999, "x").kind == "error"
    assert s.do("notes.rename", begin, "mine").text == "there is a branch 'mine' already"
    s.done("notes.rename", begin, "my edit")  # Its own name is no other's.
    s.close()
    kept = sit(bill(tmp_path)).branch_names
    assert kept == ["main", "what-if-1", "what-if-2", "mine", "my edit"]


def test_a_fork_needs_a_place_where_one_can_stand(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    s.done("goto", s.last(e.ToolStarted, "pay"))
    assert s.do("edit.fork").kind == "error"
    assert s.do("edit.context", "amount", 1).kind == "error"
    assert s.do("edit.force", "done", "x").kind == "error"


def test_nothing_written_is_ever_changed(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    for change in CHANGES.values():
        before = s.file.read_bytes()
        change(s)
        s.done("edit.undo")
        assert s.file.read_bytes().startswith(before)
    assert Ran(tmp_path).times("pay") == 0


def test_a_jump_to_another_branch_can_be_undone_and_one_along_it_cannot(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    main = s.view.tip
    s.done("goto", 2)
    assert not s.view.can_undo
    s.done("edit.fork", "mine")
    here = (s.head, s.view.tip)
    s.done("goto", main)
    assert (s.head, s.view.branch.name) == (main, "main")
    s.done("edit.undo")
    assert (s.head, s.view.tip) == here


@pytest.mark.parametrize("remember", [True, False])
def test_where_one_stands_and_what_was_said_survive_closing_and_being_killed(
    sit: Sit, tmp_path: Path, remember: bool
) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    main = s.view.tip
    s.done("goto", 2)
    s.done("edit.fork", "mine")
    begin = s.view.branch.begin
    s.done("notes.describe", begin, "what if")
    s.done("edit.fork", "other")
    other = s.view.branch.begin
    s.done("switch", main)
    s.done("notes.prune", other)
    s.done("notes.bookmark", 2, "here")
    s.done("notes.bookmark", 1)
    s.done("notes.bookmark", 1, marked=False)
    said = s.view.branches
    if remember:
        s.close(remember=True)
    else:
        s.die()
    again = sit(bill(tmp_path))
    assert (again.head, again.view.tip, again.view.branch.name) == (main, main, "main")
    assert again.view.branches == said
    assert [(b.name, b.description, b.pruned) for b in said] == [
        ("main", "", False),
        ("mine", "what if", False),
        ("other", "", True),
    ]
    assert [b.name for b in again.view.shown] == ["main", "mine"]
    assert again.view.bookmarks == {2: "here"}


def test_looking_around_in_a_recording_writes_nothing(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    main = s.view.tip
    s.done("edit.fork", "mine")
    mine = s.view.tip
    s.close()
    before = s.file.read_bytes()
    again = sit(bill(tmp_path))
    for tip in (main, mine, main):
        again.done("switch", tip)
    again.done("edit.undo")
    again.done("edit.redo")
    again.close(remember=True)
    assert s.file.read_bytes() == before


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("notes.describe", (99, "x")),
        ("notes.prune", (2,)),
        ("notes.prune", (10**15,)),
        ("notes.prune", (1,)),
        ("notes.bookmark", (10**15, "x")),
        ("notes.bookmark", (-1,)),
    ],
)
def test_what_cannot_be_said_writes_nothing(
    sit: Sit, tmp_path: Path, command: str, arguments: tuple[object, ...]
) -> None:
    s = sit(bill(tmp_path))
    before = s.file.read_bytes()
    assert s.do(command, *arguments).kind == "error"
    assert s.file.read_bytes() == before
