"""Tools that are after the terminal, or never come back: the screen stays, and one goes on."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.flows import SLOW, flow
from tests.events import events_of
from tests.terminal.pty_app import PtyApp, assert_clean
from tooltrace.core.model.events import ToolReturned
from tooltrace.store import Journal

FILE = "s.jsonl"
RUDE = '''
import os, signal, subprocess, sys
from tooltrace import Workflow, call, say, tool

OWNED = "\\x1b]0;owned\\x07\\x1b[2J\\x1b[?1049lOWNED"

@tool
def ask() -> str:
    """Ask somebody who cannot answer."""
    return input(OWNED)

@tool
def leave() -> None:
    """Take the process along."""
    print(OWNED)
    sys.exit(OWNED)

@tool
async def leave_later() -> None:
    """The same from a coroutine."""
    os.write(2, OWNED.encode())
    raise SystemExit(3)

@tool
def reset() -> str:
    """Let a program loose on what it takes for the terminal."""
    subprocess.run(["sh", "-c", "stty sane; read x; echo OWNED; echo OWNED >&2"], check=False)
    return OWNED

@tool
def change(box: dict) -> None:
    """Change what is not its own."""
    box.clear()

NAMES = ["ask", "leave", "leave_later", "reset", "change"]

def policy(seen):
    if seen.turn >= len(NAMES):
        return say("all done")
    name = NAMES[seen.turn]
    return call(name, **({"box": {"a": 1}} if name == "change" else {}))

w = Workflow("rude", input="go", tools=[ask, leave, leave_later, reset, change], policy=policy)
'''


def test_what_is_after_the_terminal_does_not_get_it(tmp_path: Path) -> None:
    flow(tmp_path, RUDE)
    with PtyApp("run", "flow.py", "--session", FILE, cwd=tmp_path, size=(120, 40)) as app:
        app.wait("step 1 ")
        app.press("c")
        app.wait("DONE")
        app.wait("all done")
        app.press("q")
        app.ended(0)
        app.assert_restored()
        assert_clean(bytes(app.raw))
    with Journal.open(tmp_path / FILE) as journal:
        assert journal.problems == []
        results = events_of(journal.records, ToolReturned)
    assert [event.is_error for event in results] == [True, True, True, False, False]
    assert all("OWNED" in event.output for event in results[:4])
    assert results[4].output.startswith("[the tool changed box")


def test_what_is_said_when_python_ends_reaches_nobody(tmp_path: Path) -> None:
    late = "import atexit\natexit.register(lambda: os.write(1, OWNED.encode()))\n"
    late += "atexit.register(lambda: print(OWNED, file=sys.stderr))\n"
    flow(tmp_path, RUDE.replace("\n@tool\ndef ask", f"\n{late}\n@tool\ndef ask", 1))
    with PtyApp("run", "flow.py", "--session", FILE, cwd=tmp_path, size=(120, 40)) as app:
        app.wait("step 1 ")
        app.press("q")
        app.ended(0)
        app.assert_restored()
        assert b"OWNED" not in bytes(app.raw)


def test_what_hangs_is_timed_and_esc_gives_it_up(tmp_path: Path) -> None:
    flow(tmp_path, SLOW)
    with PtyApp("run", "flow.py:hanging", "--session", FILE, cwd=tmp_path, size=(120, 40)) as app:
        app.wait("step 1 ")
        app.press("c")
        app.wait(lambda text: (tmp_path / "began").exists())
        app.wait(re.compile(r"RUNNING (?!0\.0)\d+(\.\d+)? s").search)
        app.press("escape")
        app.wait("esc again")
        app.press("escape")
        app.wait("may still act")
        app.wait("▌PAUSED")
        app.press("q")
        app.ended(0)
        app.assert_restored()
    with Journal.open(tmp_path / FILE) as journal:
        assert journal.problems == []
        last = events_of(journal.records, ToolReturned)[-1]
    assert last.abandoned and isinstance(last.content, str) and "cancelled after" in last.content
