"""The command line called in this process, which is a fork of its own, as a person calls it."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tooltrace.cli import main
from tooltrace.cli.main import COMMANDS

__all__ = ["Said", "misbehaved", "run", "warm"]

SLOW = 20.0
"""Seconds of work that no command on a small file takes."""


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it wrote; ``code`` is an exception's text if it raised one."""

    arguments: list[str]
    code: int | str
    out: str
    err: str
    seconds: float


def warm() -> None:
    """Load what the commands load when they are called, so that no fork has to."""
    import tooltrace.cli.headless
    import tooltrace.tools.functions.function_port  # noqa: F401

    for name in COMMANDS:
        import_module(f"tooltrace.cli.commands.{name}")


def run(folder: Path, *arguments: object) -> Said:
    """Run a command in ``folder``; only for a process that nobody needs afterwards."""
    given = [str(argument) for argument in arguments]
    os.environ.update(HOME=str(folder), TOOLTRACE_SESSIONS=str(folder))
    os.chdir(folder)
    here = Path(folder, ".said")
    here.mkdir(exist_ok=True)
    out, err = here / "out", here / "err"
    for number, path in ((0, Path(os.devnull)), (1, out), (2, err)):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC if number else os.O_RDONLY
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        for number, mode in enumerate("rww")
    )
    for name in ("stdin", "stdout", "stderr"):
        setattr(sys, f"__{name}__", getattr(sys, name))
    began = time.process_time()
    code: int | str
    try:
        main(given)
        code = "it returned"
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else "a text"
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is a finding
        code = f"{type(error).__name__}: {error}"[:300]
    seconds = time.process_time() - began
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    told, warned = (path.read_bytes().decode("utf-8", "surrogateescape") for path in (out, err))
    return Said(given, code, told, warned, seconds)


_ACTED_ON = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def misbehaved(said: Said) -> Iterator[tuple[str, str]]:
    """What a command must not have done, as kinds and texts."""
    command = " ".join(said.arguments)[:200].encode("unicode_escape").decode()
    if said.code not in (0, 1, 2):
        yield "code", f"{command}: ended with {said.code}; {said.err[-300:]!r}"
    for name, text in (("stdout", said.out), ("stderr", said.err)):
        odd = {char for char in text if not char.isprintable() and char != "\n"}
        if name == "stdout" and "--json" in said.arguments:
            # JSON is data: what a terminal does not act on stands in it as it is.
            odd = {char for char in odd if unicodedata.category(char) in _ACTED_ON}
        if odd:
            yield "escape", f"{command}: {name} holds {sorted(odd)!r}"
        for word in ("Traceback", "a fault in tooltrace itself"):
            if word in text:
                yield "insides", f"{command}: {name} says {text[-300:]!r}"
    lines = said.err.splitlines()
    if said.code == 2 and (not lines or not said.err.endswith("\n") or len(lines) > 60):
        yield "line", f"{command}: ended with 2 and {len(lines)} lines on stderr"
    if said.code in (1, 2) and not said.err and not said.out:
        yield "line", f"{command}: ended with {said.code} and not a word"
    if "--json" in said.arguments:
        for line in said.out.split("\n")[:-1]:
            try:
                good = isinstance(json.loads(line), dict)
            except ValueError:
                good = False
            if not good:
                yield "json", f"{command}: a line is no object: {line[:100]!r}"
                break
    if said.seconds > SLOW:
        yield "slow", f"{command}: took {said.seconds:.0f} s of work"
    left = [t for t in threading.enumerate() if not t.daemon and t is not threading.main_thread()]
    if left:
        yield "thread", f"{command}: left {left}"
