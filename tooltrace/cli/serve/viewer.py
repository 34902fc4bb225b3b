"""An app for one viewer: a process that draws into a socket, and ends when the viewer leaves.

Both sides speak as Textual's driver for a page does: packets of a letter (``D`` what is typed or
drawn, ``M`` anything else, as JSON), a length of four bytes, and that many bytes.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version

from aiohttp import web

from tooltrace.cli.serve.browser_message import Focus, Ping, Resize, Typed, message
from tooltrace.core.text.sanitize import visible

__all__ = ["Viewer"]

_READY = b"__GANGLION__\n"
_LAST = 4096
"""Bytes of what it wrote to stderr that are kept: the end of them says why it ended."""

_LINES = 12

_SAVING, _ENDING = 5.0, 1.0
"""Seconds that an app gets to save and leave, and then to end by itself."""

_OF_A_TERMINAL = {"COLORFGBG", "ConEmuANSI", "KONSOLE_VERSION", "STY", "TMUX", "TMUX_PANE"}
_OF_A_TERMINAL |= {"VTE_VERSION", "WT_SESSION", "XTERM_VERSION", "ZELLIJ"}

_OUT = b"\x1b[0m\x1b[?1049l\x1b[?25h\x1b[2J\x1b[H"


class Viewer:
    """A process with the app in it, and the socket of the page that shows it.

    With ``watches`` it is sent nothing but what scrolls. However the server ends, the app's stdin
    ends with it, at which the app leaves by itself.
    """

    def __init__(
        self, arguments: Sequence[str], socket: web.WebSocketResponse, watches: bool
    ) -> None:
        self._arguments = arguments
        self._socket = socket
        self._watches = watches
        self._process: Process | None = None
        self._shows: asyncio.Task[None] | None = None
        self._last = b""

    async def start(self, width: int, height: int) -> None:
        """Start the app in a screen of so many cells, and show what it draws."""
        process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=_environment(width, height),
            start_new_session=True,  # Ctrl-C is for the server, which lets them save.
        )
        self._process = process
        self._shows = asyncio.create_task(self._show(process))

    async def take(self, text: str) -> None:
        """Do what a message of the page says. Raises BadMessage."""
        match message(text):
            case Typed() as typed:
                keys = Typed(typed.scrolling) if self._watches else typed
                if keys.text:
                    await self._send(b"D", keys.data)
            case Resize(width, height):
                await self._tell({"type": "resize", "width": width, "height": height})
            case Ping(told):
                await self._socket.send_json(["pong", told])
            case Focus(gained):
                await self._tell({"type": "focus" if gained else "blur"})

    async def stop(self) -> None:
        """Let the app save and leave; one that does not is ended."""
        process, shows, self._shows = self._process, self._shows, None
        if process is None or shows is None:
            return
        await self._tell({"type": "quit"})
        if process.stdin is not None:
            process.stdin.close()
        for patience, number in ((_SAVING, signal.SIGTERM), (_ENDING, signal.SIGKILL)):
            if await _ended(process, patience):
                break
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)
        await process.wait()
        _, late = await asyncio.wait([shows], timeout=_ENDING)
        for each in late:  # It tells something to a page that does not listen.
            each.cancel()

    async def _tell(self, said: dict[str, str | int]) -> None:
        await self._send(b"M", json.dumps(said).encode())

    async def _send(self, kind: bytes, payload: bytes) -> None:
        stdin = None if self._process is None else self._process.stdin
        if stdin is None or stdin.is_closing():
            return
        with suppress(ConnectionError):  # It has ended, which what it draws says, too.
            stdin.write(kind + len(payload).to_bytes(4, "big") + payload)
            await stdin.drain()

    async def _show(self, process: Process) -> None:
        """Show what the app draws until it ends; then what it said last."""
        out, errors = process.stdout, process.stderr
        assert out is not None and errors is not None
        said = asyncio.create_task(self._keep(errors))
        with suppress(asyncio.IncompleteReadError, ValueError, ConnectionError):
            while (line := await out.readline()) and line != _READY:
                pass
            while True:
                kind = await out.readexactly(1)
                payload = await out.readexactly(int.from_bytes(await out.readexactly(4), "big"))
                # What else it may say is for who takes files from it, or opens pages.
                if kind == b"D":
                    await self._socket.send_bytes(payload)
        while await out.read(1 << 16):  # Whoever is not read any more would wait for ever.
            pass
        await said
        code = await process.wait()
        with suppress(ConnectionError):
            await self._socket.send_bytes(_OUT + self._words(code))
        await self._socket.close()

    async def _keep(self, errors: asyncio.StreamReader) -> None:
        while data := await errors.read(1 << 16):
            self._last = (self._last + data)[-_LAST:]

    def _words(self, code: int) -> bytes:
        text = visible(self._last.decode("utf-8", "replace").strip())
        lines = text.splitlines()[-_LINES:]
        if not lines and code:
            lines = [f"tooltrace ended with code {code}"]
        return "".join(f"{line}\r\n" for line in lines).encode()


def _environment(width: int, height: int) -> dict[str, str]:
    """That of the server, but for the terminal it was started in, which is not the page's."""
    kept = {name: text for name, text in os.environ.items() if name not in _OF_A_TERMINAL}
    return {
        **kept,
        "TERM": "xterm-256color",
        "TEXTUAL_DRIVER": "tooltrace.tui.served_driver:ServedDriver",
        "TEXTUAL_COLOR_SYSTEM": "truecolor",
        "TERM_PROGRAM": "textual",
        "TERM_PROGRAM_VERSION": version("textual-serve"),
        "COLUMNS": str(width),
        "ROWS": str(height),
    }


async def _ended(process: Process, patience: float) -> bool:
    try:
        await asyncio.wait_for(process.wait(), patience)
    except TimeoutError:
        return False
    return True
