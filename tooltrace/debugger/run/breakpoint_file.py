"""Keep breakpoints and watches with the project: one JSON file in ``.tooltrace/``, per workflow.

A damaged or unreadable file never stops a session from opening: it counts as empty and is said.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.decide.watches import Watch, parse_watch
from tooltrace.core.model.errors import BadExpression, NotSaved
from tooltrace.core.text.exact_json import canonical, loads, pretty
from tooltrace.core.text.redact import Hide, nothing_hidden
from tooltrace.tools.world.folder import Folder

__all__ = ["BreakpointFile", "Kept"]

Kept = Breakpoint | Watch
"""What is kept, each as the text that it is written as."""

_MOST_BYTES = 4_000_000
MOST_READ = 2_000
"""Entries of one workflow that are read; what stands after them stays in the file."""

_TRIES, _PAUSE = 50, 0.01
"""How often, and seconds between, another process that writes the file is asked for."""


class BreakpointFile:
    """What a project folder keeps of them; ``hide`` takes secrets out of what is written.

    Others may write to it meanwhile: what was added and taken away here since it was read is done
    to what it holds now.
    """

    def __init__(self, folder: Path, hide: Hide = nothing_hidden) -> None:
        self._hide = hide
        self._known: dict[str, list[Any]] = {}
        self.path = folder / ".tooltrace" / "breakpoints.json"

    def load(self, workflow: str) -> tuple[tuple[Kept, ...], str | None]:
        """What is kept for a workflow, and a line about what could not be read."""
        self._known[workflow] = []
        try:
            kept = loads(self._read())
            entries = kept.get(workflow, [])[:MOST_READ]
            found = [_readable(entry) for entry in entries]
        except FileNotFoundError:
            return (), None
        except (OSError, ValueError, AttributeError, TypeError) as error:
            return (), f"{self.path}: breakpoints not read: {error}"
        self._known[workflow] = entries
        points = tuple(dict.fromkeys(p for p in found if isinstance(p, Kept)))
        wrong = next((why for why in found if isinstance(why, str)), None)
        return points, wrong and f"{self.path}: breakpoints not read: {wrong}"

    def save(self, workflow: str, points: tuple[Kept, ...]) -> tuple[Kept, ...]:
        """Write what is kept for a workflow beside those of the others; what it has now.

        Where there is nothing and was nothing, no file is made. Raises NotSaved.
        """
        if not points and not self._known.get(workflow):
            return ()
        wanted: dict[object, Kept] = {}
        for point in points:
            text = self._hide(str(point))
            wanted[_key(text if point.enabled else {"off": text})] = point
        try:
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
            # A project may come from anywhere: no link in it is written through.
            with Folder.open(self.path.parent) as folder, _alone(folder):
                kept = self._others()
                entries = self._merged(workflow, list(wanted), kept)
                kept = {**(kept or {}), workflow: entries}
                if not entries:
                    del kept[workflow]
                folder.write(self.path.name, f"{pretty(kept)}\n".encode())
        except OSError as error:
            raise NotSaved(f"{self.path}: breakpoints not saved: {error.strerror}") from error
        self._known[workflow] = entries
        found = (wanted.get(_key(entry)) or _readable(entry) for entry in entries)
        return tuple(point for point in found if isinstance(point, Kept))

    def _merged(self, workflow: str, wanted: list[Any], kept: dict[str, Any] | None) -> list[Any]:
        """What the file holds, with what was added and taken away here since it was read."""
        theirs = None if kept is None else kept.get(workflow, [])
        ours = [entry if isinstance(entry, str) else {"off": entry[0]} for entry in wanted]
        if not isinstance(theirs, list):
            return ours
        known = [_key(entry) for entry in self._known.get(workflow, [])]
        added = [entry for entry in ours if _key(entry) not in known]
        gone = {key for key in known if key not in wanted}
        gone |= {_key(other) for entry in added for other in _either(entry)}
        return [*(entry for entry in theirs if _key(entry) not in gone), *added]

    def _read(self) -> bytes:
        with Folder.open(self.path.parent) as folder:
            if folder.status(self.path.name).st_size > _MOST_BYTES:
                raise ValueError(f"it has more than {_MOST_BYTES:,} bytes")
            return b"".join(folder.chunks(self.path.name))

    def _others(self) -> dict[str, Any] | None:
        """What the file holds, or None; a damaged one is put aside, for a person to mend."""
        try:
            kept = loads(self._read())
        except OSError:
            return None
        except ValueError:
            kept = None
        if isinstance(kept, dict):
            return kept
        with suppress(OSError):
            self.path.replace(self.path.with_suffix(".damaged"))
        return None


@contextmanager
def _alone(folder: Folder) -> Iterator[None]:
    """While nobody else writes, where the folder knows locks; nobody is waited for long."""
    for _ in range(_TRIES):
        try:
            fcntl.flock(folder.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            time.sleep(_PAUSE)
        except OSError:
            break
    yield  # Closing the folder lets go of the lock.


def _key(entry: object) -> object:
    """What an entry of the file is compared by; one that is switched off is another one."""
    if isinstance(entry, dict) and isinstance(entry.get("off"), str):
        return (entry["off"],)
    return entry if isinstance(entry, str) else canonical(entry)


def _either(entry: Any) -> tuple[Any, Any]:
    """An entry as it is switched on, and off."""
    text = entry if isinstance(entry, str) else entry["off"]
    return text, {"off": text}


def _readable(entry: object) -> Kept | str:
    """What an entry is, or why it is none."""
    try:
        return _point(entry)
    except (BadExpression, KeyError) as error:
        return str(error)


def _point(entry: object) -> Kept:
    text = str(entry["off"]) if isinstance(entry, dict) else str(entry)
    point = parse_watch(text) if text.startswith("watch ") else parse(text)
    return replace(point, enabled=False) if isinstance(entry, dict) else point
