"""Workflows for the tests of the command line: each is a file as a person would write it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["NOISY", "SLOW", "flow"]

NOISY = '''
import atexit, os, subprocess, sys, threading
from tooltrace import Workflow, call, say, tool

NOISE = "\\x1b]0;owned\\x07\\x1b[2JNOISE" + "{" * 3

print(NOISE, "while it is loaded", flush=True)

@tool
def shout(times: int) -> str:
    """Write to everything there is to write to."""
    print(NOISE)
    print(NOISE, file=sys.stderr)
    sys.__stdout__.write(NOISE + "\\n")
    sys.__stdout__.flush()
    os.write(1, NOISE.encode() + b"\\n")
    os.write(2, NOISE.encode() + b"\\n")
    subprocess.run(["sh", "-c", "echo NOISE of a child; echo NOISE of a child >&2"], check=True)
    assert sys.stdin.read() == ""
    atexit.register(lambda: os.write(1, b"NOISE at the end\\n"))
    return "quiet"

w = Workflow(
    "noisy", input="go", tools=[shout],
    policy=lambda seen: say("done") if seen.last else call("shout", times=1),
)
'''

SLOW = '''
import asyncio, os, signal, threading, time
from pathlib import Path
from tooltrace import Workflow, call, say, tool

ENDS = threading.Event()

@tool(read_only=True)
def first() -> str:
    """Return at once."""
    return "first"

@tool
def hang() -> str:
    """Say that it began, then wait for what never comes."""
    Path("began").touch()
    ENDS.wait()
    return "never"

@tool
async def wait() -> str:
    """The same, without a thread."""
    Path("began").touch()
    await asyncio.Event().wait()
    return "never"

def policy(which):
    def ask(seen):
        return call("first") if seen.last is None else call(which)
    return ask

def made(which):
    return Workflow("slow", input="go", tools=[first, hang, wait], policy=policy(which))

hanging, waiting = made("hang"), made("wait")
'''


def flow(folder: Path, source: str) -> Path:
    """Put a workflow into a file."""
    path = folder / "flow.py"
    path.write_text(source)
    return path
