"""What a session cost in all: over its branches and attempts, and once however often replayed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import spawn
from tests.core.free import FREE
from tests.core.given import Given, reply
from tests.debugger.test_budgets import DIME, sitting
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Usage
from tooltrace.tui.rows.branches.timeline import timeline
from tooltrace.tui.rows.labels import session_words
from tooltrace.tui.rows.lines import plain


def used(fresh: int, out: int) -> dict[str, int]:
    return {"input_tokens": fresh, "output_tokens": out}


def test_branches_and_attempts_count_and_what_a_person_wrote_does_not() -> None:
    given = Given(FREE).user("Go.").asks()
    asked = given.head or 0
    cut: dict[str, Any] = {"content": [], "usage": used(10, 1)}
    given.append(e.ModelFailed("cut", reply=cut, cost=0.1, estimate=used(10, 5)))
    given.back_to(asked).append(e.ModelReplied({**reply("A."), "usage": used(10, 2)}, cost=0.2))
    given.back_to(asked).append(e.ModelReplied({**reply("B."), "usage": used(10, 2)}), "edited")
    given.back_to(asked).append(e.ModelReplied({**reply("C."), "usage": used(9, 9)}), "recorded")
    spent = given.tree.spent
    assert (spent.input, spent.output, spent.estimated) == (20, 7, 1)
    assert spent.cost == pytest.approx(0.3)
    assert session_words(given.snapshot.usage, spent) == "session ≥ $0.30"


def test_the_sum_is_said_only_where_it_is_another_one() -> None:
    one = Usage(5, 5, priced=1, cost=0.5)
    assert session_words(one, one) == ""
    assert session_words(Usage(5, 5), Usage(9, 9)) == "session 18 tokens"
    assert session_words(Usage(), Usage(9, 9, estimated=1)) == "session ≥ 18 tokens"


@pytest.mark.long
def test_a_fork_leaves_the_session_its_whole_sum(tmp_path: Path) -> None:
    s = sitting(tmp_path)
    try:
        assert s.do("go").kind == "finished"
        turns = s.snapshot.turn
        assert s.view.tree.spent.cost == pytest.approx(DIME * turns)
        s.done("replay.start", from_start=True)
        s.do("go")
        assert s.view.tree.spent.cost == pytest.approx(DIME * turns)
        called = next(r for r in s.view.tree.records.values() if r.event.name == "model_called")
        assert called.parent is not None
        s.done("goto", called.parent)
        s.done("edit.fork", "again")
        s.do("turn")
        assert s.view.tree.spent.cost == pytest.approx(DIME * (turns + 1))
        assert s.snapshot.usage.cost < s.view.tree.spent.cost
        below = plain(timeline(s.view, Steps(), 200)[1])
        assert f"session ${DIME * (turns + 1):.2f}" in below
        file = next(tmp_path.rglob("*.jsonl"))
    finally:
        s.close()
    said = spawn("show", str(file), cwd=tmp_path).out.splitlines()[0]
    assert f"session ${DIME * (turns + 1):.2f}" in said
    first = spawn("show", str(file), "--json", cwd=tmp_path).objects[0]
    assert first["session_usage"]["cost"] == pytest.approx(DIME * (turns + 1))
