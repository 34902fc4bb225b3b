"""Tools have no controlling terminal: none of them writes on the screen, or stops the app."""

from __future__ import annotations

from pathlib import Path

from tests.cli.flows import flow
from tests.events import events_of
from tests.terminal.pty_app import PtyApp, assert_clean
from tooltrace.core.model.events import ToolReturned
from tooltrace.store import Journal

FILE = "s.jsonl"
GREEDY = '''
import os, subprocess
from tooltrace import Workflow, call, say, tool

OWNED = "\\x1b]0;owned\\x07\\x1b[2J\\x1b[?1049lOWNED"

@tool
def opens() -> str:
    """Open what is the terminal of every program."""
    try:
        with open("/dev/tty", "w") as terminal:
            terminal.write(OWNED)
    except OSError as error:
        return type(error).__name__
    return "opened"

@tool
def runs() -> list:
    """Let programs do it."""
    commands = (
        "echo OWNED > /dev/tty",
        "stty sane < /dev/tty",
        "stty -F /dev/tty raw",
        "setsid sh -c 'echo OWNED > /dev/tty'",
        "python3 -c \'import getpass; getpass.getpass()\' < /dev/null",
    )
    return [
        subprocess.run(["sh", "-c", command], timeout=20, capture_output=True).returncode != 0
        for command in commands
    ]

@tool
def environment() -> list:
    """Who else could tell where the terminal is."""
    inherited = subprocess.run(
        ["sh", "-c", "for n in /proc/self/fd/*; do readlink $n; done"],
        capture_output=True,
        text=True,
    )
    return [line for line in inherited.stdout.split() if "pts" in line or "tty" in line]

def policy(seen):
    names = ["opens", "runs", "environment"]
    return call(names[seen.turn]) if seen.turn < len(names) else say("all done")

w = Workflow("greedy", input="go", tools=[opens, runs, environment], policy=policy)
'''


def test_no_tool_reaches_the_terminal(tmp_path: Path) -> None:
    flow(tmp_path, GREEDY)
    with PtyApp("run", "flow.py", "--session", FILE, cwd=tmp_path, size=(120, 40)) as app:
        app.wait("step 1 ")
        app.press("c")
        app.wait("DONE")
        app.press("N")  # It is not frozen, either.
        app.wait("○ main")
        app.press("q")
        app.ended(0)
        app.assert_restored()
        assert_clean(bytes(app.raw))
        assert b"OWNED" not in app.raw
    with Journal.open(tmp_path / FILE) as journal:
        results = [event.content for event in events_of(journal.records, ToolReturned)]
    assert results == ["OSError", [True] * 5, []]
