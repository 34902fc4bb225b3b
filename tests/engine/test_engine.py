"""One action through real ports: what is written down, and what reaches a tool."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.debugger.flows import Ran, bill, pair
from tests.debugger.sitting import WAIT
from tests.engine.bench import Bench
from tooltrace import Move, On, Seen, State, ToolContext, Workflow, call, say, tool
from tooltrace.core.decide.next_action import AwaitUser, CallModel, ChangeState, Finish, RunTools
from tooltrace.core.model import events as e
from tooltrace.engine.engine import Engine, Ports


async def test_a_whole_run_by_its_facts(bench: Callable[..., Bench], tmp_path: Path) -> None:
    b = bench(bill(tmp_path))
    kinds = []
    while not isinstance(b.action, AwaitUser):
        kinds.append(type(await b.act()))
    one = [CallModel, RunTools, ChangeState]
    assert kinds == [*one * 3, CallModel, Finish]
    turn = ["model_called", "model_replied"]
    made = [*turn, "tool_started", "tool_returned", "transitioned"]
    assert b.names == ["run_started", "user_said", *made * 3, *turn, "run_finished"]
    assert b.session.saved == len(b.names)  # The end of a run is on disk.
    sources = [record.source for record in b.session.tree.records.values()]
    assert sources[3] == "scripted"
    assert {s for at, s in enumerate(sources) if b.names[at] != "model_replied"} == {"live"}


async def test_performing_what_needs_a_person_does_nothing(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    b = bench(bill(tmp_path))
    before = list(b.names)
    await b.engine.perform(AwaitUser("input", "say something"), b.session)
    assert b.names == before


@pytest.mark.parametrize("how", ["threads", "coroutines"])
async def test_calls_of_a_level_really_run_at_once(
    bench: Callable[..., Bench], tmp_path: Path, how: str
) -> None:
    # Each waits for the other: one after the other they would never end.
    if how == "threads":
        barrier = threading.Barrier(2, timeout=WAIT)
        flow = pair(tmp_path, left=lambda: barrier.wait() * 0, right=lambda: barrier.wait() * 0)
    else:
        flow = _meeting()
    b = bench(flow)
    await b.until(RunTools)
    await b.act()
    done = [c.status for c in b.session.snapshot.calls]
    assert done == ["returned", "returned"]
    assert not any(c.is_error for c in b.session.snapshot.calls)
    assert b.names[-4:] == ["tool_started", "tool_started", "tool_returned", "tool_returned"]


def _meeting() -> Workflow:
    came: dict[str, asyncio.Event] = {}

    async def meet(own: str, other: str) -> str:
        came.setdefault(own, asyncio.Event()).set()
        await asyncio.wait_for(came.setdefault(other, asyncio.Event()).wait(), WAIT)
        return own

    @tool()
    async def left() -> str:
        """One."""
        return await meet("left", "right")

    @tool()
    async def right() -> str:
        """The other."""
        return await meet("right", "left")

    def both(seen: Seen) -> Move:
        return say("", call("left"), call("right")) if seen.turn == 0 else say("Met.")

    return Workflow("meeting", tools=[left, right], policy=both, input="Meet!")


async def test_a_level_waits_for_the_one_before(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    b = bench(pair(tmp_path, after=True))  # The reply names the right one first.
    action = await b.until(RunTools)
    assert [[c.tool for c in level] for level in action.levels] == [["left"], ["right"]]
    await b.act()
    assert [name for name, _, _ in Ran(tmp_path).all] == ["left"]
    await b.act()
    assert [name for name, _, _ in Ran(tmp_path).all] == ["left", "right"]
    assert b.names[-4:] == ["tool_started", "tool_returned"] * 2


async def test_one_call_of_a_level_leaves_the_others_open(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    b = bench(pair(tmp_path))
    action = await b.until(RunTools)
    await b.engine.perform(action, b.session, action.calls[1:])
    assert [(c.tool, c.status) for c in b.session.snapshot.calls] == [
        ("right", "waiting"),
        ("left", "returned"),
    ]
    assert b.action.calls == b.session.snapshot.calls[:1]


async def test_a_refused_call_never_reaches_its_tool_and_is_no_failure(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    ran = []

    @tool(critical=True)
    def launch() -> str:
        """Only allowed later."""
        ran.append("launch")
        return "launched"

    def policy(seen: Seen) -> Move:
        if seen.turn == 0:
            return say("", call("launch"), call("nonsense"))
        return say("Then not.")

    flow = Workflow(
        "refused",
        tools=[launch],
        states=[
            State("waiting"),
            State("flying", [launch]),
            State("failed", terminal=True, failure=True),
        ],
        transitions=[On(None, "waiting", "flying", when="context"), On(launch, "flying", "failed")],
        critical_to="failed",
        policy=policy,
        input="Go!",
    )
    b = bench(flow)
    await b.until(RunTools)
    await b.act()
    first, second = [v for v in b.events if isinstance(v, e.ToolReturned)]
    assert "launch is not allowed in state waiting" in first.content
    assert "there is no tool 'nonsense'" in second.content
    assert first.is_error and second.is_error
    assert not ran and "tool_started" not in b.names
    s = b.session.snapshot
    assert (s.error, s.state) == (None, "waiting")
    assert isinstance(b.action, CallModel)


async def test_a_cancelled_model_call_is_written_down(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    asked = asyncio.Event()

    class Silent:
        async def ask(self, request: Any, heard: Any = None) -> Any:
            asked.set()
            await asyncio.Event().wait()

    b = bench(bill(tmp_path))
    b.engine = Engine(Ports(Silent(), b.port))  # type: ignore[arg-type]
    asking = asyncio.ensure_future(b.engine.perform(CallModel(), b.session))
    await asyncio.wait_for(asked.wait(), WAIT)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert b.names[-2:] == ["model_called", "model_failed"]
    assert b.session.snapshot.trouble is not None
    assert isinstance(b.action, AwaitUser)


async def test_tools_see_the_state_and_their_own_copy_of_the_context(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    seen = []

    @tool()
    def look(ctx: ToolContext) -> None:
        """Look."""
        seen.append((ctx.state, dict(ctx.context), ctx.idempotency_key))

    def policy(seen: Seen) -> Move:
        return call("look") if seen.turn == 0 else say("Ok.")

    b = bench(
        Workflow(
            "one",
            tools=[look],
            states=[State("only", [look]), State("end", terminal=True)],
            transitions=[On(look, "only", "end")],
            policy=policy,
            input="Go!",
        )
    )
    await b.until(Finish)
    ((state, context, key),) = seen
    started = next(v for v in b.events if isinstance(v, e.ToolStarted))
    assert (state, context, key) == ("only", {}, started.key)
