"""A command that is not possible does nothing: why one stands still is as it was before."""

from __future__ import annotations

from collections.abc import Callable
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
    "no error number": lambda s: s.do("inject", "http-200"),
    "no fault": lambda s: s.do("inject", "nonsense"),
    "no record": lambda s: s.do("goto", 999),
    "nothing ahead": lambda s: s.do("go", 2),
    "nothing to undo": lambda s: s.do("undo"),
    "nothing to redo": lambda s: s.do("redo"),
    "own branch": lambda s: s.do("prune", s.view.branch.begin),
    "no name": lambda s: s.do("rename", s.view.branch.begin, " "),
    "no such branch": lambda s: s.do("describe", 2, "words"),
    "name taken": lambda s: s.do("fork", s.view.branch.name),
    "no such state": lambda s: s.do("force", "nowhere"),
    "no reason": lambda s: s.do("force", "done"),
    "nothing said": lambda s: s.do("say", " "),
    "no limit": lambda s: s.do("go_past"),
    "no divergence": lambda s: s.do("accept"),
    "nothing asked": lambda s: s.do("confirm"),
    "no world": lambda s: s.do("keep_world"),
    "no failure": lambda s: s.do("ask_again"),
    "no value": lambda s: s.do("edit_context", "nosuch", 1),
    "no result": lambda s: s.do("edit_result", 2, 1),
    "no reply": lambda s: s.do("edit_reply", 2, {}),
    "no call": lambda s: s.do("retry", 2),
    "too often": lambda s: s.do("resample", 1000),
    "nothing recorded": lambda s: s.do("replay", False),
    "no sample": lambda s: s.do("take_sample", 3),
    "no bookmark": lambda s: s.do("bookmark", 999),
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED)
def test_a_refusal_says_why_and_leaves_all_as_it_was(
    refused: Callable[[Sitting], Stop], tmp_path: Path
) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.debugger.set_points((parse("state:paying"),))
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
        s.done("fork", "again")
        assert s.do("step").kind == "confirm"
        assert s.do("say", " ").refused
        assert s.done("confirm").kind == "step"


def test_what_a_reader_may_not_do_is_no_error_of_the_run(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.steps(2)
        reader = Debugger(Session(clock, Journal.open(s.file, writable=True)))
        for command in (reader.step, lambda: reader.say("x"), reader.go):
            stop = command().result(WAIT)
            assert stop.refused and "open for writing" in stop.text
        assert reader.view().stop.kind == "step"
        reader.close()
