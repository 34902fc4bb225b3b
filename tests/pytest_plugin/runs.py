"""A real pytest in a process of its own, over a workflow, its session and tests of them."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from tests.cli.calling import environment, spawn

__all__ = ["FLOW", "Ran", "change", "run_pytest", "typed", "workplace"]

FLOW = '''
from tooltrace import On, State, Workflow, call, say, tool


@tool(read_only=True, open_world=False)
def weigh(item: str) -> dict[str, int]:
    """Weigh an item."""
    return {"grams": 400}


def policy(seen):
    if seen.last is None:
        return call("weigh", item="mug")
    return say("Weighed.")


post = Workflow(
    "post",
    tools=[weigh],
    states=[
        State("start", [weigh]),
        State("letter", terminal=True),
        State("parcel", terminal=True),
    ],
    transitions=[
        On(weigh, "start", "letter", when="result.grams < 500"),
        On(weigh, "start", "parcel"),
    ],
    policy=policy,
    input="What does the mug go as?",
)
'''


class Ran:
    """How a pytest run ended, and what it wrote."""

    def __init__(self, code: int, out: str) -> None:
        self.code, self.out = code, out

    def counts(self) -> dict[str, int]:
        """How many passed, failed and so on, from the last line."""
        return {what: int(n) for n, what in re.findall(r"(\d+) (\w+)", self.out.splitlines()[-1])}


def workplace(folder: Path) -> Path:
    """A folder with the workflow in it, and a session of it."""
    (folder / "flow.py").write_text(FLOW, encoding="utf-8")
    (folder / "sessions").mkdir()
    session = folder / "sessions" / "post.jsonl"
    said = spawn("run", "flow.py:post", "--headless", "--session", session, cwd=folder)
    assert said.code == 0, said
    return folder


def change(folder: Path, old: str, new: str) -> None:
    """Change the workflow's code."""
    text = (folder / "flow.py").read_text(encoding="utf-8")
    assert old in text
    (folder / "flow.py").write_text(text.replace(old, new), encoding="utf-8")


def run_pytest(folder: Path, *arguments: str, stdin: int = subprocess.DEVNULL) -> Ran:
    """Run pytest there with the plugin, and with no other that happens to be installed."""
    done = subprocess.run(
        [
            *(sys.executable, "-B", "-m", "pytest", "-p", "tooltrace.pytest_plugin"),
            *("-p", "no:cacheprovider", "--rootdir", str(folder), *arguments),
        ],
        cwd=folder,
        stdin=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        env=environment(folder, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", COLUMNS="200"),
    )
    return Ran(done.returncode, done.stdout + done.stderr)


def typed(folder: Path, words: str, *arguments: str) -> Ran:
    """The same, with a terminal on which a person types."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{words}\n".encode())
        return run_pytest(folder, *arguments, stdin=theirs)
    finally:
        os.close(ours)
        os.close(theirs)
