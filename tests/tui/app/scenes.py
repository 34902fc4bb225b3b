"""Situations worth a picture: real runs of the shipped workflows, with made-up times and ids.

The snapshots are taken of these; ``python -m scripts.screenshots`` takes its pictures the same way.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from msgspec import Struct

from scripts.record import start
from tests.tui.app.driven import Driven, doors, reach
from tests.tui.app.given import before
from tooltrace.core.decide.breakpoints import Breakpoint
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.session.session_facts import SessionFacts, session_facts
from tooltrace.tui.services import AppServices
from tooltrace.tui.widgets.inputs import LineInput, ValueArea

__all__ = ["SCENES", "Scene", "picture"]

Begin = Callable[[Path], Debugger | None]
Play = Callable[[Driven], Awaitable[None]]

SHIPPED = [
    ("refund", "A customer wants money back: one step after the other, with a way out."),
    ("loan", "A loan application is approved, referred or declined."),
    ("release", "Three reports are read at once and published as one release."),
    ("backfill", "Old rows are imported batch by batch until none remains."),
]


class Scene(Struct, frozen=True):
    """What is opened, at which sizes, and what is done before the picture is taken."""

    begin: Begin
    play: Play
    sizes: tuple[tuple[int, int], ...] = ((120, 36),)


def at_credit(folder: Path) -> Debugger:
    """The refund, paused before it credits."""
    debugger = start("refund", folder, "refund")
    debugger.breakpoints.set((Breakpoint("tool", "send_email"),))
    return reach(debugger, before("process_credit"))


def stuck(folder: Path) -> Debugger:
    """Batches that import nothing, until that is noticed."""
    debugger = start("backfill", folder, "backfill", "Backfill the frozen shard.")
    debugger.submit.go().result(10)
    return debugger


def side_by_side(folder: Path) -> Debugger:
    """Three calls of one turn, none of them made yet."""
    return reach(start("release", folder, "release"), before("read_changelog"))


def nothing(folder: Path) -> None:
    """No session: the home screen over a folder with three."""
    for name in ("refund-0001", "refund-0002", "loan-0001"):
        (folder / f"{name}.jsonl").touch()


async def still(d: Driven) -> None:
    """As it is."""


async def edited(d: Driven) -> None:
    """The policy says no instead, and the workflow takes the other way."""
    await editor(d)
    await d.press("ctrl+s", "t", "1")


async def editor(d: Driven) -> None:
    """The policy's result in the editor, changed and not yet accepted."""
    await d.press("3", "up", "e")
    area = d.app.screen.query_one(ValueArea)
    area.load_text(area.text.replace("true", "false"))
    await d.settled()


async def back(d: Driven) -> None:
    """Three steps back: what is ahead is recorded."""
    await d.press("N", "N", "N")


async def rerun(d: Driven) -> None:
    """An e-mail was sent; back before it, and on again on a branch."""
    await d.press("c", "n", "n", "3", "end", "R")


def keys(*pressed: str) -> Play:
    """Keys, one after the other."""

    async def play(d: Driven) -> None:
        await d.press(*pressed)

    return play


WIDE = ((80, 24), (120, 36), (160, 45))

SCENES: dict[str, Scene] = {
    "paused": Scene(at_credit, still, WIDE),
    "edited": Scene(at_credit, edited, WIDE),
    "back": Scene(at_credit, back, ((80, 24), (120, 36))),
    "stuck": Scene(stuck, keys("n", "escape"), WIDE),
    "side-by-side": Scene(side_by_side, keys("n"), ((120, 36),)),
    "narrow": Scene(at_credit, keys("2"), ((60, 20),)),
    "editor": Scene(at_credit, editor, ((80, 24), (120, 36))),
    "picker": Scene(at_credit, keys("T"), ((80, 24), (120, 36))),
    "confirm": Scene(at_credit, rerun, ((80, 24), (120, 36))),
    "limit": Scene(stuck, keys("n"), ((80, 24),)),
    "detail": Scene(at_credit, keys("3", "home", "enter"), ((120, 36),)),
    "help": Scene(at_credit, keys("?"), ((80, 24), (120, 36))),
    "home": Scene(nothing, still, ((80, 24), (120, 36))),
}


async def picture(folder: Path, scene: Scene, size: tuple[int, int]) -> str:
    """A scene as an SVG."""
    folder.mkdir(exist_ok=True)
    debugger = scene.begin(folder)
    async with AsyncExitStack() as stack:
        d = await stack.enter_async_context(Driven(debugger, size, _doors(folder)))
        await scene.play(d)
        return await _at_rest(d)


async def _at_rest(d: Driven) -> str:
    """The picture once nothing in it changes any more, however slow the machine is."""
    for line in d.app.screen.query(LineInput):
        line.cursor_blink = False
    for area in d.app.screen.query(ValueArea):
        area.cursor_blink = False
    same, seen = 0, ""
    while same < 2:
        await d.settled()
        shown = _without_ids(d.app.export_screenshot(title="tooltrace", simplify=True))
        same, seen = (same + 1, seen) if shown == seen else (0, shown)
    return seen


def _without_ids(svg: str) -> str:
    """The picture without the ids that rich gives it, which differ from one time to the next."""
    return re.sub(r"terminal-\d+", "terminal", svg)


def _doors(folder: Path) -> AppServices:
    real = doors(folder, SHIPPED)
    shown = [Path("sessions") / path.name for path in real.recent()]
    return AppServices(
        real.run, real.open, lambda: shown, real.shipped, lambda path: _about(folder, path)
    )


def _about(folder: Path, path: Path) -> SessionFacts:
    real = folder / path.name
    return session_facts(real) if real.stat().st_size else SessionFacts(path, size=1)
