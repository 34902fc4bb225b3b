"""One engine over real ports and a session on disk, one action at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from errno import ENOSPC
from pathlib import Path
from typing import Any

from tests.debugger.sitting import WAIT, clock
from tooltrace import Workflow
from tooltrace.core.decide.next_action import next_action
from tooltrace.core.model import events as e
from tooltrace.core.model.request_forms import FORM
from tooltrace.debugger.session.session import Session
from tooltrace.engine.engine import Engine, Ports
from tooltrace.models.scripted import ScriptedModel
from tooltrace.store.files import Files
from tooltrace.store.journal import Journal
from tooltrace.tools.functions.function_port import FunctionPort

__all__ = ["Bench", "Counted", "happens"]


class Counted(Files):
    """The real disk; counts syncs, and refuses to write while ``full``."""

    def __init__(self) -> None:
        self.syncs = 0
        self.full = False

    def sync(self, fd: int) -> None:
        self.syncs += 1
        super().sync(fd)

    def write(self, fd: int, data: bytes | memoryview) -> int:
        if self.full:
            raise OSError(ENOSPC, "No space left on device")
        return super().write(fd, data)


class Bench:
    """A workflow, a session of it on disk, and an engine over real ports."""

    def __init__(self, workflow: Workflow, folder: Path, world: Any = None) -> None:
        self.path = folder / "s.jsonl"
        self.files = Counted()
        self.session = Session(clock, Journal.create(self.path, self.files))
        self.session.append(e.RunStarted(workflow.spec, form=FORM), "live")
        self.session.append(e.UserSaid(workflow.spec.input), "live")
        self.session.sync()
        self.port = FunctionPort(workflow.tools)
        assert workflow.policy is not None
        self.engine = Engine(Ports(ScriptedModel(workflow.policy), self.port), world)

    @property
    def action(self) -> Any:
        return next_action(self.session.snapshot)

    async def act(self) -> Any:
        action = self.action
        await asyncio.wait_for(self.engine.perform(action, self.session), WAIT)
        return action

    async def until(self, kind: type) -> Any:
        while not isinstance(self.action, kind):
            await self.act()
        return self.action

    @property
    def names(self) -> list[str]:
        return [record.event.name for record in self.session.tree.records.values()]

    @property
    def events(self) -> list[e.Event]:
        return [record.event for record in self.session.tree.records.values()]


async def happens(what: Callable[[], object]) -> None:
    """Let everything else go on until it has happened."""
    async with asyncio.timeout(WAIT):
        while not what():
            await asyncio.sleep(0)
