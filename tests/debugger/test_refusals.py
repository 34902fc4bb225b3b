"""A command that is not possible does nothing: why one stands still is as it was before."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import pytest

from tests.debugger.flows import bill
from tests.debugger.sitting import WAIT, Sitting, clock
from tooltrace.core.decide.breakpoints import parse
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop
from tooltrace.store.journal import Journal

REFUSED: dict[str, Callable[[Sitting], Stop]] = {
    "no error number": lambda s: s.do("faults.inject", "http-200"),
    "no fault": lambda s: s.do("faults.inject", "nonsense"),
    "no record": lambda s: s.do("goto", 999),
    "nothing ahead": lambda s: s.do("go", 2),
    "nothing to undo": lambda s: s.do("edit.undo"),
    "nothing to redo": lambda s: s.do("edit.redo"),
    "own branch": lambda s: s.do("notes.prune", s.view.branch.begin),
    "no name": lambda s: s.do("notes.rename", s.view.branch.begin, " "),
    "no such branch": lambda s: s.do("notes.describe", 2, "words"),
    "name taken": lambda s: s.do("edit.fork", s.view.branch.name),
    "no such state": lambda s: s.do("edit.force", "nowhere"),
    "no reason": lambda s: s.do("edit.force", "done"),
    "nothing said": lambda s: s.do("edit.say", " "),
    "no limit": lambda s: s.do("go_past"),
    "no divergence": lambda s: s.do("replay.accept"),
    "nothing asked": lambda s: s.do("confirm"),
    "no world": lambda s: s.do("keep_world"),
    "no failure": lambda s: s.do("ask_again"),
    "no value": lambda s: s.do("edit.context", "nosuch", 1),
    "no result": lambda s: s.do("edit.result", 2, 1),
    "no reply": lambda s: s.do("edit.reply", 2, {}),
    "no call": lambda s: s.do("edit.retry", 2),
    "too often": lambda s: s.do("samples.ask", 1000),
    "nothing recorded": lambda s: s.do("replay.start", False),
    "no sample": lambda s: s.do("samples.take", 3),
    "no bookmark": lambda s: s.do("notes.bookmark", 999),
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED)
def test_a_refusal_says_why_and_leaves_all_as_it_was(
    refused: Callable[[Sitting], Stop], tmp_path: Path
) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.debugger.breakpoints.set((parse("state:paying"),))
        assert s.do("go").kind == "breakpoint"
        before, where = s.view.stop, (s.head, s.view.tip, len(s.session.tree.records))
        stop = refused(s)
        assert stop.kind == "error" and stop.refused and stop.text
        assert s.view.stop == before
        assert (s.head, s.view.tip, len(s.session.tree.records)) == where


def test_a_question_that_was_asked_can_still_be_answered(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.to_call("pay")
        s.done("step")
        s.done("back")
        s.done("edit.fork", "again")
        assert s.do("step").kind == "confirm"
        assert s.do("edit.say", " ").refused
        assert s.done("confirm").kind == "step"


def test_what_a_reader_may_not_do_is_no_error_of_the_run(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.steps(2)
        reader = Debugger(Session(clock, Journal.open(s.file, writable=True)))
        say = partial(reader.submit.edit.say, "x")
        commands: list[Callable[[], Future[Stop]]] = [reader.submit.step, say, reader.submit.go]
        for command in commands:
            stop = command().result(WAIT)
            assert stop.refused and "open for writing" in stop.text
        assert reader.view().stop.kind == "step"
        reader.close()
