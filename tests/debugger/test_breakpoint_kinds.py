"""Kinds of breakpoints, hit counts, logpoints and watches, in a run and along a recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.core.free import free
from tests.debugger.conftest import Sit
from tests.debugger.flows import bill
from tests.debugger.sitting import Sitting, clock
from tests.debugger.test_breakpoints import armed, stopped_at
from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.decide.next_action import CallModel, Finish
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadExpression
from tooltrace.debugger.run.points import Points
from tooltrace.debugger.session.session import Session
from tooltrace.store.lines import decode


def facts(s: Sitting) -> list[Any]:
    """What the file holds."""
    return [decode(line) for line in s.file.read_bytes().splitlines()]


def test_before_each_request_and_after_each_reply(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path)), "request")
    assert s.do("go").kind == "breakpoint" and isinstance(s.view.action, CallModel)
    s = armed(s, "reply")
    stop = s.do("go")
    assert stop.breakpoint == parse("reply")
    assert s.names[-1] == "model_replied"
    assert s.view.action.calls[0].status == "waiting"  # type: ignore[union-attr]


def test_all_kinds_stop_at_the_same_places_live_and_in_the_recording(
    sit: Sit, tmp_path: Path
) -> None:
    texts = ("request", "reply if len(reply.calls) == 0", "tool:pay hits 1", "call hits 2")
    s = armed(sit(bill(tmp_path)), *texts)
    live = stopped_at(s)
    s.done("goto", s.view.path[0])
    assert stopped_at(s) == [s.view.path[1], *live]  # Who begins there has seen the first request.
    back = []
    while s.do("back", "continue").kind == "breakpoint":
        back.append(s.head)
    assert back == [*live[::-1], s.view.path[1]]


def test_the_second_time_only_whether_one_goes_on_back_or_again(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path)), "call hits 2")
    (point,) = s.debugger.breakpoints
    stop = s.do("go")
    assert stop.kind == "breakpoint" and stop.text == "breakpoint: call hits 2"
    place = s.head
    assert s.view.hits == {point: 2}
    assert s.do("go").kind == "finished" and s.view.hits == {point: 3}
    assert s.do("back", "continue").kind == "breakpoint" and s.head == place
    s.do("back", "continue")
    assert s.view.hits == {point: 0}
    assert s.do("go").kind == "breakpoint" and s.head == place


def test_before_the_run_ends_at_a_limit(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path), settings=e.Settings(max_turns=1)), "limit")
    assert s.do("go").kind == "breakpoint"
    assert isinstance(s.view.action, Finish)
    assert s.do("go").kind == "limit"


def test_before_a_forced_state_that_no_row_allows(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path)), "illegal")
    s.done("edit.force", "telling", "to see")
    s.done("goto", s.view.path[0])
    assert s.do("go").kind == "breakpoint" and s.names[-1] == "transitioned"


def test_a_logpoint_prints_and_the_session_knows_nothing_of_it(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    plain = tmp_path / "plain"
    plain.mkdir()
    with Sitting(plain, bill(plain)) as other:
        assert other.do("go").kind == "finished"
        without = [r.event for r in facts(other) if r.event.name == "model_called"]
    armed(s, "tool:pay log args.amount", "request if turn > 0 log state")
    assert s.do("go").kind == "finished"
    assert [line.text for line in s.debugger.breakpoints.printed()][:2] == ["paying", "25"]
    assert [r.event for r in facts(s) if r.event.name == "model_called"] == without
    assert not any("log" in r.event.name for r in facts(s))


def test_a_logpoint_tells_of_what_was_recorded_and_not_of_what_was_undone(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    armed(s, "tool:pay log args")
    assert [line.text for line in s.view.printed] == ['{"amount":25}']
    s.done("edit.result", s.last(e.ToolReturned, "look"), {"amount": 7, "good": True})
    assert not s.view.printed
    s.do("go")
    assert [line.text for line in s.view.printed] == ['{"amount":7}']
    s.done("edit.undo")
    assert [line.text for line in s.view.printed] == ['{"amount":25}']


def test_a_log_that_cannot_be_evaluated_says_why_and_the_run_goes_on(
    sit: Sit, tmp_path: Path
) -> None:
    s = armed(sit(bill(tmp_path)), "tool:pay log args.amount + state")
    assert s.do("go").kind == "finished"
    (line,) = s.view.printed
    assert line.text.startswith("cannot be evaluated: 'args.amount + state' has no value here")


def test_watches_show_what_is_and_what_was_before(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path), points=True)
    s.debugger.watches.set(["state", "turn + 'x'", "context.paid"])
    s.to_call("pay")
    state, wrong, paid = s.view.watched
    assert (state.text, paid.text) == ("paying", "false") and not paid.changed
    assert wrong.text.startswith("cannot be evaluated: ")
    s.steps(2)
    assert [(w.before, w.text) for w in s.view.watched if w.changed][:1] == [("paying", "telling")]
    s.do("back")
    assert not s.view.watched[0].changed
    with pytest.raises(BadExpression, match="args is not known to a watch"):
        s.debugger.watches.add(["args.amount"])


def test_watches_are_kept_beside_the_breakpoints(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path), points=True), "tool:pay hits 2", "reply log reply.text")
    s.debugger.watches.set(["context.paid"])
    s.close()
    kept = json.loads((tmp_path / ".tooltrace" / "breakpoints.json").read_text())
    assert kept == {"bill": ["tool:pay hits 2", "reply log reply.text", "watch context.paid"]}
    again = sit(bill(tmp_path), points=True)
    assert [str(p) for p in again.debugger.breakpoints] == kept["bill"][:2]
    assert [w.expression for w in again.debugger.watches] == ["context.paid"]
    assert again.view.problems == ()


def test_what_holds_for_this_sitting_is_not_kept_when_others_are_set(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path), points=True)
    s.debugger.breakpoints.add(["tool:pay"])
    s.debugger.watches.add(["turn"])
    s.debugger.breakpoints.set(["tool:look", *s.debugger.breakpoints])
    assert s.view.origins == dict.fromkeys(
        [*map(parse, ["tool:pay"]), *s.view.watches], "this sitting"
    )
    off = Breakpoint("tool", "pay", enabled=False)
    s.debugger.breakpoints.set(["tool:look", off])
    assert s.view.points == (parse("tool:look"), off)
    s.close()
    kept = json.loads((tmp_path / ".tooltrace" / "breakpoints.json").read_text())
    assert kept == {"bill": ["tool:look"]}


def test_a_file_that_somebody_edits_meanwhile_is_read_again(sit: Sit, tmp_path: Path) -> None:
    s = armed(sit(bill(tmp_path), points=True), "tool:pay")
    file = tmp_path / ".tooltrace" / "breakpoints.json"
    file.write_text(json.dumps({"bill": ["tool:look", "watch turn"]}))
    s.debugger.breakpoints.read_again()
    assert [*map(str, s.view.points), *map(str, s.view.watches)] == ["tool:look", "watch turn"]
    file.write_text("{")
    s.debugger.breakpoints.read_again()
    assert [str(p) for p in s.view.points] == ["tool:look"]
    s.debugger.breakpoints.read_again()
    assert sum("breakpoints not read" in problem for problem in s.view.problems) == 1


def test_many_breakpoints_cost_a_step_little(sit: Sit, tmp_path: Path) -> None:
    some = [f"tool:pay if args.amount > {n} and state == 'telling'" for n in range(300)]
    logs = [f"call if turn > {n + 9} log args" for n in range(200)]
    s = armed(sit(bill(tmp_path), points=True), *some, *logs)
    assert s.do("go").kind == "finished"
    assert len(s.view.points) == 500 and s.view.printed == ()


def test_a_long_path_is_looked_along_in_parts_and_shown_when_all_of_it_is_there() -> None:
    given = free()
    for n in range(200):
        given.step("look", n, n=n)
    session = Session(clock)
    for record in given.tree.records.values():
        session.tree.add(record)
    session.select(given.head or 0)
    points = Points(session, None)
    points.add([parse("tool:look log args.n")])
    looks = 0
    while not points.look_on():
        assert points.printed == ()
        looks += 1
    assert looks > 10 and [line.text for line in points.printed] == [str(n) for n in range(200)]
    session.select(10, session.tip)
    assert points.look_on() and len(points.printed) == 200
    assert set(points.hits().values()) == {2}
