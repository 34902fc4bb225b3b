"""Breakpoints kept with the project: one small JSON file in ``.tooltrace/``, per workflow.

A damaged or unreadable file never stops a session from opening: it counts as empty and is said.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from tooltrace.core.breakpoints import Breakpoint, parse
from tooltrace.core.errors import BadExpression, NotSaved
from tooltrace.core.jsonio import loads, pretty
from tooltrace.core.scrub import Hide, nothing_hidden
from tooltrace.tools.folder import Folder

__all__ = ["PointsFile"]


class PointsFile:
    """The breakpoints of a project folder; ``hide`` takes secrets out of what is written."""

    def __init__(self, folder: Path, hide: Hide = nothing_hidden) -> None:
        self._hide = hide
        self.path = folder / ".tooltrace" / "breakpoints.json"

    def load(self, workflow: str) -> tuple[tuple[Breakpoint, ...], str | None]:
        """A workflow's breakpoints, and a line about what could not be read."""
        try:
            kept = loads(self._read())
            entries = kept.get(workflow, [])
            points = tuple(_point(entry) for entry in entries)
        except FileNotFoundError:
            return (), None
        except (OSError, ValueError, AttributeError, TypeError, KeyError, BadExpression) as error:
            return (), f"{self.path}: breakpoints not read: {error}"
        return points, None

    def save(self, workflow: str, points: tuple[Breakpoint, ...]) -> None:
        """Write a workflow's breakpoints beside those of the others. Raises NotSaved."""
        kept = self._others()
        texts = [self._hide(str(point)) for point in points]
        kept[workflow] = [
            text if point.enabled else {"off": text}
            for text, point in zip(texts, points, strict=True)
        ]
        if not points:
            del kept[workflow]
        try:
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
            # A project may come from anywhere: no link in it is written through.
            with Folder.open(self.path.parent) as folder:
                folder.write(self.path.name, f"{pretty(kept)}\n".encode())
        except OSError as error:
            raise NotSaved(f"{self.path}: breakpoints not saved: {error.strerror}") from error

    def _read(self) -> bytes:
        with Folder.open(self.path.parent) as folder:
            return b"".join(folder.chunks(self.path.name))

    def _others(self) -> dict[str, Any]:
        """What the file holds; a damaged one is put aside, for a person to mend."""
        try:
            kept = loads(self._read())
        except OSError:
            return {}
        except ValueError:
            kept = None
        if isinstance(kept, dict):
            return kept
        with suppress(OSError):
            self.path.replace(self.path.with_suffix(".damaged"))
        return {}


def _point(entry: object) -> Breakpoint:
    if isinstance(entry, dict):
        point = parse(str(entry["off"]))
        return Breakpoint(point.kind, point.target, point.when, enabled=False)
    return parse(str(entry))
