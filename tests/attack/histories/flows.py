"""Workflows to have random histories on: the shipped ones, and ones that are made by chance."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from tests.debugger.flows import bill
from tooltrace import (
    FolderWorld,
    Move,
    Seen,
    SqliteWorld,
    ToolContext,
    Workflow,
    call,
    load,
    say,
    tool,
)

__all__ = ["RECEIPT", "SHIPPED", "chosen"]

TOOLS = ("look", "put", "pay", "pay", "mail", "ship", "breaks")
AMOUNTS = (1, 5, 10, 25)
RECEIPT = 700_001
"""The first number of a receipt, where ``pay`` gives one: each is another, and is nothing else."""
SHIPPED = ("refund", "loan", "release", "backfill")


def chosen(random: Random, folder: Path) -> Workflow:
    """One of them."""
    which = random.randrange(10)
    if which < 2:
        return load(random.choice(SHIPPED))
    if which < 4:
        return bill(folder, world=random.random() < 0.7, open_world=random.random() < 0.5)
    return by_chance(random)


def by_chance(random: Random) -> Workflow:
    """A free workflow: a few turns of one to three calls, whose arguments hang on what came."""
    turns = [
        [(random.choice(TOOLS), random.choice(AMOUNTS)) for _ in range(random.choice((1, 1, 2, 3)))]
        for _ in range(random.randint(1, 4))
    ]
    follows = random.random() < 0.5
    outside = random.random() < 0.3
    receipts = itertools.count(RECEIPT) if random.random() < 0.25 else None

    @tool(read_only=True, open_world=False)
    def look(ctx: ToolContext, amount: int) -> dict[str, Any]:
        """Look."""
        return {"amount": amount}

    @tool(idempotent=True, open_world=False)
    def put(ctx: ToolContext, amount: int) -> dict[str, Any]:
        """Put something to a value."""
        return {"amount": amount}

    @tool(open_world=outside)
    def pay(ctx: ToolContext, amount: int) -> dict[str, Any]:
        """Pay."""
        paid: dict[str, Any] = {"amount": amount, "paid": True}
        return paid if receipts is None else {**paid, "receipt": next(receipts)}

    @tool(open_world=True)
    def mail(ctx: ToolContext, amount: int) -> str:
        """Tell somebody."""
        return f"told about {amount}"

    @tool(open_world=False, after=["pay"])
    def ship(ctx: ToolContext, amount: int) -> dict[str, Any]:
        """Send what was paid for."""
        return {"amount": amount}

    @tool(open_world=False)
    def breaks(ctx: ToolContext, amount: int) -> None:
        """Act, and fail then."""
        raise RuntimeError(f"broken after {amount}")

    def policy(seen: Seen) -> Move:
        place = seen.turn % (len(turns) + 1)
        if place == len(turns):
            return say("Done.")
        content = seen.last.content if seen.last else None
        known = content.get("amount") if isinstance(content, dict) else None
        more = known if follows and type(known) is int else 0
        return say("On.", *(call(name, amount=amount + more) for name, amount in turns[place]))

    worlds: list[Callable[[Path], Any] | None] = [None, _folder, _database]
    return Workflow(
        "chance",
        description=f"{turns}, follows {follows}, pay reaches outside {outside}, "
        f"receipts {receipts is not None}",
        tools=[look, put, pay, mail, ship, breaks],
        policy=policy,
        input="Go.",
        world=random.choice(worlds),
    )


def _folder(home: Path) -> FolderWorld:
    root = home / "things"
    root.mkdir(exist_ok=True)
    return FolderWorld(root)


def _database(home: Path) -> SqliteWorld:
    world = SqliteWorld(home / "things.db")
    with closing(world.connect()) as db, db:
        db.execute("CREATE TABLE IF NOT EXISTS ran (n INTEGER)")
    return world
