"""A real browser without a window, driven over a pipe; where none is installed, tests skip.

The Chrome DevTools Protocol: JSON messages that end with a NUL, written to the browser's descriptor
3 and read from its 4 (``--remote-debugging-pipe``).
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

__all__ = ["Browser", "browser", "browser_program"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-extensions "
    "--disable-background-networking --disable-dev-shm-usage --remote-debugging-pipe"
)
_READY = """new Promise((done) => {
  const look = () => document.documentElement?.dataset.ready ? done(1) : setTimeout(look, 5);
  look();
})"""


def browser_program() -> str:
    """Where the browser is; skips the test where there is none."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip(f"no browser is installed: none of {', '.join(_NAMES)}")
    return found


class Browser:
    """One page of a browser. ``requests`` and ``said`` are what it loaded, and what it complained
    about or logged, since it was opened; ``received`` are the bytes that its sockets got."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._read = b""
        self._number = 0
        self._session: str | None = None
        self.requests: list[str] = []
        self.said: list[str] = []
        self.received = b""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask for something, and wait for the answer; what else comes is kept."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self._keep(answer)

    def open(self, page: Path, fragment: str = "") -> None:
        """Open a file, and wait until its script is done."""
        self.requests.clear()
        self.said.clear()
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=page.as_uri() + fragment)
        self.run(_READY)

    def go(self, address: str) -> None:
        """Open an address, and do not wait."""
        self.requests.clear()
        self.said.clear()
        self.send("Page.navigate", url=address)
        self.received = b""  # The page before was still drawn.

    def until(self, script: str, seconds: float = 20) -> float:
        """Wait until an expression is true in the page; how many seconds it took."""
        began = time.monotonic()
        while not self.run(script):
            assert time.monotonic() - began < seconds, (script, self.said)
            time.sleep(0.02)
        return time.monotonic() - began

    def key(self, text: str) -> None:
        """Press the key of a letter."""
        for kind in ("keyDown", "keyUp"):
            letter = {"text": text} if kind == "keyDown" else {}
            self.send("Input.dispatchKeyEvent", type=kind, key=text, **letter)

    def click(self, x: float, y: float, times: int = 1) -> None:
        """Click at a place of the page, so often at once."""
        place = {"x": x, "y": y, "button": "left"}
        for count in range(1, times + 1):
            for kind in ("mousePressed", "mouseReleased"):
                self.send("Input.dispatchMouseEvent", type=kind, clickCount=count, **place)

    def run(self, script: str) -> Any:
        """What an expression comes to in the page; a promise is waited for."""
        given = {"expression": script, "returnByValue": True, "awaitPromise": True}
        answer = self.send("Runtime.evaluate", **given)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def size(self, width: int, height: int, dark: bool = False, media: str = "screen") -> None:
        """How large the page is shown, and to whom."""
        given = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.send("Emulation.setDeviceMetricsOverride", **given)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def picture(self, path: Path) -> None:
        """What is seen, as a PNG."""
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot")["data"]))

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            more = os.read(self._back, 1 << 20)
            assert more, "the browser is gone"
            self._read += more
        message, _, self._read = self._read.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def _keep(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Network.webSocketFrameReceived" if params["response"]["opcode"] == 2:
                self.received += base64.b64decode(params["response"]["payloadData"])
            case "Log.entryAdded":
                self.said.append(params["entry"]["text"])
            case "Runtime.consoleAPICalled" | "Runtime.exceptionThrown":
                self.said.append(json.dumps(params))
            case "Page.javascriptDialogOpening":
                self.said.append(f"a dialog: {params['message']}")
            case "Page.windowOpen":
                self.said.append(f"a window: {params['url']}")


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in a folder; it and all its processes end with it."""
    program = browser_program()
    theirs_in, to = _pipe(theirs=0)
    theirs_out, back = _pipe(theirs=1)
    process = subprocess.Popen(
        [
            *("bash", "-c", f'exec 3<&{theirs_in} 4>&{theirs_out}; exec "$0" "$@"', program),
            *_FLAGS.split(),
            f"--user-data-dir={folder}",
        ],
        pass_fds=(theirs_in, theirs_out),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        yield Browser(to, back)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(to)
        os.close(back)


def _pipe(theirs: int) -> tuple[int, int]:
    """A pipe: the browser's end, which has no number that it will be given, and ours."""
    ends = os.pipe()
    high = fcntl.fcntl(ends[theirs], fcntl.F_DUPFD, 100)
    os.close(ends[theirs])
    return high, ends[1 - theirs]
