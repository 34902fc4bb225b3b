"""Where a copied text goes, and what may be said of it then.

A terminal never says whether it took what it was sent (OSC 52), so only a program that ended well
has *copied* something; to a terminal known to take it, a text was *sent*; where that is not known
the text is in a file besides. Needs no textual.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from tooltrace.core.text.sanitize import visible

__all__ = ["Clipboard", "Copied", "pasteable"]

PATIENCE = 2.0
"""Seconds that a program has for taking a text."""

SURELY = 74_994
"""Bytes of a text that any terminal which takes OSC 52 takes in one piece."""

_TERMS = ("kitty", "ghostty", "foot", "alacritty", "wezterm", "contour", "rio")
_PROGRAMS = {"WezTerm": "WezTerm", "ghostty": "ghostty", "rio": "rio", "contour": "contour"}
_PROGRAMS |= {"textual": "the browser"}  # What serves an app to a page calls itself so.
_OTHERS = ("XTERM_VERSION", "VTE_VERSION", "KONSOLE_VERSION")
"""Set by terminals that leave another one's ``TERM_PROGRAM`` as they found it."""

_ACTING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n)"
)


def pasteable(text: str) -> tuple[str, int]:
    """The text with what acts on a terminal or turns lines round spelled out, and how much was.

    It comes from outside, and where it is pasted is often a shell. Tabs and line breaks stay, and
    so does what joins letters to one.
    """
    return _ACTING.subn(lambda found: visible(found[0]), text)


class Copied(Struct, frozen=True):
    """What became of a text. ``to_terminal`` asks for it to be written to the terminal, too.

    ``said`` has a place for how many characters they are; ``sure`` is false where a file is named.
    """

    said: str
    sure: bool
    to_terminal: bool = False


class Clipboard:
    """The clipboards that can be reached from where a process runs, as its environment says."""

    def __init__(self, environ: Mapping[str, str] = os.environ, system: str = sys.platform) -> None:
        self._environ = dict(environ)
        self._system = system

    def put(self, text: str) -> Copied:
        """Copy a text to the best there is. Waits for programs: not to be called on a loop."""
        data = text.encode("utf-8", "replace")
        terminal = self._terminal()
        if terminal and len(data) <= SURELY:
            return Copied(f"sent {{}} to the clipboard of {terminal} (OSC 52)", True, True)
        tmux = self._to_tmux(data)
        if tmux is not None and tmux.sure:
            return tmux
        for command in self._tools():
            if self._took(command, data):
                name = Path(command[0]).name
                return Copied(f"copied {{}} to the clipboard ({name})", True)
        return tmux or self._to_file(data, may_take=terminal != "")

    def put_image(self, data: bytes, kind: str) -> str | None:
        """Copy a picture as such; the program that took it, or None. Waits, as ``put``."""
        for command in self._image_tools(kind):
            if self._took(command, data):
                return Path(command[0]).name
        return None

    # -- what there is ----------------------------------------------------------------------

    def _terminal(self) -> str | None:
        """A terminal known to take OSC 52; empty when it is known not to, None when unknown."""
        has = self._environ.get
        term, program = has("TERM", ""), has("TERM_PROGRAM", "")
        if has("TMUX") or has("STY") or term in ("", "dumb", "linux"):
            return ""
        if program == "Apple_Terminal":
            return ""
        named = term.removeprefix("xterm-").split("-")[0]
        if named in _TERMS:
            return named
        if any(map(has, (*_OTHERS, "ZELLIJ"))) or not term.startswith("xterm"):
            return None
        return _PROGRAMS.get(program) or ("Windows Terminal" if has("WT_SESSION") else None)

    def _tools(self) -> Iterator[list[str]]:
        """The programs that reach the clipboard of whoever sits at the screen, best first."""
        has = self._environ.get
        remote = bool(has("SSH_CONNECTION") or has("SSH_TTY"))
        commands = []
        if self._system == "darwin" and not remote:
            commands.append(["pbcopy"])
        if has("WAYLAND_DISPLAY") and not remote:
            commands.append(["wl-copy", "--type", "text/plain"])
        display = has("DISPLAY", "")
        # On a machine far away, a display of its own is not the person's; one with a host is.
        if display and not (remote and display.startswith((":", "unix:"))):
            commands.append(["xclip", "-selection", "clipboard"])
            commands.append(["xsel", "--clipboard", "--input"])
        if has("TERMUX_VERSION"):
            commands.append(["termux-clipboard-set"])
        for name, *rest in commands:
            program = shutil.which(name, path=has("PATH"))
            if program is not None:
                yield [program, *rest]

    def _image_tools(self, kind: str) -> Iterator[list[str]]:
        """The programs among them that take bytes of a media type."""
        takes = {"wl-copy": ["--type", kind], "xclip": ["-selection", "clipboard", "-t", kind]}
        for program, *_ in self._tools():
            rest = takes.get(Path(program).name)
            if rest is not None:
                yield [program, *rest]

    # -- where it goes ----------------------------------------------------------------------

    def _to_tmux(self, data: bytes) -> Copied | None:
        """tmux's own buffer, and the terminal's clipboard where tmux hands it on.

        Only sure where it does, since a program may reach the clipboard itself.
        """
        tmux = shutil.which("tmux", path=self._environ.get("PATH"))
        if not self._environ.get("TMUX") or tmux is None:
            return None
        load = [tmux, "load-buffer"]
        # With -w tmux hands it on whatever the option says; off means that it is not to.
        allowed = self._answer([tmux, "show-options", "-sv", "set-clipboard"])
        if allowed in ("on", "external") and self._took([*load, "-w", "-"], data):
            can = self._answer([tmux, "display-message", "-p", "#{client_termfeatures}"])
            if "clipboard" in can.split(","):
                return Copied("copied {} to tmux's buffer, and sent to its terminal (OSC 52)", True)
        elif not self._took([*load, "-"], data):
            return None
        return Copied("copied {} to tmux's buffer only: prefix ] pastes", False)

    def _to_file(self, data: bytes, may_take: bool) -> Copied:
        name = ""
        try:
            descriptor, name = tempfile.mkstemp(prefix="tooltrace-copied-", suffix=".txt")
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
        except OSError as error:
            with suppress(OSError):
                Path(name).unlink()
            why = _plain(error.strerror or str(error))
            return Copied(f"{{}} could not be copied, nor put in a file: {why}", False)
        if may_take:
            said = f"sent {{}} to the terminal, which may not take them (OSC 52): {_plain(name)}"
        else:
            said = f"{{}} could not be copied: {_plain(name)}"
        return Copied(said, False, may_take)

    # -- programs ---------------------------------------------------------------------------

    def _took(self, command: list[str], data: bytes) -> bool:
        return self._run(command, data, subprocess.DEVNULL) is not None

    def _answer(self, command: list[str]) -> str:
        return (self._run(command, b"", subprocess.PIPE) or b"").decode(errors="replace").strip()

    def _run(self, command: list[str], data: bytes, stdout: int) -> bytes | None:
        """What a program said; None when it did not end well, or not in time.

        It has nothing of the terminal's, and what it leaves running to hold the clipboard stays.
        """
        try:
            program = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=stdout,
                stderr=subprocess.DEVNULL,
                env=self._environ,
                start_new_session=True,
            )
        except (OSError, ValueError):
            return None
        try:
            said, _ = program.communicate(data, PATIENCE)
        except subprocess.TimeoutExpired:
            with suppress(OSError):
                os.killpg(program.pid, signal.SIGKILL)
            with suppress(subprocess.TimeoutExpired):
                program.wait(PATIENCE)
            return None
        except OSError:
            program.kill()
            program.wait()
            return None
        return (said or b"") if program.returncode == 0 else None


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
