"""Which snapshot of the world comes with a result in a replay: the one that shows what was done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.debugger.conftest import Sit
from tests.debugger.flows import pair
from tests.debugger.sitting import Sitting
from tests.debugger.test_kept_calls import slow_look, world_of
from tooltrace import call, say
from tooltrace.core import events as e


def worlds(s: Sitting) -> dict[str, str | None]:
    """The snapshot that each result on the way names, by tool."""
    found = {}
    for record in s.way:
        if isinstance(record.event, e.ToolReturned):
            found[s._tool(record.event) or ""] = record.event.world
    return found


def test_it_comes_with_the_last_call_that_it_shows(sit: Sit, tmp_path: Path) -> None:
    from threading import Event

    s = sit(slow_look(tmp_path, Event()))
    assert s.do("go").kind == "finished"
    live = worlds(s)
    assert live["look"] is not None and live["put"] is None
    s.done("replay", from_start=True)
    assert s.do("go").kind == "end"
    # One after the other, looking came first, and nothing had been put there by then.
    assert worlds(s) == {"look": None, "put": live["look"]}
    assert not s.snapshot.unkept
    s.done("goto", next(r.id for r in s.way if isinstance(r.event, e.ToolReturned)), s.view.tip)
    assert s.snapshot.world != live["look"] and not s.snapshot.unkept


def test_a_live_model_that_does_it_in_another_order_comes_to_no_snapshot(
    sit: Sit, tmp_path: Path
) -> None:
    def one_by_one(*tools: str) -> Any:
        def policy(seen: Any) -> Any:
            return call(tools[seen.turn], number=1) if seen.turn < len(tools) else say("Done.")

        return pair(tmp_path, world=True, policy=policy)

    s = sit(one_by_one("left", "right"))
    assert s.do("go").kind == "finished"
    end = s.head
    s.close()
    for tools, known in ((("left", "right"), True), (("left",), True), (("right",), False)):
        s = sit(one_by_one(*tools))
        s.done("goto", end)
        s.done("replay", from_start=True, answers="live model")
        assert s.do("go").kind == "end"
        assert bool(s.snapshot.unkept) is not known, tools
        assert all(worlds(s).values()) is known
        s.close()
    s = sit(one_by_one("right", "left"))
    s.done("say", "More.")  # Where nobody knows how the world was, it is asked about.
    s.done("edit_reply", s.last(e.ModelReplied), reply("right"))
    assert s.do("step").world is not None
    assert world_of(s) == []


def reply(tool: str) -> dict[str, Any]:
    use = {"type": "tool_use", "id": "x", "name": tool, "input": {"number": 2}}
    return {"content": [use], "stop_reason": "tool_use"}
