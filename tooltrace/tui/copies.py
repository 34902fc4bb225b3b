"""Copying: a text goes to the best clipboard there is, and what became of it is said."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from contextlib import suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from tooltrace.tui import safe_text
from tooltrace.tui.clipboard import Copied, pasteable
from tooltrace.tui.services import AppServices

if TYPE_CHECKING:
    from textual.app import App

    Base = App[Any]
else:
    Base = object

__all__ = ["Copies"]


class Copies(Base):
    """Goes before ``App`` among the bases of the app."""

    services: AppServices
    _copying = Lock()

    def copy_to_clipboard(self, text: str) -> None:
        """Hand a text to the best clipboard there is, and say what became of it."""
        self._clipboard = text
        clipboard, (safe, spelled) = self.services.clipboard, pasteable(text)
        if clipboard is None:
            self._copied(safe, spelled, Copied("copied {}", sure=True))
            return
        loop = asyncio.get_running_loop()

        def put() -> None:
            with self._copying:
                copied = clipboard.put(safe)
            with suppress(RuntimeError):  # The app has ended meanwhile.
                loop.call_soon_threadsafe(self._copied, safe, spelled, copied)

        Thread(target=put, name="clipboard", daemon=True).start()

    def copy_text(self, text: str) -> None:
        """Copy a text, and say what became of it."""
        safe_text.copy(self, text)

    def copied(self, text: str, copied: Copied, before: str = "") -> None:
        """Say what became of a text that stands for something else, as ``before`` tells."""
        self._copied(text, 0, copied, before)

    def _copied(self, text: str, spelled: int, copied: Copied, before: str = "") -> None:
        if copied.to_terminal and self._driver is not None:
            self._driver.write(f"\x1b]52;c;{b64encode(text.encode()).decode()}\a")
        said = before + copied.said.format(_many(len(text), "character"))
        if spelled:
            said += f"; {_many(spelled, 'hidden character')} spelled out"
        safe_text.notify(self, said, "information" if copied.sure else "warning")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
