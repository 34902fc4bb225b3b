"""How long the screen takes on a long session: until the first picture, and from key to picture.

Each measurement is a process of its own, because what has been imported once costs nothing after.
Times are until the frame has been handed to the driver; the driver writes nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from scripts.bench.steps import record

__all__ = ["Figures", "measure"]

Figures = dict[str, float]
"""Milliseconds by what was measured."""

Frame = tuple[float, object]
"""When a picture was there, and which head it shows, with whether something runs."""

KEYS = 40
_LATE = 20.0


def measure(path: Path, steps: int = 5000, size: tuple[int, int] = (120, 36)) -> Figures:
    """Milliseconds on a session of so many steps, which is recorded at ``path`` if it is not there.

    ``import textual`` is what any such app takes, and tells how fast the machine is just now.
    ``open`` is reading the file, with the imports of tooltrace but not that of textual; ``first
    screen`` is from making the app to its first whole picture. ``step back`` and ``cursor`` are
    medians from a key to its picture, with ``p95`` beside each, once all rows have been made.
    Measured twice, of which the second counts.
    """
    if not path.exists():
        record(steps, path)
    command = [sys.executable, "-m", "scripts.bench.screen", str(path), str(size[0]), str(size[1])]
    # What is installed is compiled, and so is this, whatever the checkout and its settings are.
    kept = {**os.environ, "PYTHONPYCACHEPREFIX": str(path.parent / "bytecode")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=kept)
    figures: Figures = json.loads(done.stdout)
    return figures


async def _measured(path: Path, size: tuple[int, int]) -> Figures:
    start = time.perf_counter()
    import textual.app  # noqa: F401 - what the app is compared with

    began = time.perf_counter()
    from tooltrace.cli.process.garbage_collection import collect_briefly

    collect_briefly()  # As the app does before anything else.
    from tooltrace.assemble import reopen
    from tooltrace.tui.app import ToolTraceApp
    from tooltrace.tui.services import AppServices

    debugger = reopen(path)
    opened = time.perf_counter()
    app = ToolTraceApp(AppServices(_none, _none, list, []), debugger)
    frames: list[Frame] = []
    display = app._display

    def displayed(screen: object, renderable: object) -> None:
        display(screen, renderable)
        rows = getattr(screen, "rows", None)
        frames.append((time.perf_counter(), rows.followed if rows else None))

    app._display = displayed  # type: ignore[method-assign]
    async with app.run_test(size=size):
        await _until(lambda: "user" in _text(app))
        first = frames[-1][0] - opened
        debugger.submit.goto(debugger.view().tip).result(_LATE)
        await _until(lambda: app.screen.rows.followed == (debugger.view().head, False))  # type: ignore[attr-defined]
        await _until(lambda: not app.screen.rows.filling)  # type: ignore[attr-defined]
        await _rest(app)
        backs = [await _back(app, debugger, frames) for _ in range(KEYS)]
        moves = [await _moved(app, frames, key) for key in ["up", "pageup"] * (KEYS // 2)]
    debugger.close()
    return {
        "import textual": (began - start) * 1000,
        "open": (opened - began) * 1000,
        "first screen": first * 1000,
        **_spread("step back", backs),
        **_spread("cursor", moves),
    }


async def _back(app: object, debugger: object, frames: list[Frame]) -> float:
    before = debugger.view().head  # type: ignore[attr-defined]
    began = _press(app, "N", "N")
    await _until(lambda: debugger.view().head != before)  # type: ignore[attr-defined]
    head = debugger.view().head  # type: ignore[attr-defined]
    await _until(lambda: frames[-1][1] == (head, False))
    taken = frames[-1][0] - began
    await _rest(app)
    return taken


async def _moved(app: object, frames: list[Frame], key: str) -> float:
    count, began = len(frames), _press(app, key, None)
    await _until(lambda: len(frames) > count)
    taken = frames[-1][0] - began
    await _rest(app)
    return taken


def _press(app: object, key: str, character: str | None) -> float:
    from textual.events import Key

    app._driver.send_message(Key(key, character))  # type: ignore[attr-defined]
    return time.perf_counter()


async def _rest(app: object) -> None:
    """Let the app finish what it is drawing."""
    for _ in range(3):
        await asyncio.sleep(0.02)


async def _until(there: object) -> None:
    late = time.monotonic() + _LATE
    while not there():  # type: ignore[operator]
        if time.monotonic() > late:
            raise SystemExit("the screen did not show it in time")
        await asyncio.sleep(0.001)  # Not at once: who waits busily keeps the other thread waiting.


def _text(app: object) -> str:
    strips = app.screen._compositor.render_strips()  # type: ignore[attr-defined]
    return "\n".join(strip.text for strip in strips)


def _spread(name: str, seconds: Iterable[float]) -> Figures:
    ordered = sorted(seconds)
    p95 = ordered[int(len(ordered) * 0.95)]
    return {name: ordered[len(ordered) // 2] * 1000, f"{name} p95": p95 * 1000}


def _none(_: object) -> NoReturn:
    raise SystemExit("nothing else is opened here")


if __name__ == "__main__":
    found = asyncio.run(_measured(Path(sys.argv[1]), (int(sys.argv[2]), int(sys.argv[3]))))
    print(json.dumps(found))
