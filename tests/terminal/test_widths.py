"""Borders stand straight after any text, in two terminals that measure it in ways of their own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.calling import spawn
from tests.terminal.pty_app import MAIN, PtyApp, assert_clean
from tests.terminal.writings import written

SIZES = [(80, 24), (130, 40)]
CORNERS, SIDES = "┏┓┌┐", "┃│▌┓┐┛┘"
PATIENCE = 20.0

# A terminal is asked where the cursor stands after each part of a line that was read back from it.
WHERE = """
import json, os, sys, tty
tty.setcbreak(0)
told = []
for line in json.load(open(sys.argv[1])):
    columns = []
    for end, char in enumerate(line):
        if char in sys.argv[3]:
            os.write(1, b"\\r\\x1b[2K" + line[:end].encode() + b"\\x1b[6n")
            said = b""
            while not said.endswith(b"R"):
                said += os.read(0, 1)
            columns.append([int(said[:-1].split(b";")[-1]) - 1, char])
    told.append(columns)
with open(sys.argv[2] + "~", "w") as file:
    json.dump(told, file)
os.replace(sys.argv[2] + "~", sys.argv[2])
"""

Columns = list[dict[int, str]]
"""For each line of a screen, which border stands in which column."""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("widths")
    assert spawn("run", "refund", "--headless", "--session", "s.jsonl", cwd=folder).code == 0
    return written(folder / "s.jsonl")


def bent(lines: Columns, panes: int) -> list[tuple[int, int, dict[int, str]]]:
    """Where a pane's side is not below the corner it comes from."""
    found, seen = [], 0
    for row, corners in enumerate(lines):
        for column in (at for at, char in corners.items() if char in CORNERS):
            seen += 1
            for below in range(row + 1, len(lines)):
                char = lines[below].get(column)
                if char is None or char not in SIDES + "┗└":
                    found.append((below, column, lines[below]))
                if char is None or char in "┗└┛┘" or char in CORNERS:
                    break
    assert seen >= 2 * panes, lines
    return found


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_borders_are_straight_on_a_pty(session: Path, size: tuple[int, int]) -> None:
    with PtyApp("open", str(session), cwd=session.parent, size=size) as app:
        app.wait("q quit")
        app.wait("3 Tool calls")
        for key in ("", "pageup", "N", "N", "N", "N", "N"):
            if key:
                app.press(key)
                app.frame()
            rows = [app._screen.buffer[row] for row in range(size[1])]
            columns = [{at: row[at].data or " " for at in range(size[0])} for row in rows]
            assert bent(columns, 2) == [], app.text
        app.press("q")
        app.ended(0)
        raw = bytes(app.raw)
    assert_clean(re.sub("[\u200c\U000e0020-\U000e007f]", "", raw.decode()).encode())


class Tmux:
    """A server of tmux of our own, that has read no file of anybody's."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self.folder, self.size = folder, size
        self.base = ["tmux", "-S", str(folder / "t"), "-f", "/dev/null", "-u"]
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}

    def do(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self.base, *arguments], capture_output=True, env=self.env, cwd=self.folder
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.decode()

    def start(self, name: str, *command: str) -> None:
        size = ("-x", str(self.size[0]), "-y", str(self.size[1]))
        self.do("new-session", "-d", "-s", name, *size, *command)

    def wait(self, name: str, holds: Callable[[str], bool]) -> str:
        end = time.monotonic() + PATIENCE
        while not holds(text := self.do("capture-pane", "-p", "-t", name)):
            assert time.monotonic() < end, text
            time.sleep(0.05)
        return text

    def columns(self, text: str) -> Columns:
        """Where tmux itself says that the borders of this text stand."""

        given, told = self.folder / "given.json", self.folder / "told.json"
        told.unlink(missing_ok=True)
        given.write_text(json.dumps(text.splitlines()))
        self.start(
            "ask", sys.executable, "-c", WHERE, str(given), str(told), CORNERS + SIDES + "┗└"
        )
        end = time.monotonic() + PATIENCE
        while not told.exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        return [dict(map(tuple, line)) for line in json.loads(told.read_text())]


@pytest.fixture
def tmux(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Tmux]:
    server = Tmux(tmp_path, request.param)
    yield server
    subprocess.run([*server.base, "kill-server"], env=server.env, capture_output=True)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux")
@pytest.mark.parametrize("tmux", SIZES, ids=str, indirect=True)
def test_borders_are_straight_in_tmux(session: Path, tmux: Tmux) -> None:
    tmux.start("app", sys.executable, "-c", MAIN, "open", str(session))
    before = tmux.wait("app", lambda text: "q quit" in text and "the run is over" in text)
    assert bent(tmux.columns(before), 2) == [], before
    for key in ("PPage", "N", "N", "N", "N", "N"):
        tmux.do("send-keys", "-t", "app", key)
        text = tmux.wait("app", lambda text: text != before)  # noqa: B023 - called at once
        assert bent(tmux.columns(text), 2) == [], text
        before = text
    assert "❤" in text or "👍" in text or "हि" in text, text
