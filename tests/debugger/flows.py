"""Small workflows for tests of the debugger. Their tools write down each time they really run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from tooltrace import FolderWorld, Move, On, Seen, State, ToolContext, Workflow, call, say, tool

__all__ = ["Ran", "bill", "box", "pair", "till"]


class Ran:
    """What really ran, in a file that no session knows of."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ran.txt"

    def note(self, tool: str, key: str, **arguments: Any) -> None:
        """One more run."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([tool, arguments, key]) + "\n")

    @property
    def all(self) -> list[tuple[str, dict[str, Any], str]]:
        """Every run: tool, arguments, idempotency key."""
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        return [tuple(json.loads(line)) for line in text.splitlines()]

    def times(self, tool: str) -> int:
        """How often a tool ran."""
        return sum(name == tool for name, _, _ in self.all)

    def keys(self, tool: str) -> list[str]:
        """The idempotency keys it was given."""
        return [key for name, _, key in self.all if name == tool]


@dataclass
class Bill:
    amount: int | None = None
    good: bool | None = None
    paid: bool = False
    note: str = ""


def bill(
    folder: Path,
    *,
    world: bool = False,
    paying: Callable[[], object] = lambda: None,
    looking: Callable[[], object] = lambda: None,
    thanks: str = "Paid.",
    guard: str = "result.good",
    open_world: bool = True,
) -> Workflow:
    """Look at a bill, pay it when it is good, tell somebody: one call after the other.

    ``looking`` and ``paying`` happen while these tools run. With ``world`` there is a folder that
    payments are written into.
    """
    ran = Ran(folder)

    @tool(read_only=True, open_world=False)
    def look(ctx: ToolContext, number: int) -> dict[str, Any]:
        """Look at a bill."""
        ran.note("look", ctx.idempotency_key, number=number)
        looking()
        return {"amount": 5 * number, "good": True}

    @tool(critical=True, open_world=open_world)
    def pay(ctx: ToolContext, amount: int | None) -> dict[str, Any]:
        """Pay it."""
        ran.note("pay", ctx.idempotency_key, amount=amount)
        if ctx.world is not None:
            file = ctx.world.path / "payments.txt"
            old = file.read_text() if file.exists() else ""
            file.write_text(f"{old}{amount}\n")
        paying()
        return {"paid": amount}

    @tool()
    def tell(ctx: ToolContext, amount: int | None) -> str:
        """Tell somebody."""
        ran.note("tell", ctx.idempotency_key, amount=amount)
        return "told"

    def policy(seen: Seen) -> Move:
        known = seen.context
        match seen.state:
            case "looking":
                return say("Looking.", call("look", number=len(seen.input)))
            case "paying":
                return say("Paying.", call("pay", amount=known["amount"]))
            case "telling":
                return call("tell", amount=known["amount"])
            case "done":
                return say(thanks)
            case _:
                return say(f"Not paid{': ' if known['note'] else ''}{known['note']}.")

    def safe(home: Path) -> FolderWorld:
        root = home / "safe"
        root.mkdir(exist_ok=True)
        return FolderWorld(root)

    return Workflow(
        "bill",
        tools=[look, pay, tell],
        context=Bill,
        input="Bill!",
        states=[
            State("looking", [look]),
            State("paying", [pay]),
            State("telling", [tell]),
            State("done", terminal=True),
            State("failed", terminal=True, failure=True),
        ],
        transitions=[
            On(
                look,
                "looking",
                "paying",
                when=guard,
                save={"amount": "result.amount", "good": "result.good"},
            ),
            On(look, "looking", "failed", when=f"not ({guard})"),
            On(look, "looking", "failed", error=True, save={"note": "error"}),
            On(pay, "paying", "telling", save={"paid": "True"}),
            On(tell, "telling", "done"),
        ],
        critical_to="failed",
        policy=policy,
        world=safe if world else None,
    )


def till(folder: Path, rounds: int = 3, *, open_world: bool = True, **options: Any) -> Workflow:
    """Without states: the model looks and writes in turns, each time with another number.

    With a ``world``, a folder, what is sold is written into it.
    """
    ran = Ran(folder)

    @tool(read_only=True)
    def count(ctx: ToolContext, number: int) -> int:
        """Count."""
        ran.note("count", ctx.idempotency_key, number=number)
        return number * 10

    @tool(open_world=open_world)
    def sell(ctx: ToolContext, number: int) -> str:
        """Sell."""
        ran.note("sell", ctx.idempotency_key, number=number)
        if ctx.world is not None:
            with (ctx.world.path / "sold.txt").open("a") as file:
                file.write(f"{number}\n")
        return f"sold {number}"

    def policy(seen: Seen) -> Move:
        if seen.turn >= rounds * 2:
            return say("Closed.")
        name = "count" if seen.turn % 2 == 0 else "sell"
        return call(name, number=seen.turn)

    return Workflow("till", tools=[count, sell], policy=policy, input="Open.", **options)


def pair(
    folder: Path,
    *,
    left: Callable[[], Any] = lambda: "l",
    right: Callable[[], Any] = lambda: "r",
    after: bool = False,
    policy: Callable[[Seen], Move] | None = None,
    world: bool = False,
    in_turn: bool = False,
) -> Workflow:
    """Without states: two writing calls in one turn, side by side or one ``after`` the other.

    With ``world`` both write into a folder, and do nothing else. With ``in_turn`` they are
    coroutines that never wait, so that the one that begins first ends first.
    """
    ran = Ran(folder)

    def run(ctx: ToolContext, tool: str, number: int) -> None:
        ran.note(tool, ctx.idempotency_key, number=number)
        if ctx.world is not None:
            with (ctx.world.path / "done.txt").open("a") as file:
                file.write(f"{tool} {number}\n")

    def as_told(function: Callable[..., Any]) -> Callable[..., Any]:
        if not in_turn:
            return function

        @wraps(function)
        async def coroutine(*args: Any, **named: Any) -> Any:
            return function(*args, **named)

        return coroutine

    @tool(name="left", open_world=not world)
    @as_told
    def on_the_left(ctx: ToolContext, number: int = 0) -> Any:
        """One."""
        run(ctx, "left", number)
        return left()

    @tool(name="right", after=["left"] if after else [], open_world=not world)
    @as_told
    def on_the_right(ctx: ToolContext, number: int = 0) -> Any:
        """The other."""
        run(ctx, "right", number)
        return right()

    def both(seen: Seen) -> Move:
        if seen.turn == 0:
            return say("Both.", call("right"), call("left"))
        return say(f"{seen.result('left')} and {seen.result('right')}")

    return Workflow(
        "pair",
        tools=[on_the_left, on_the_right],
        policy=policy or both,
        input="Both!",
        world=box if world else None,
    )


def box(home: Path) -> FolderWorld:
    """An empty folder to write into."""
    root = home / "box"
    root.mkdir(exist_ok=True)
    return FolderWorld(root)
