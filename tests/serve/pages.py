"""A page server in a process of its own, and a browser's requests as raw as an attacker's."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import environment

aiohttp: Any = pytest.importorskip("aiohttp")
pytest.importorskip("textual_serve")

__all__ = ["ECHO", "Page", "Served", "aiohttp", "gone", "serving", "viewing"]

ECHO = r"""
import os, sys
def packet(data):
    os.write(1, b"D" + len(data).to_bytes(4, "big") + data)
os.write(1, b"__GANGLION__\n")
packet(f"{os.getpid()} {os.environ['COLUMNS']}x{os.environ['ROWS']}".encode())
while head := sys.stdin.buffer.read(5):
    data = sys.stdin.buffer.read(int.from_bytes(head[1:], "big"))
    if data == b'{"type": "quit"}':
        break
    packet(head[:1] + data)
"""
"""An app that says who it is and how large, and then what it is sent."""

_SERVER = """
import asyncio, json, sys
from tooltrace.cli.serve.server import PageServer
arguments, watches = json.loads(sys.argv[1])
server = PageServer(arguments, watches)
asyncio.run(server.serve(0, lambda address: print("open", address, flush=True)))
"""


class Served:
    """A server, its address without the token, and the token."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("open http://127.0.0.1:"), line
        self.base, _, self.token = line.split()[1].partition("/?token=")
        self.port = self.base.rpartition(":")[2]

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[Any]:
        """A browser that was given the token, and has the cookie for it."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            async with session.get(f"{self.base}/", params={"token": self.token}) as page:
                assert page.status == 200
            yield session


@contextmanager
def serving(
    home: Path, *command: object, app: Sequence[str] = (), watches: bool = False, **more: str
) -> Iterator[Served]:
    """Serve with ``tooltrace serve`` and these arguments, or another app by the server alone."""
    given = json.dumps([list(app), watches])
    ours = ["-m", "tooltrace", "serve", *map(str, command), "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, *(["-c", _SERVER, given] if app else ours)],
        env=environment(home, PYTHONPATH=str(Path(__file__).parents[2]), **more),
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Served(process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


class Page:
    """The socket of a page."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.drawn = b""

    async def say(self, *message: object) -> None:
        await self.socket.send_str(json.dumps(message))

    async def until(self, words: str, seconds: float = 20) -> str:
        """What is drawn, as soon as these words are in it."""
        async with asyncio.timeout(seconds):
            while words.encode() not in self.drawn:
                message = await self.socket.receive()
                assert message.type == aiohttp.WSMsgType.BINARY, (message, self.drawn[-400:])
                self.drawn += message.data
        return self.drawn.decode("utf-8", "replace")

    async def next(self) -> str:
        """The next piece that is drawn."""
        async with asyncio.timeout(20):
            message = await self.socket.receive()
        assert message.type == aiohttp.WSMsgType.BINARY, message
        return str(message.data.decode())

    async def closed(self) -> int:
        """How it was closed."""
        async with asyncio.timeout(20):
            while True:
                message = await self.socket.receive()
                if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                    return int(self.socket.close_code or 0)
                if message.type == aiohttp.WSMsgType.BINARY:
                    self.drawn += message.data


@asynccontextmanager
async def viewing(served: Served, browser: Any, size: str = "80x24") -> AsyncIterator[Page]:
    """A page that is open."""
    width, _, height = size.partition("x")
    where = f"{served.base}/ws?width={width}&height={height}"
    async with browser.ws_connect(where, headers={"Origin": served.base}) as socket:
        yield Page(socket)


def gone(pid: int, seconds: float = 10) -> bool:
    """Whether a process is gone, or is within so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False
