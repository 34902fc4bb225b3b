"""Who holds the writer's lock, learnt without touching the session.

Linux lists every lock with the process that took it in ``/proc/locks``. A lock belongs to an open
file, though, and lives on in whoever inherited that: ``/proc/PID/fdinfo`` says who has it now.
Elsewhere the holder stays unnamed, rather than written into a file that a crash would leave behind.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["holder"]

PROC = Path("/proc")


def holder(status: os.stat_result, proc: Path = PROC) -> int | None:
    """The process that holds a file's ``flock`` now; None when the system does not tell.

    The one that took it is named where it still has it, or where nobody may look.
    """
    takers = _takers(status, proc)
    for pid in takers:
        if _holds(proc / str(pid), status) is not False:
            return pid
    if not takers:
        return None
    return next((pid for pid in _processes(proc) if _holds(proc / str(pid), status)), None)


def _takers(status: os.stat_result, proc: Path) -> list[int]:
    """Who took a lock on the file, the likeliest first: the device may be shown as another."""
    try:
        lines = (proc / "locks").read_text("ascii", "replace").splitlines()
    except OSError:
        return []
    device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}"
    found = []
    for line in lines:
        words = line.split()
        if len(words) < 6 or words[1:2] != ["FLOCK"] or not words[4].isdigit():
            continue
        where, _, inode = words[5].rpartition(":")
        if inode == str(status.st_ino):
            found.append((where == device, int(words[4])))
    return [pid for _, pid in sorted(found, reverse=True)]


def _processes(proc: Path) -> Iterable[int]:
    try:
        return sorted(int(entry.name) for entry in proc.iterdir() if entry.name.isdigit())
    except OSError:
        return ()


def _holds(process: Path, status: os.stat_result) -> bool | None:
    """Whether a process has the file open with a lock on it; None where one may not look."""
    try:
        descriptors = list((process / "fd").iterdir())
    except PermissionError:
        return None
    except OSError:
        return False
    return any(_is_locked(process, descriptor, status) for descriptor in descriptors)


def _is_locked(process: Path, descriptor: Path, status: os.stat_result) -> bool:
    try:
        opened = descriptor.stat()
        if (opened.st_dev, opened.st_ino) != (status.st_dev, status.st_ino):
            return False
        about = (process / "fdinfo" / descriptor.name).read_text("ascii", "replace")
    except OSError:
        return False
    return any(line.startswith("lock:") and "FLOCK" in line for line in about.splitlines())
