"""What an edit keeps of a turn can still be true: in the world, and in the order of calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Event, Timer
from typing import Any

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, box, pair
from tests.debugger.sitting import Sitting, clock
from tests.events import event_of
from tooltrace import FolderWorld, ToolContext, Workflow, call, say, tool
from tooltrace.core.model import events as e
from tooltrace.debugger.replay.check import check_session


def world_of(s: Sitting) -> list[str]:
    """What the world of the branch one is on holds."""
    assert s.worlds is not None
    file = s.worlds.world.path / "done.txt"  # type: ignore[attr-defined]
    return sorted(file.read_text().splitlines()) if file.exists() else []


def both(folder: Path, **options: Any) -> Any:
    """Left 5 and right 10 in one turn."""

    def policy(seen: Any) -> Any:
        if seen.turn == 0:
            return say("Both.", call("left", number=5), call("right", number=10))
        return say("Done.")

    return pair(folder, policy=policy, world=True, **options)


async def sound(s: Sitting) -> bool:
    """Whether each branch passes its own check."""
    return all(found.divergence is None for found in await check_session(s.session, clock))


@pytest.mark.parametrize(
    ("index", "asked", "holds"),
    [(0, 2, ["left 77", "right 10"]), (1, 1, ["left 5", "right 77"])],
)
async def test_a_changed_write_reopens_those_that_no_snapshot_tells_from_it(
    sit: Sit, tmp_path: Path, index: int, asked: int, holds: list[str]
) -> None:
    s = sit(both(tmp_path))
    s.steps(3)  # One by one, so that there is a snapshot after the first.
    assert world_of(s) == ["left 5", "right 10"]
    s.done("edit.arguments", s.snapshot.calls[index].ref, {"number": 77})
    assert sum(c.status == "waiting" for c in s.snapshot.calls) == asked
    for _ in range(asked):
        s.step_again()
    assert world_of(s) == holds
    assert len(Ran(tmp_path).all) == 2 + asked
    assert s.do("go").kind == "finished"
    assert await sound(s)


@pytest.mark.parametrize("index", [0, 1])
async def test_writes_that_overlapped_are_reopened_together(
    sit: Sit, tmp_path: Path, index: int
) -> None:
    meet = Barrier(2)
    s = sit(both(tmp_path, left=lambda: meet.wait(10), right=lambda: meet.wait(10)))
    assert s.do("go").kind == "finished"
    after = [r.id for r in s.path if isinstance(r.event, e.ToolReturned)][-1]
    s.done("goto", after)
    ref = s.snapshot.calls[index].ref
    s.done("edit.arguments", ref, {"number": 77})
    assert [c.status for c in s.snapshot.calls] == ["waiting", "waiting"]
    stop = s.do("go")
    assert [warning.call.tool for warning in stop.warnings] == ["left", "right"]
    assert s.do("confirm").kind == "finished"
    assert world_of(s) == (["left 77", "right 10"] if index == 0 else ["left 5", "right 77"])
    assert await sound(s)


async def test_a_write_that_did_nothing_in_the_world_is_no_reason_to_run_others_again(
    sit: Sit, tmp_path: Path
) -> None:
    flow = both(tmp_path)
    s = sit(flow)
    s.steps(2)
    s.done("edit.answer", s.snapshot.calls[1].ref, "typed")
    s.done("edit.arguments", s.snapshot.calls[1].ref, {"number": 77})
    assert [c.status for c in s.snapshot.calls] == ["returned", "waiting"]
    s.steps(1)  # The right one has never run, so nothing is asked.
    assert world_of(s) == ["left 5", "right 77"]
    assert await sound(s)


def without(uses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return uses[1:]


def turned(uses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return uses[::-1]


def more(uses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*uses, {"type": "tool_use", "id": "n", "name": "left", "input": {"number": 1}}]


@pytest.mark.parametrize(
    ("edit", "holds"),
    [
        (without, ["right 10"]),
        (turned, ["left 5", "right 10"]),
        (more, ["left 1", "left 5", "right 10"]),
    ],
)
async def test_calls_taken_away_turned_round_or_added(
    sit: Sit,
    tmp_path: Path,
    edit: Callable[[list[dict[str, Any]]], list[dict[str, Any]]],
    holds: list[str],
) -> None:
    s = sit(both(tmp_path))
    s.steps(3)
    reply = s.last(e.ModelReplied)
    body = s.reply(reply)
    text, *uses = body["content"]
    s.done("edit.reply", reply, {**body, "content": [text, *edit(uses)]})
    assert s.go_saying_yes().kind == "finished"
    assert world_of(s) == holds
    assert await sound(s)


async def test_what_waits_for_a_call_that_is_added_is_open_again(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path, after=True))
    s.do("go")
    reply = next(r.id for r in s.path if isinstance(r.event, e.ModelReplied))
    body = s.reply(reply)
    text, right, left = body["content"]
    s.done("goto", s.last(e.ToolReturned))
    other = {**left, "id": "n", "input": {"number": 1}}
    s.done("edit.reply", reply, {**body, "content": [text, right, left, other]})
    open_again = [(c.tool, c.status) for c in s.snapshot.calls]
    assert open_again == [("right", "waiting"), ("left", "returned"), ("left", "waiting")]
    assert s.go_saying_yes().kind == "finished"
    assert await sound(s)


async def test_a_snapshot_that_came_with_a_reopened_read_stays_with_the_write(
    sit: Sit, tmp_path: Path
) -> None:
    wrote = Event()
    s = sit(slow_look(tmp_path, wrote))
    assert s.do("go").kind == "finished"
    looked = s.last(e.ToolReturned, "look")
    assert event_of(s.session.tree[looked], e.ToolReturned).world is not None
    s.done("goto", looked)
    look = next(call for call in s.snapshot.calls if call.tool == "look")
    s.done("edit.arguments", look.ref, {"number": 2})
    assert sorted(c.status for c in s.snapshot.calls) == ["returned", "waiting"]
    assert s.do("go").kind == "finished"
    assert world_of(s) == ["put 5"]
    assert await sound(s)


def slow_look(folder: Path, wrote: Event) -> Workflow:
    """In one turn a read that ends last, and a write."""

    @tool(read_only=True, open_world=False)
    def look(number: int) -> int:
        """Look."""
        wrote.wait(10)
        return number

    @tool(open_world=False)
    def put(ctx: ToolContext, number: int) -> str:
        """Put."""
        with (ctx.world.path / "done.txt").open("a") as file:
            file.write(f"put {number}\n")
        Timer(0.2, wrote.set).start()
        return "put"

    def policy(seen: Any) -> Any:
        if seen.turn == 0:
            return say("", call("look", number=1), call("put", number=5))
        return say("Done.")

    return Workflow("slow", tools=[look, put], policy=policy, input="Go.", world=box)


def test_a_branch_that_others_left_goes_on_in_its_own_world(sit: Sit, tmp_path: Path) -> None:
    s = sit(both(tmp_path))
    s.steps(1)
    s.done("edit.fork")
    s.done("edit.undo")
    s.steps(2)
    assert s.view.branch.name == "main"
    assert world_of(s) == ["left 5", "right 10"]
    assert (tmp_path / "s.world" / "box" / "done.txt").exists()
    assert not (tmp_path / "s.world" / "branches").exists()


def test_a_call_interrupted_in_a_replay_left_nothing_in_the_branchs_world(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(both(tmp_path))
    s.steps(3)
    s.done("replay.start", from_start=True)
    assert s.do("go").kind == "end"
    s.done("goto", s.last(e.ToolStarted), s.view.tip)
    ref = next(call.ref for call in s.snapshot.calls if call.status == "started")
    s.done("edit.answer", ref, "typed")
    assert event_of(s.session.tree[s.head], e.ToolReturned).world is None
    assert s.snapshot.unkept


def test_what_an_interrupted_call_left_is_in_the_world_that_it_ran_in(
    sit: Sit, tmp_path: Path
) -> None:
    wrote, over = Event(), Event()

    @tool(read_only=True)
    def look() -> str:
        """Look."""
        return "seen"

    @tool
    def pay(ctx: ToolContext) -> str:
        """Pay, and take long over it."""
        ctx.world.path.mkdir(exist_ok=True)
        (ctx.world.path / "done.txt").write_text("paid\n")
        wrote.set()
        over.wait(20)
        return "paid"

    def policy(seen: Any) -> Any:
        return say("Both.", call("look"), call("pay")) if seen.turn == 0 else say("Done.")

    def shelf(folder: Path) -> FolderWorld:
        return FolderWorld(folder / "till")

    flow = Workflow("two", tools=[look, pay], policy=policy, world=shelf, input="Go.")
    s = sit(flow)
    s.done("step")
    running = s.debugger.submit.go()
    assert wrote.wait(20)
    until = time.monotonic() + 20
    while not any(c.status == "returned" for c in s.snapshot.calls):
        assert time.monotonic() < until
        time.sleep(0.01)
    s.die()
    over.set()
    running.result(20)
    again = sit(flow)
    looked, paid = again.snapshot.calls
    assert (looked.status, paid.status) == ("returned", "started")
    again.done("edit.result", looked.returned, "typed")  # A branch, with a world of its own.
    again.done("edit.answer", paid.ref, "paid")
    world = event_of(again.session.tree[again.head], e.ToolReturned).world
    assert world is not None and world != event_of(again.path[0], e.RunStarted).world
    assert again.do("go").kind == "finished"
    again.done("edit.say", "Once more.")
    assert again.go_saying_yes().kind == "finished"
    assert again.worlds is not None
    again.worlds.restore(world)
    assert world_of(again) == ["paid"]
