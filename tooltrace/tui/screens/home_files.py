"""What the home screen does with a session's files: rename and remove, after a word about both."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual.screen import Screen

from tooltrace.core.model.errors import ToolTraceError
from tooltrace.core.text.sanitize import bytes_in_words, visible
from tooltrace.debugger.session.files import SessionFiles, look, opened
from tooltrace.debugger.session.last_position import LastPositions
from tooltrace.debugger.session.removal import remove
from tooltrace.tui import safe_text
from tooltrace.tui.screens import dialogs

__all__ = ["remove_session", "rename_session"]


async def remove_session(screen: Screen[None], path: Path, places: LastPositions | None) -> None:
    """Remove it with its world and its payloads, after a yes."""
    app = screen.app
    try:
        found = await asyncio.to_thread(_looked_at, path)
        answers = [
            dialogs.Answer("n", "keep it", "keep"),
            dialogs.Answer(
                "y", f"remove {bytes_in_words(found.size)} for good", "remove", danger=True
            ),
        ]
        question = dialogs.ConfirmScreen(f"Remove {path.name}?", _told(found), answers)
        if await app.push_screen_wait(question) != "remove":
            return
        await asyncio.to_thread(remove, path, places)
    except ToolTraceError as error:
        safe_text.notify(app, str(error), "error")
    else:
        safe_text.notify(app, f"removed {path.name}")


async def rename_session(screen: Screen[None], path: Path, places: LastPositions | None) -> None:
    """Give it another name, with its world and its payloads."""
    from tooltrace.debugger.session.move import move, named_beside, wrong_name

    app = screen.app
    try:
        await asyncio.to_thread(_looked_at, path)
        name = await app.push_screen_wait(
            dialogs.PromptScreen(
                f"Rename {path.name}",
                visible(path.stem),
                "Its world and its payloads go with it.",
                lambda text: wrong_name(path, text),
            )
        )
        if name is None or named_beside(path, name) == path:
            return
        await asyncio.to_thread(move, path, named_beside(path, name), places)
    except ToolTraceError as error:
        safe_text.notify(app, str(error), "error")
    else:
        safe_text.notify(app, f"{path.name} is {named_beside(path, name).name} now")


def _looked_at(path: Path) -> SessionFiles:
    with opened(path, lock=True) as session:
        return look(path, session)


def _told(found: SessionFiles) -> list[str]:
    """What goes, a line each, and what stays beside it."""
    kinds = ("the session", "its world", "its payloads")
    parts = (found.file, found.world, found.payloads)
    lines = [
        f"{part.path.name} · {kind} · {bytes_in_words(part.size)}"
        for part, kind in zip(parts, kinds, strict=True)
        if part is not None and part in found.removable
    ]
    return [*lines, *(f"stays: {line}" for line in found.left)]
