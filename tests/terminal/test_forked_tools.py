"""Code of a workflow that forks: its child never goes on as tooltrace, and what it is for works."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.calling import Said, spawn, start
from tests.cli.flows import flow
from tests.events import events_of
from tests.terminal.pty_app import PtyApp
from tooltrace.core.model.events import ToolReturned, ToolStarted
from tooltrace.store import Journal

FILE = "s.jsonl"
FORKING = """
import asyncio, multiprocessing, os, subprocess, sys, time
from concurrent.futures import ProcessPoolExecutor
from tooltrace import Workflow, call, say, tool

def note(what):
    with open("log", "a") as file:
        file.write(what + "\\n")

@tool
def returns() -> str:
    \"\"\"The child comes back as we do.\"\"\"
    child = os.fork()
    if child:
        return str(os.waitpid(child, 0)[1])
    return "from the child"

@tool
def raises() -> str:
    \"\"\"The child fails.\"\"\"
    child = os.fork()
    if child:
        return str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    raise ValueError("in the child")

@tool
def leaves() -> str:
    \"\"\"The child says how it ended.\"\"\"
    child = os.fork()
    if child:
        return str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    sys.exit(3)

@tool
async def later() -> str:
    \"\"\"The child comes back into the event loop first.\"\"\"
    child = os.fork()
    if child == 0:
        await asyncio.sleep(0)
        note("went on in the loop")
        return "from the child"
    return str(os.waitpid(child, 0)[1])

@tool
async def at_once() -> str:
    \"\"\"The child comes back from a coroutine.\"\"\"
    child = os.fork()
    return str(os.waitpid(child, 0)[1]) if child else "from the child"

def double(x):
    return 2 * x

@tool
def pools() -> list:
    \"\"\"What people fork for.\"\"\"
    found = []
    for method in ("fork", "forkserver", "spawn"):
        context = multiprocessing.get_context(method)
        with context.Pool(2) as pool:
            found.append(pool.map(abs, [-1, 2]))
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            found.append(list(pool.map(abs, [-3])))
    process = multiprocessing.get_context("fork").Process(target=note, args=("a process",))
    process.start()
    process.join()
    found.append(process.exitcode)
    process = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    process.start()
    process.terminate()
    process.join(20)
    found.append(process.exitcode)
    done = subprocess.run(["echo", "hi"], capture_output=True, preexec_fn=os.setsid)
    found.append(done.stdout.decode().strip())
    print("printed once")
    return found

@tool
def last() -> str:
    \"\"\"Act once.\"\"\"
    note("acted")
    return "acted"

TOOLS = [returns, raises, leaves, later, at_once, pools, last]

def policy(seen):
    if FORKS_IN_POLICY and os.fork() == 0:
        return call("last")
    at = seen.turn
    return call(TOOLS[at].name) if at < len(TOOLS) else say("all done")

if FORKS_WHEN_LOADED:
    os.fork()

w = Workflow("forking", input="go", tools=TOOLS, policy=policy)
"""
PLAIN = FORKING.replace("FORKS_IN_POLICY", "False").replace("FORKS_WHEN_LOADED", "False")
RESULTS = {
    "returns": "0",
    "raises": "1",
    "leaves": "3",
    "later": "0",
    "at_once": "0",
    "pools": [[1, 2], [3], [1, 2], [3], [1, 2], [3], 0, -15, "hi"],
    "last": "acted",
}


def assert_as_if_there_had_been_no_fork(folder: Path) -> None:
    with Journal.open(folder / FILE) as journal:
        assert journal.problems == []
        started = [event.tool for event in events_of(journal.records, ToolStarted)]
        results = [event.content for event in events_of(journal.records, ToolReturned)]
    assert started == list(RESULTS)
    assert dict(zip(started, results, strict=True)) == RESULTS
    assert (folder / "log").read_text().split("\n") == ["a process", "acted", ""]


def processes_in(folder: Path) -> list[str]:
    """The processes that have their files there."""
    command = ["ps", "-A", "-o", "pid=,args="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    pids = [line.split()[0] for line in listed.stdout.splitlines()]
    found = []
    for pid in pids:
        try:
            if Path(f"/proc/{pid}/cwd").readlink() == folder:
                found.append(pid)
        except OSError:
            continue
    return found


def test_tools_that_fork_in_the_app(tmp_path: Path) -> None:
    flow(tmp_path, PLAIN)
    with PtyApp("run", "flow.py", "--session", FILE, cwd=tmp_path, size=(120, 40)) as app:
        app.wait("step 1 ")
        app.press("c")
        app.wait("DONE")
        app.press("q")
        app.ended(0)
        app.assert_restored()
    assert_as_if_there_had_been_no_fork(tmp_path)
    end = time.monotonic() + 20
    while processes_in(tmp_path):  # What multiprocessing keeps ends when it hears of the end.
        assert time.monotonic() < end


@pytest.mark.parametrize("where", ["FORKS_IN_POLICY", "FORKS_WHEN_LOADED", "nowhere"])
def test_forks_without_the_app(where: str, tmp_path: Path) -> None:
    source = FORKING.replace(where, "True")
    for other in ("FORKS_IN_POLICY", "FORKS_WHEN_LOADED"):
        source = source.replace(other, "False")
    flow(tmp_path, source)
    said: Said = spawn("run", "flow.py", "--session", FILE, "--headless", cwd=tmp_path, fresh=True)
    assert said.code == 0, said
    assert said.out.count("completed") + said.out.count("7 tool calls") >= 1
    assert_as_if_there_had_been_no_fork(tmp_path)


def test_a_child_that_stays_keeps_neither_the_lock_nor_the_name(tmp_path: Path) -> None:
    source = PLAIN.replace('    raise ValueError("in the child")', "    signal.pause()")
    source = source.replace("import asyncio,", "import asyncio, signal,")
    source = source.replace(
        "str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))", "str(child)", 1
    )
    flow(tmp_path, source)
    run = ("run", "flow.py", "--session", FILE, "--headless", "--break", "tool:leaves")
    with start(*run, cwd=tmp_path) as process:
        process.wait(timeout=60)
        with Journal.open(tmp_path / FILE, writable=True) as journal:
            assert journal.read_only is None
            returned = events_of(journal.records, ToolReturned)
            (child,) = [pid for event in returned if (pid := int(str(event.content))) > 1]
        os.kill(child, signal.SIGKILL)
