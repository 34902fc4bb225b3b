"""How durable each fact is: before a tool runs, after it, with its world, and on a full disk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.debugger.flows import Ran, bill, pair
from tests.debugger.sitting import WAIT, records_of
from tests.engine.bench import Bench, happens
from tooltrace.core.decide.next_action import AwaitUser, RunTools
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadWorld, NotSaved
from tooltrace.engine.engine import Engine, Ports


async def test_a_start_is_on_disk_before_the_tool_runs(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    seen: list[tuple[list[str], int, int]] = []

    def paying() -> None:
        on_disk = [record.event.name for record in records_of(tmp_path / "s.jsonl")]
        seen.append((on_disk, b.session.saved, b.files.syncs))

    b = bench(bill(tmp_path, paying=paying))
    while not seen:
        await b.act()
    ((names, saved, syncs),) = seen
    assert names[-1] == "tool_started"
    assert saved == len(names)  # Not only written: known to be on the disk.
    # The look's one sync, the payment's own, and one for the two first records.
    assert syncs == 3


async def test_a_call_costs_two_syncs_at_most(bench: Callable[..., Bench], tmp_path: Path) -> None:
    b = bench(bill(tmp_path))
    costs: dict[str, int] = {}
    while not isinstance(b.action, AwaitUser):
        before = b.files.syncs
        action = await b.act()
        tools = ".".join(c.tool for c in action.calls) if isinstance(action, RunTools) else ""
        costs[tools or type(action).__name__] = b.files.syncs - before
    assert costs == {"CallModel": 0, "look": 1, "ChangeState": 0, "pay": 2, "tell": 2, "Finish": 1}


class Keeper:
    """A keeper of the world that notes what runs when a snapshot is taken."""

    def __init__(self, running: list[str]) -> None:
        self.running = running
        self.seen: list[list[str]] = []
        self.broken = False

    def snapshot(self) -> str:
        if self.broken:
            raise BadWorld("cannot keep the folder: it is locked")
        self.seen.append(list(self.running))
        return f"{len(self.seen):064d}"


async def test_the_world_is_kept_once_when_nothing_runs(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    running: list[str] = []
    barrier = threading.Barrier(2, timeout=WAIT)
    first_back = threading.Event()

    def left() -> str:
        running.append("left")
        barrier.wait()
        running.remove("left")
        return "l"

    def right() -> str:
        running.append("right")
        barrier.wait()
        first_back.wait(WAIT)  # The other result is written down before this one is there.
        running.remove("right")
        return "r"

    keeper = Keeper(running)
    b = bench(pair(tmp_path, left=left, right=right), keeper)
    action = await b.until(RunTools)
    acting = asyncio.ensure_future(b.engine.perform(action, b.session))
    await happens(lambda: "tool_returned" in b.names)
    first_back.set()
    await asyncio.wait_for(acting, WAIT)
    assert keeper.seen == [[]]
    worlds = [v.world for v in b.events if isinstance(v, e.ToolReturned)]
    assert worlds == [None, f"{1:064d}"]


async def test_a_tool_that_only_reads_costs_no_snapshot(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    keeper = Keeper([])
    b = bench(bill(tmp_path), keeper)
    while "pay" not in [name for name, _, _ in Ran(tmp_path).all]:
        await b.act()
    assert len(keeper.seen) == 1


async def test_a_world_that_cannot_be_kept_loses_no_result(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    keeper = Keeper([])
    keeper.broken = True
    b = bench(bill(tmp_path), keeper)
    with pytest.raises(BadWorld, match="locked"):
        while True:
            await b.act()
    last = b.events[-1]
    assert isinstance(last, e.ToolReturned)
    assert (last.content, last.world) == ({"paid": 25}, None)
    assert last.unkept == "cannot keep the folder: it is locked"
    assert b.session.snapshot.problems == (
        f"#{b.session.head} the world was not kept after it: {last.unkept}",
    )
    keeper.broken = False
    while "tell" not in [name for name, _, _ in Ran(tmp_path).all]:
        await b.act()
    assert len(keeper.seen) == 1  # Taken with the next call that may write.
    assert b.session.snapshot.unkept == ""


@pytest.mark.parametrize("value", [float("nan"), {"x": [float("inf")]}, 1 << 90, "\ud800", b"\0"])
async def test_any_result_can_be_saved_and_read_again(
    bench: Callable[..., Bench], tmp_path: Path, value: Any
) -> None:
    b = bench(pair(tmp_path, left=lambda: value))
    await b.until(RunTools)
    await b.act()
    b.session.sync()
    kept = records_of(b.path)
    assert kept == list(b.session.tree.records.values())
    left = next(c for c in b.session.snapshot.calls if c.tool == "left")
    if value in (1 << 90, "\ud800"):
        assert left.content == value
    assert not left.is_error


async def test_a_huge_result_is_kept_whole(bench: Callable[..., Bench], tmp_path: Path) -> None:
    huge = "x" * (18 << 20)
    b = bench(pair(tmp_path, left=lambda: huge))
    await b.until(RunTools)
    await b.act()
    b.session.sync()
    assert b.path.stat().st_size < 1 << 20
    left = [r.event for r in records_of(b.path) if isinstance(r.event, e.ToolReturned)]
    assert [v.content for v in left if v.content != "r"] == [huge]


@pytest.mark.parametrize("broken", ["left", "right"])
async def test_when_a_result_cannot_be_saved_the_others_are_still_waited_for(
    bench: Callable[..., Bench], tmp_path: Path, broken: str
) -> None:
    order = ["left", "right"] if broken == "left" else ["right", "left"]
    first_failed = threading.Event()
    barrier = threading.Barrier(2, timeout=WAIT)

    def act(name: str) -> str:
        barrier.wait()
        if name == order[0]:
            b.files.full = True
        else:
            first_failed.wait(WAIT)
        return name

    b = bench(pair(tmp_path, left=lambda: act("left"), right=lambda: act("right")))
    action = await b.until(RunTools)
    acting = asyncio.ensure_future(b.engine.perform(action, b.session))
    # The first result comes back and cannot be saved; only then may the other one come.
    await happens(lambda: b.session.trouble)
    assert not acting.done()
    b.files.full = False
    first_failed.set()
    with pytest.raises(NotSaved):
        await asyncio.wait_for(acting, WAIT)
    statuses = {c.tool: c.status for c in b.session.snapshot.calls}
    assert statuses == {order[0]: "started", order[1]: "returned"}
    # What came back is not forgotten: once there is room it is written down, and nothing runs.
    b.session.settle()
    assert {c.status for c in b.session.snapshot.calls} == {"returned"}
    assert {name for name, _, _ in Ran(tmp_path).all} == {"left", "right"}
    assert len(Ran(tmp_path).all) == 2
    assert records_of(b.path) == list(b.session.tree.records.values())


async def test_a_reply_that_cannot_be_saved_is_not_asked_for_again(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    b = bench(bill(tmp_path))
    asked = []
    inner = b.engine.ports.model

    class Once:
        async def ask(self, request: Any, heard: Any = None) -> Any:
            asked.append(request.digest)
            b.files.full = True
            return await inner.ask(request)

    b.engine = Engine(Ports(Once(), b.port))  # type: ignore[arg-type]
    with pytest.raises(NotSaved):
        await b.act()
    b.files.full = False
    b.session.settle()
    assert isinstance(b.action, RunTools)
    assert len(asked) == 1
