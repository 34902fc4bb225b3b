"""Asks the terminal for its ground before the screen is up, and hands on what was typed meanwhile.

The question goes out before the screen's library is imported, and the answer is read afterwards:
nearly always it is there by then. Until the screen has the terminal nothing is echoed, so that an
answer that comes late is not seen either.
"""

from __future__ import annotations

import os
import select
import termios
import time
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from tooltrace.tui.background import (
    QUESTION,
    answered,
    ground_in,
    is_asked,
    theme_by_environment,
    theme_on,
)
from tooltrace.tui.preferences import AUTO

__all__ = ["Ground"]

WITHIN = 0.1
"""Seconds after the question within which a terminal answers, or is not waited for."""

_MOST = 1 << 16
_CHUNK = 4096


class Ground:
    """The terminal from the question on; entered, it is given back at the end.

    ``theme`` is the one that was chosen: only ``auto`` asks anything. ``modes`` are those that the
    terminal had, where it has others until the screen takes it.
    """

    def __init__(self, theme: str, stdin: int, stdout: int, environ: Mapping[str, str]) -> None:
        self._theme = theme
        self._stdin, self._stdout = stdin, stdout
        self._environ = environ
        self._asked: float | None = None
        self.modes: list[Any] | None = None
        self.typed = ""

    def __enter__(self) -> Self:
        if self._theme == AUTO and is_asked(self._environ):
            self._ask()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._asked is not None:
            self.theme()  # Or the shell would be typed an answer.
        if self.modes is not None:
            with suppress(termios.error, OSError):
                termios.tcsetattr(self._stdin, termios.TCSANOW, self.modes)

    def theme(self) -> str:
        """The theme that is to be drawn in; ``typed`` is then what came beside the answer."""
        if self._theme != AUTO:
            return self._theme
        data = b""
        if self._asked is not None:
            data = self._read(self._asked + WITHIN)
            self._asked = None
            self.typed = data.decode("utf-8", "ignore")
        ground = ground_in(data)
        return theme_by_environment(self._environ) if ground is None else theme_on(ground)

    def taken(self) -> None:
        """The screen has the terminal, and gives it back as it was."""
        self.modes = None

    def _ask(self) -> None:
        try:
            modes = termios.tcgetattr(self._stdin)
            quiet = [*modes[:6], list(modes[6])]
            # As the screen's library has it: what is typed now is for it.
            quiet[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON)
            quiet[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
            quiet[6][termios.VMIN], quiet[6][termios.VTIME] = 1, 0
            termios.tcsetattr(self._stdin, termios.TCSANOW, quiet)
            self.modes = modes
            os.write(self._stdout, QUESTION)
        except (termios.error, OSError):
            return
        self._asked = time.monotonic()

    def _read(self, until: float) -> bytes:
        data = b""
        with suppress(OSError):
            while not answered(data) and len(data) < _MOST:
                left = max(0.0, until - time.monotonic())
                if not select.select([self._stdin], [], [], left)[0]:
                    break
                if not (more := os.read(self._stdin, _CHUNK)):
                    break
                data += more
        return data
