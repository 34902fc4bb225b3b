"""Who holds the writer's lock, learnt without touching the session.

Linux lists every lock with its process in ``/proc/locks``; elsewhere the holder stays unnamed,
rather than written into a file that a crash would leave behind.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["holder"]

LISTED = Path("/proc/locks")


def holder(status: os.stat_result, listed: Path = LISTED) -> int | None:
    """The process that holds a file's ``flock``; None when the system does not tell."""
    try:
        lines = listed.read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}"
    candidates = []
    for line in lines:
        words = line.split()
        if len(words) < 6 or words[1:2] != ["FLOCK"] or not words[4].isdigit():
            continue
        where, _, inode = words[5].rpartition(":")
        if inode == str(status.st_ino):
            candidates.append((where == device, int(words[4])))
    return max(candidates)[1] if candidates else None
