"""Which snapshot of the world comes with a result in a replay: the one that shows what was done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.debugger.conftest import Sit
from tests.debugger.flows import box, pair
from tests.debugger.sitting import Sitting
from tests.debugger.test_kept_calls import slow_look, world_of
from tooltrace import ToolContext, Workflow, call, say, tool
from tooltrace.core.model import events as e


def worlds(s: Sitting) -> dict[str, str | None]:
    """The snapshot that each result on the way names, by tool."""
    found = {}
    for record in s.path:
        if isinstance(record.event, e.ToolReturned):
            found[s._tool(record.event) or ""] = record.event.world
    return found


def test_it_comes_with_the_last_call_that_it_shows(sit: Sit, tmp_path: Path) -> None:
    from threading import Event

    s = sit(slow_look(tmp_path, Event()))
    assert s.do("go").kind == "finished"
    live = worlds(s)
    assert live["look"] is not None and live["put"] is None
    s.done("replay.start", from_start=True)
    assert s.do("go").kind == "end"
    # One after the other, looking came first, and nothing had been put there by then.
    assert worlds(s) == {"look": None, "put": live["look"]}
    assert not s.snapshot.unkept
    s.done("goto", next(r.id for r in s.path if isinstance(r.event, e.ToolReturned)), s.view.tip)
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
        s.done("replay.start", from_start=True, answers="live model")
        assert s.do("go").kind == "end"
        assert bool(s.snapshot.unkept) is not known, tools
        assert all(worlds(s).values()) is known
        s.close()
    s = sit(one_by_one("right", "left"))
    s.done("edit.say", "More.")  # Where nobody knows how the world was, it is asked about.
    s.done("edit.reply", s.last(e.ModelReplied), reply("right"))
    assert s.do("step").world is not None
    assert world_of(s) == []


def reply(tool: str) -> dict[str, Any]:
    use = {"type": "tool_use", "id": "x", "name": tool, "input": {"number": 2}}
    return {"content": [use], "stop_reason": "tool_use"}


def test_another_result_of_what_only_reads_leaves_the_recorded_worlds_true(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(look_then_put(tmp_path, "1"))
    assert s.do("go").kind == "finished"
    end, live = s.head, worlds(s)
    s.close()
    for differs, known in (("look", True), ("put", False)):
        s = sit(look_then_put(tmp_path, "1", **{differs: "2"}))
        s.done("goto", end)
        s.done("replay.start", from_start=True, answers="live tools")
        assert s.do("go").divergence is not None
        s.done("replay.accept")
        assert s.do("go").kind == "end"
        assert bool(s.snapshot.unkept) is not known, differs
        assert (worlds(s)["put_more"] == live["put_more"]) is known
        s.done("edit.say", "More.")
        stop = s.do("go")
        assert (stop.kind == "confirm") is not known, differs
        s.close()


def look_then_put(folder: Path, gives: str, **other: str) -> Workflow:
    """One after the other: ``look`` at the world, ``put`` something there, ``put_more``."""

    @tool(read_only=True, open_world=False)
    def look() -> str:
        """Look."""
        return other.get("look", gives)

    @tool(open_world=False)
    def put(ctx: ToolContext) -> str:
        """Put."""
        (ctx.world.path / "one.txt").write_text("1")
        return other.get("put", gives)

    @tool(open_world=False)
    def put_more(ctx: ToolContext) -> str:
        """Put more."""
        (ctx.world.path / "two.txt").write_text("2")
        return gives

    @tool(open_world=False)
    def put_last(ctx: ToolContext) -> str:
        """Put the last."""
        (ctx.world.path / "three.txt").write_text("3")
        return gives

    def policy(seen: Any) -> Any:
        names = ["look", "put", "put_more"]
        if seen.input == "More.":
            return say("Done.") if seen.result("put_last") else call("put_last")
        return call(names[seen.turn]) if seen.turn < len(names) else say("Done.")

    tools: list[Any] = [look, put, put_more, put_last]
    return Workflow("put", tools=tools, policy=policy, input="Put!", world=box)
