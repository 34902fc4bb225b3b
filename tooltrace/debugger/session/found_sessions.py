"""Where other agents keep their sessions, and which are there: names and times, nothing is read.

Claude Code: ``~/.claude/projects`` (or ``CLAUDE_CONFIG_DIR``); Codex: ``~/.codex/sessions`` (or
``CODEX_HOME``); Pi: ``~/.pi/agent/sessions``. Files of subagents are left out: they are opened with
the session that they belong to.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

__all__ = ["FoundSession", "found_sessions"]


class FoundSession(Struct, frozen=True):
    """A file of another agent's: ``agent`` says whose, ``changed`` when, in seconds since 1970."""

    path: Path
    agent: str
    changed: float
    size: int


def found_sessions() -> list[FoundSession]:
    """Those of this person, the newest first; a folder that cannot be read has none."""
    found = [one for agent, folder, begin in _places() for one in _in(agent, folder, begin)]
    return sorted(found, key=lambda one: one.changed, reverse=True)


def _places() -> Iterator[tuple[str, Path, str]]:
    home = Path(os.environ.get("HOME") or "~").expanduser()
    claude = os.environ.get("CLAUDE_CONFIG_DIR")
    codex = os.environ.get("CODEX_HOME")
    yield "claude_code", (Path(claude) if claude else home / ".claude") / "projects", ""
    yield "codex", (Path(codex) if codex else home / ".codex") / "sessions", "rollout-"
    yield "pi", home / ".pi" / "agent" / "sessions", ""


def _in(agent: str, folder: Path, begin: str) -> Iterator[FoundSession]:
    for place, _, names in os.walk(folder):
        for name in names:
            if not name.endswith(".jsonl") or not name.startswith(begin):
                continue
            if name.startswith("agent-"):
                continue
            path = Path(place, name)
            try:
                status = path.lstat()
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode):
                yield FoundSession(path, agent, status.st_mtime, status.st_size)
