"""The driver of an app that is drawn in a browser: it leaves when whoever shows it is gone."""

from __future__ import annotations

import os
from typing import Any

from textual import messages
from textual.app import App
from textual.drivers.web_driver import WebDriver

__all__ = ["ServedDriver"]


class ServedDriver(WebDriver):
    """Textual's driver for a page. Its stdin ends with the server, however that ends."""

    def __init__(self, app: App[Any], **given: Any) -> None:
        super().__init__(app, **given)
        self._write = self._written  # type: ignore[assignment]

    def _written(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self.fileno, rest) :]
        except BrokenPipeError:
            pass  # Nobody looks any more; the end of stdin says so, and then all is saved.

    def run_input_thread(self) -> None:
        """Hand on what is typed until stdin ends; then save and leave."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self._app.post_message(messages.ExitApp())
