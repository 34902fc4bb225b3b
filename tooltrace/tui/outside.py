"""Content blocks on their way out of the app: to the clipboard, or to a program that shows them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Protocol

from tooltrace.core.model.block_data import block_bytes
from tooltrace.core.model.content_blocks import IMAGE_TYPES, Block, media_type, placeholder
from tooltrace.tui.clipboard import Copied
from tooltrace.tui.rows.blocks.block_text import block_text
from tooltrace.tui.safe_text import Severity
from tooltrace.tui.services import AppServices

__all__ = ["Outside"]

Later = Callable[[Callable[[], None]], None]
"""Has something done by the app's loop."""

_PATH = "not its bytes, but the path of a file with them, there until you leave: "


class Says(Protocol):
    """The app, as far as it is needed: what it can reach, and its notes."""

    services: AppServices

    def copy_text(self, text: str) -> None:
        """Copy a text, and say so."""

    def tell(self, text: str, severity: Severity = "information") -> None:
        """Say something in a note."""

    def copied(self, text: str, copied: Copied, before: str = "") -> None:
        """Say what became of a text that was copied."""


class Outside:
    """Copies and opens blocks, and says what was done. The screen never waits for it."""

    def __init__(self, app: Says) -> None:
        self._app = app

    def copy(self, block: Block) -> None:
        """Copy a text as text, a picture to a clipboard that takes pictures, else a file's path."""
        text = block_text(block)
        if text is None:
            self._with_file(block, self._copy_file)
        else:
            self._app.copy_text(text)

    def _copy_file(self, block: Block, path: Path, later: Later) -> None:
        app, clipboard = self._app, self._app.services.clipboard
        data = block_bytes(block) or b""
        kind = media_type(data)
        if clipboard is not None and kind is not None and kind in IMAGE_TYPES:
            name = clipboard.put_image(data, kind)
            if name is not None:
                later(lambda: app.tell(f"copied {placeholder(block)} to the clipboard ({name})"))
                return
        copied = Copied("copied {}", True) if clipboard is None else clipboard.put(str(path))
        later(lambda: app.copied(str(path), copied, _PATH))

    def open(self, block: Block) -> None:
        """Open a picture or document with the person's own program."""
        self._with_file(block, self._open_file)

    def _open_file(self, block: Block, path: Path, later: Later) -> None:
        app, opener = self._app, self._app.services.opener

        def told(said: str, shown: bool) -> None:
            later(lambda: app.tell(said, "information" if shown else "warning"))

        if opener is None:
            told(f"nothing here opens files: it is in {path} until you leave", False)
        else:
            opener.open(path, told)

    def _with_file(self, block: Block, then: Callable[[Block, Path, Later], None]) -> None:
        """Write a block's bytes and go on with the file, both in a thread."""
        loop = asyncio.get_running_loop()

        def later(answer: Callable[[], None]) -> None:
            with suppress(RuntimeError):  # The app has ended meanwhile.
                loop.call_soon_threadsafe(answer)

        def work() -> None:
            try:
                path = self._app.services.media.write(block)
            except (ValueError, OSError) as error:
                why = error.strerror if isinstance(error, OSError) else str(error)
                later(lambda: self._app.tell(f"no file of it: {why}", "warning"))
            else:
                then(block, path, later)

        Thread(target=work, name="media", daemon=True).start()
