"""Which processes a process has started."""

from __future__ import annotations

import subprocess
from pathlib import Path

__all__ = ["child_of", "children_of"]


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
