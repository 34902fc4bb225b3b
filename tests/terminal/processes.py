"""What the system says of processes: whose children they are, and whether they have work."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

__all__ = ["alive", "busy", "child_of", "children_of"]


def alive(process: int) -> bool:
    """Whether it is there, and has not ended."""
    command = ["ps", "-o", "stat=", "-p", str(process)]
    state = subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def child_of(process: int) -> int:
    """The first child of a process."""
    return children_of(process)[0]


def children_of(process: int) -> list[int]:
    """The children of a process, the first one first."""
    told = Path(f"/proc/{process}/task/{process}/children")
    if told.exists():
        return [int(pid) for pid in told.read_text().split()]
    command = ["ps", "-A", "-o", "pid=,ppid="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    found = [line.split() for line in listed.stdout.splitlines()]
    return [int(pid) for pid, parent in found if int(parent) == process]


def busy(process: int) -> bool:
    """Whether a thread of it runs, or would if it got a core."""
    tasks = Path(f"/proc/{process}/task")
    if not tasks.is_dir():
        command = ["ps", "-o", "stat=", "-p", str(process)]
        return subprocess.run(command, capture_output=True, text=True).stdout.startswith("R")
    for task in tasks.iterdir():
        with suppress(OSError):  # It has ended meanwhile.
            if (task / "stat").read_bytes().rpartition(b")")[2].split()[0] in (b"R", b"D"):
                return True
    return False
