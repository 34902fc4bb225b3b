"""Calling the command line: in this process where that shows enough, else in one of its own."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.forked import run_forked
from tooltrace.cli import main

__all__ = [
    "MAIN",
    "Said",
    "assert_refused",
    "call",
    "environment",
    "lines_of",
    "spawn",
    "start",
    "state_beside",
]

MAIN = "from tooltrace.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Its output, which must be one JSON object on each line."""
        objects = [json.loads(line) for line in self.out.split("\n")[:-1]]
        assert self.out.endswith("\n")
        assert all(isinstance(each, dict) for each in objects)
        return objects


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> Said:
    """Run a command in this process."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return Said(int(ended.value.code or 0), out, err)


def state_beside(home: Path) -> str:
    """Where what tooltrace remembers goes, so that tests can say all that is in ``home``."""
    return str(home.with_name(f"{home.name}-state"))


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the machine's own keys, profiles and sessions."""
    kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    base = {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TOOLTRACE_SESSIONS": str(home / "sessions"),
        "XDG_STATE_HOME": state_beside(home),
    }
    return {**kept, **base, **more}


def start(*arguments: object, cwd: Path, **more: Any) -> subprocess.Popen[str]:
    """Start a command in a process of its own."""
    options: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "env": environment(cwd),
        **more,
    }
    command = [sys.executable, "-c", MAIN, *map(str, arguments)]
    return subprocess.Popen(command, cwd=cwd, encoding="utf-8", errors="replace", **options)


def spawn(
    *arguments: object,
    cwd: Path,
    env: dict[str, str] | None = None,
    fresh: bool = False,
    **more: Any,
) -> Said:
    """Run a command in a process of its own, to its end.

    It is forked from one that has imported everything already, which is most of a short command;
    ``fresh``, or anything that is ``more``, starts an interpreter.
    """
    if fresh or more:
        with start(*arguments, cwd=cwd, env=env or environment(cwd), **more) as begun:
            said = begun.communicate(timeout=60)
        return Said(begun.returncode, *(each or "" for each in said))
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        given = [str(argument) for argument in arguments]
        process = _FORKS.Process(
            target=run_forked, args=(given, cwd, env or environment(cwd), out, err)
        )
        process.start()
        process.join(60)
        assert process.exitcode is not None, f"still running: {given}"
        told = [path.read_bytes().decode("utf-8", "replace") for path in (out, err)]
        return Said(process.exitcode, *told)


_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.cli.forked"])


def assert_refused(said: Said, *words: str) -> None:
    """Exit code 2, nothing on stdout, and one plain line on stderr that says these words."""
    assert said.code == 2, said
    assert said.out == ""
    assert said.err.endswith("\n")
    line = said.err[:-1]
    assert line.isprintable(), line
    assert line.startswith("tooltrace"), line
    for word in words:
        assert word in line, line


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The records of a session's file."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]
