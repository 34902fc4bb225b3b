"""Takes the pictures of the README: ``python -m scripts.screenshots`` writes ``screenshots/*.svg``.

They are what the app shows of the sessions in ``sessions/``, one of them moving, so that taking
them again changes nothing.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from pathlib import Path

from scripts.record import SESSIONS
from tests.tui.app.driven import Driven
from tests.tui.app.scenes import Begin, Scene, editor, picture, still
from tooltrace.assemble import reopen
from tooltrace.cli.open_readonly import opened
from tooltrace.core.model.events import ToolStarted
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.session.named_branch import branch_named
from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.registry import export, exporter
from tooltrace.tui.rows.present.drawn import drawn_branch

SCREENSHOTS = Path(__file__).parent.parent / "screenshots"


def session(name: str, branch: str = "main", before: str | None = None) -> Begin:
    """A recorded session, at the end of a branch, or paused before a tool is called there."""

    def begin(folder: Path) -> Debugger:
        path = folder / f"demo-{name}.jsonl"
        shutil.copyfile(SESSIONS / path.name, path)
        debugger = reopen(path)
        tip = next(b.tip for b in debugger.view().branches if b.name == branch)
        debugger.submit.switch(tip).result(10)
        if before is not None:
            debugger.submit.goto(_just_before(debugger, before)).result(10)
        return debugger

    return begin


def _just_before(debugger: Debugger, tool: str) -> int:
    view = debugger.view()
    for earlier, record_id in zip(view.path, view.path[1:], strict=False):
        event = view.tree[record_id].event
        if isinstance(event, ToolStarted) and event.tool == tool:
            return earlier
    raise SystemExit(f"not taken: {tool} is not called there")


def sessions(folder: Path) -> None:
    """No session: the home screen over all that are recorded."""
    for path in sorted(SESSIONS.glob("demo-*.jsonl")):
        shutil.copyfile(path, folder / path.name)


async def first(d: Driven) -> None:
    """The first conversation pane, from where one stands."""
    await d.press("1")


async def calls(d: Driven) -> None:
    """The tool calls, and the inspector about the one that is selected there."""
    await d.press("3")


PAUSED = session("refund", before="process_credit")
EDITED = session("refund-edited", branch="too-late")
PICTURES: dict[str, tuple[Scene, tuple[int, int]]] = {
    "demo": (Scene(PAUSED, still), (120, 36)),
    "edited": (Scene(EDITED, first), (120, 36)),
    "editor": (Scene(PAUSED, editor), (120, 36)),
    "stuck": (Scene(session("backfill-stuck"), first), (120, 36)),
    "home": (Scene(sessions, still), (120, 36)),
    "small": (Scene(PAUSED, still), (80, 24)),
    "large": (Scene(EDITED, calls), (160, 45)),
}
"""What is on each picture, and its size in columns and rows."""


async def take(folder: Path) -> list[Path]:
    """Take all pictures; the files, in order."""
    made = []
    with tempfile.TemporaryDirectory() as name:
        for picked, (scene, size) in PICTURES.items():
            svg = await picture(Path(name) / picked, scene, size)
            path = folder / f"{picked}.svg"
            path.write_text(svg, encoding="utf-8")
            made.append(path)
    return [*made, presented(folder)]


def presented(folder: Path) -> Path:
    """Write the picture that moves: the edited refund, as ``export --to svg`` draws it."""
    with opened(SESSIONS / "demo-refund-edited.jsonl") as (session, _):
        tip = branch_named(session.tree, "too-late").tip
        data = BranchData.of(session.tree, tip, draw=drawn_branch)
        path = folder / "presented.svg"
        path.write_bytes(b"".join(export(data, exporter("svg"))))
    return path


def main() -> None:
    """Take them all, and say where they are."""
    SCREENSHOTS.mkdir(exist_ok=True)
    os.environ["TZ"] = "UTC"
    time.tzset()
    for path in asyncio.run(take(SCREENSHOTS)):
        print(f"{path.relative_to(SCREENSHOTS.parent)}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
