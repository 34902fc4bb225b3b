"""A log of every real execution, which no session and no world knows of.

Each tool that may act is wrapped: before it runs it is given a number, the number is put into the
world that it was handed, and what numbers were there before is noted. So what a world holds can be
held against what a branch says ran on it.
"""

from __future__ import annotations

import base64
import pickle
import threading
from collections.abc import Callable
from contextlib import closing
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tooltrace import FolderWorld, SqliteWorld, ToolContext, Workflow
from tooltrace.tools.functions.function import FunctionTool

__all__ = ["Execution", "Tap", "logged", "tapped", "tokens"]

_FOLDER = "ran"


@dataclass
class Execution:
    """One real run: ``seen`` are the numbers that the world held before it, None without one."""

    number: int
    tool: str
    arguments: dict[str, Any]
    key: str
    seen: frozenset[int] | None = None
    home: Path | None = None


@dataclass
class Tap:
    """All executions so far; ``strike`` is called once, while the next one runs.

    ``log`` is a file that outlives the process.
    """

    runs: list[Execution] = field(default_factory=list)
    strike: Callable[[], None] | None = None
    log: Path | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ran(self, tool: str, ctx: ToolContext) -> None:
        """One more execution begins."""
        with self._lock:
            world = ctx.world
            seen = None if world is None else tokens(world)
            run = Execution(
                len(self.runs) + 1, tool, dict(ctx.arguments), ctx.idempotency_key, seen
            )
            self.runs.append(run)
            if self.log is not None:
                with self.log.open("ab", buffering=0) as log:
                    log.write(_pickled(run))
            if world is not None:
                run.home = world.path
                _put(world, run.number)
            strike, self.strike = self.strike, None
        if strike is not None:
            strike()


def _pickled(run: Execution) -> bytes:
    """An execution as a line."""
    return base64.b64encode(pickle.dumps(run)) + b"\n"


def logged(log: Path) -> list[Execution]:
    """The executions in a log."""
    lines = log.read_bytes().splitlines() if log.exists() else []
    return [pickle.loads(base64.b64decode(line)) for line in lines]


def tapped(workflow: Workflow, tap: Tap) -> Workflow:
    """The same workflow, whose tools that may act tell ``tap`` each time that they run."""
    tools = {name: _tapped(tool, tap) for name, tool in workflow.tools.items()}
    with_tap = copy(workflow)
    with_tap.tools = MappingProxyType(tools)
    return with_tap


def _tapped(tool: FunctionTool, tap: Tap) -> FunctionTool:
    if tool.spec.effect == "reads":
        return tool
    inner = tool.function

    def function(**given: Any) -> Any:
        ctx = next(value for value in given.values() if isinstance(value, ToolContext))
        tap.ran(tool.spec.name, ctx)
        return inner(**given)

    assert tool.signature.injected, f"{tool.spec.name} must take a ToolContext"
    return replace(tool, function=function)


def tokens(world: Any) -> frozenset[int]:
    """The numbers of the executions that left something in a world."""
    match world:
        case SqliteWorld():
            if not world.path.exists():
                return frozenset()
            with closing(world.connect()) as db:
                there = db.execute("SELECT name FROM sqlite_master WHERE name = 'ran'").fetchall()
                rows = db.execute("SELECT n FROM ran").fetchall() if there else []
            return frozenset(row[0] for row in rows)
        case FolderWorld():
            folder = world.path / _FOLDER
            names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
            return frozenset(int(name) for name in names if name.isdecimal())
    raise AssertionError(f"no such world is attacked here: {world!r}")


def _put(world: Any, number: int) -> None:
    match world:
        case SqliteWorld():
            with closing(world.connect()) as db, db:
                db.execute("CREATE TABLE IF NOT EXISTS ran (n INTEGER)")
                db.execute("INSERT INTO ran VALUES (?)", (number,))
        case FolderWorld():
            folder = world.path / _FOLDER
            folder.mkdir(exist_ok=True)
            (folder / str(number)).touch()
