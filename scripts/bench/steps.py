"""The time of a step: a bare loop, a bare durable loop, and the engine through the journal.

A step is one model reply and one tool call with a 1 KB result. The durable loop appends two lines
per call and fdatasyncs each, which is what a promise to lose nothing costs at least.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tooltrace import Workflow, tool
from tooltrace.core.decide.next_action import AwaitUser, Finish, RunTools, next_action
from tooltrace.core.model.events import ModelReplied, RunStarted, Settings, UserSaid
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import OnDelta, PortAnswer
from tooltrace.core.model.request_forms import FORM
from tooltrace.core.model.workflow import StuckSpec
from tooltrace.debugger.session.clock import now
from tooltrace.debugger.session.session import Session
from tooltrace.engine.engine import Engine, Ports
from tooltrace.store.journal import Journal
from tooltrace.tools.functions.function_port import FunctionPort

RESULT = {"rows": ["x" * 90 for _ in range(10)]}


@tool(read_only=True)
def look(number: int) -> dict[str, list[str]]:
    """Look something up."""
    return RESULT


def workflow(steps: int) -> Workflow:
    """A free workflow with one tool."""
    off = StuckSpec(0, 0, 0, 0)
    return Workflow("bench", tools=[look], max_turns=steps + 2, stuck=off)


class Counting:
    """A model in this process that asks for ``steps`` calls, so that only our own time counts."""

    def __init__(self, steps: int) -> None:
        self._steps = steps

    async def ask(self, request: Request, heard: OnDelta | None = None) -> PortAnswer[ModelReplied]:
        """The next call, or the end."""
        turn = request.turn
        if turn >= self._steps:
            block: dict[str, Any] = {"type": "text", "text": "done"}
            reason = "end_turn"
        else:
            block = {"type": "tool_use", "id": f"call_{turn}", "name": "look"}
            block |= {"input": {"number": turn}}
            reason = "tool_use"
        usage = {"input_tokens": 10, "output_tokens": 5}
        body = {"content": [block], "stop_reason": reason, "usage": usage}
        return PortAnswer(ModelReplied(body), "scripted")

    def cancel(self) -> bool:
        """Never: the answer is there at once."""
        return False


def bare(steps: int, folder: Path) -> float:
    """Seconds for a loop that keeps everything in a list."""
    began = time.perf_counter()
    history: list[dict[str, Any]] = []
    for number in range(steps):
        history.append({"call": "look", "number": number})
        history.append({"result": look(number)})
    return time.perf_counter() - began


def durable(steps: int, folder: Path) -> float:
    """Seconds for a loop that appends and fdatasyncs its two lines per call."""
    path = folder / f"durable-{steps}.jsonl"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC, 0o600)
    began = time.perf_counter()
    for number in range(steps):
        os.write(descriptor, json.dumps({"call": "look", "number": number}).encode() + b"\n")
        os.fdatasync(descriptor)
        os.write(descriptor, json.dumps({"result": look(number)}).encode() + b"\n")
        os.fdatasync(descriptor)
    spent = time.perf_counter() - began
    os.close(descriptor)
    return spent


def record(steps: int, path: Path) -> tuple[float, list[float]]:
    """Seconds for tooltrace, and for each tenth of the run; leaves the session at ``path``."""
    path.unlink(missing_ok=True)
    flow = workflow(steps)
    session = Session(now, Journal.create(path))
    session.append(RunStarted(flow.spec, Settings(), form=FORM), "live")
    session.append(UserSaid("go"), "live")
    engine = Engine(Ports(Counting(steps), FunctionPort(flow.tools)))
    marks = []

    async def run() -> None:
        calls = 0
        while not isinstance(action := next_action(session.snapshot), AwaitUser):
            await engine.perform(action, session)
            if isinstance(action, Finish):
                break
            if isinstance(action, RunTools):
                calls += 1
                if calls % max(1, steps // 10) == 0:
                    marks.append(time.perf_counter())

    began = time.perf_counter()
    asyncio.run(run())
    spent = time.perf_counter() - began
    session.close()
    tenths = [after - before for before, after in zip([began, *marks], marks, strict=False)]
    return spent, tenths


def engine(steps: int, folder: Path) -> float:
    """Seconds for tooltrace's engine through the journal."""
    return record(steps, folder / f"engine-{steps}.jsonl")[0]


def measure(folder: Path, sizes: tuple[int, ...], rounds: int) -> dict[int, dict[str, float]]:
    """Milliseconds per step by size and kind: the median of ``rounds``, taken in turns."""
    kinds: dict[str, Callable[[int, Path], float]] = {
        "bare loop": bare,
        "durable loop": durable,
        "tooltrace": engine,
    }
    found: dict[int, dict[str, float]] = {}
    for steps in sizes:
        times: dict[str, list[float]] = {kind: [] for kind in kinds}
        for _ in range(rounds):
            for kind, run in kinds.items():
                times[kind].append(run(steps, folder) / steps * 1000)
        found[steps] = {kind: sorted(each)[len(each) // 2] for kind, each in times.items()}
    return found
