"""Choose where sessions are kept: ``./sessions/`` if it exists, else the user's data folder.

``--session FILE`` names one, ``TOOLTRACE_SESSIONS`` names the folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tooltrace.core.model.errors import ToolTraceError
from tooltrace.debugger.session.given_paths import as_given
from tooltrace.debugger.session.known_code import KnownCodes
from tooltrace.debugger.session.last_position import LastPositions

if TYPE_CHECKING:
    from tooltrace.debugger.session.published_place import PublishedPlaces

__all__ = [
    "fresh_session",
    "known_codes",
    "last_places",
    "project",
    "published_places",
    "recent_sessions",
    "session_folders",
    "sessions_folder",
]


def project() -> Path:
    """The folder whose breakpoints count: where the command was given."""
    return Path.cwd()


def sessions_folder() -> Path:
    """Where new sessions are written."""
    named = os.environ.get("TOOLTRACE_SESSIONS")
    if named:
        return as_given(Path(named).expanduser())
    here = as_given(Path("sessions"))
    return here if here.is_dir() else _data_folder()


def last_places() -> LastPositions:
    """Where it is kept where one stood in sessions that one only looked at."""
    import platformdirs

    return LastPositions(Path(platformdirs.user_state_dir("tooltrace")) / "places")


def published_places() -> PublishedPlaces:
    """Where it is published where the writers of sessions stand."""
    import platformdirs

    from tooltrace.debugger.session.published_place import PublishedPlaces

    return PublishedPlaces(Path(platformdirs.user_state_dir("tooltrace")) / "standing")


def known_codes() -> KnownCodes:
    """The workflows that this person has run, by the folder they did it in."""
    import platformdirs

    return KnownCodes(Path(platformdirs.user_state_dir("tooltrace")) / "code")


def _data_folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("tooltrace")) / "sessions"


def fresh_session(workflow: str) -> Path:
    """A path for a new session: the workflow's name and the next free number."""
    folder = sessions_folder()
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", workflow).strip("-") or "session"
    taken = [0]
    try:
        for path in folder.glob(f"{stem}-*"):
            number = path.name.removeprefix(f"{stem}-").partition(".")[0]
            if number.isdecimal() and len(number) < 10:
                taken.append(int(number))
    except OSError as error:
        raise ToolTraceError(f"{folder}: cannot be read: {error.strerror}") from error
    return folder / f"{stem}-{max(taken) + 1:04d}.jsonl"


def session_folders() -> list[Path]:
    """The folders that ``list`` and the home screen look into."""
    return [sessions_folder()]


def recent_sessions(most: int | None = 100) -> Iterator[Path]:
    """Session files, newest first; all of them when ``most`` is None."""
    found = []
    for folder in session_folders():
        try:
            paths = list(folder.glob("*.jsonl"))
        except OSError:
            continue
        found += [(_changed(path), path) for path in paths]
    found.sort(key=lambda item: (-item[0], item[1].name))
    return (path for _, path in found[:most])


def half_removed() -> list[Path]:
    """What is left of sessions whose removal was cut short."""
    from tooltrace.debugger.session.files import REMOVED

    found: list[Path] = []
    for folder in session_folders():
        with suppress(OSError):
            found += sorted(folder.glob(f"*{REMOVED}"))
    return found


def _changed(path: Path) -> float:
    """When it was written last; a link that leads nowhere counts as the oldest."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
