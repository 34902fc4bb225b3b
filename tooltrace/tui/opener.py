"""Files opened by the person's own programs: xdg-open, or open on macOS. Nothing is executed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["Opener"]

PATIENCE = 2.0
"""Seconds in which a program that fails has said so; one that shows something may stay for long."""

Told = Callable[[str, bool], None]
"""What became of it in one line, and whether the file is being shown."""


class Opener:
    """What opens files where a process runs, as its environment says."""

    def __init__(self, environ: Mapping[str, str] = os.environ, system: str = sys.platform) -> None:
        self._environ = dict(environ)
        self._system = system

    def open(self, path: Path, told: Told) -> None:
        """Open a file, and tell what became of it. Waits for the program: not on a loop."""
        if not self._has_display():
            told(f"there is no display here to open it on: it is in {path} until you leave", False)
            return
        name = "open" if self._system == "darwin" else "xdg-open"
        program = shutil.which(name, path=self._environ.get("PATH"))
        if program is None:
            told(f"there is no {name} here: it is in {path} until you leave", False)
            return
        try:
            running = subprocess.Popen(
                [program, str(path)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=self._environ,
                start_new_session=True,
            )
        except OSError as error:
            why = error.strerror or str(error)
            told(f"{name} did not start ({why}): it is in {path} until you leave", False)
            return
        try:
            code = running.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            code = 0
        if code:
            told(f"{name} could not open it: it is in {path} until you leave", False)
        else:
            told(f"opened outside ({name}); its file is there until you leave", True)
        running.wait()

    def _has_display(self) -> bool:
        """Whether what is opened appears before the person; a far machine's own screen does not."""
        has = self._environ.get
        remote = bool(has("SSH_CONNECTION") or has("SSH_TTY"))
        if self._system == "darwin":
            return not remote
        display = has("DISPLAY", "")
        if remote:
            return bool(display) and not display.startswith((":", "unix:"))
        return bool(display or has("WAYLAND_DISPLAY"))
