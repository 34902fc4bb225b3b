"""Where one stands in a session that was not closed: on the branch that was written to last."""

from __future__ import annotations

from pathlib import Path

from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.session.session import Session
from tooltrace.store.journal import Journal

AT = "2026-11-23T09:00:00.000Z"


def session(path: Path) -> Session:
    made = Session(lambda: AT, Journal.create(path))
    made.append(e.RunStarted(WorkflowSpec("free")), "live")
    made.append(e.UserSaid("one"), "live")
    return made


def reopened(path: Path) -> Session:
    journal = Journal.open(path)
    found = Session(lambda: AT, journal)
    journal.close()
    return found


def test_a_run_that_goes_on_is_stood_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    made = session(path)
    assert (reopened(path).head, reopened(path).tip) == (made.head, made.tip) == (2, 2)


def test_a_finished_run_that_nobody_walked_is_stood_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    session(path).append(e.RunFinished("completed"), "live")
    assert (reopened(path).head, reopened(path).tip) == (3, 3)


def test_the_branch_that_was_written_to_last_counts_not_the_newest_one(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    made = session(path)
    made.append(e.Forked("old"), "live")  # 3, after 2
    made.append_after(1, e.UserSaid("two"), "edited")  # 4: a branch that began later, at 1
    made.append(e.RunFinished("failed"), "live")  # 5
    made.append_after(3, e.UserSaid("three"), "live")  # 6: on the old branch again
    again = reopened(path)
    assert (again.head, again.tip) == (6, 6)
    assert again.path == [1, 2, 3, 6]
