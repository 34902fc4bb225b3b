"""Read breakpoints and watches that a project brings along, from its ``pyproject.toml``.

    [tool.tooltrace]
    breakpoints = ["tool:process_credit if args.amount > 100", "reply log reply.usage"]
    watches = ["context.total"]

Beside a session from elsewhere such a file may say anything: it is read and never run, no link is
followed, and whatever is wrong with it is a line that names the file and its line.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.decide.watches import Watch, parse_watch
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.text.sanitize import one_line
from tooltrace.core.text.suggest import unknown
from tooltrace.tools.world.folder import Folder, reason

__all__ = ["PROJECT_FILE", "ProjectPoints", "project_folder", "project_points", "project_values"]

PROJECT_FILE = "pyproject.toml"

MOST_BYTES = 1_000_000
MOST_POINTS, MOST_WATCHES = 200, 50
_OURS = Path(__file__).parents[2]
_ROOTS = (".git", ".hg", ".svn")
_KEYS = ("breakpoints", "watches")
_LOOKS = ("theme", "ascii", "mouse", "bell")
"""What is chosen as in a person's own configuration; keys are the person's alone."""
_AT_LINE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")

T = TypeVar("T")


class ProjectPoints(Struct, frozen=True):
    """What a project file gives; ``problems`` are lines for the person."""

    points: tuple[Breakpoint, ...] = ()
    watches: tuple[Watch, ...] = ()
    problems: tuple[str, ...] = ()


class _BadFile(Exception):
    """A file that cannot be read, with where and why."""


def project_folder(workflow: str, session: Path) -> Path:
    """The folder whose project counts: that of a workflow's file, else that of the session.

    Those that are shipped belong to no project of a person's.
    """
    file = Path(workflow).absolute()
    if not workflow or not file.is_file() or file.is_relative_to(_OURS):
        return session.absolute().parent
    return file.parent


def project_points(folder: Path) -> ProjectPoints:
    """The breakpoints and watches of the project that a folder is in; never raises."""
    try:
        found = _nearest(folder.absolute())
        if found is None:
            return ProjectPoints()
        text = _read(found)
        table = _table(found, text)
    except _BadFile as error:
        return ProjectPoints(problems=(one_line(str(error)),))
    problems: list[str] = []
    points = _entries(found, text, table, "breakpoints", parse, MOST_POINTS, problems)
    watches = _entries(found, text, table, "watches", parse_watch, MOST_WATCHES, problems)
    known = (*_KEYS, *_LOOKS)
    wrong = next((key for key in table if key not in known), None)
    if wrong is not None:
        where = f"{found}:{_line(text, wrong)}"
        problems.append(f"{where}: {unknown('key of tool.tooltrace', wrong, known)}")
    return ProjectPoints(
        tuple(dict.fromkeys(points)), tuple(dict.fromkeys(watches)), tuple(map(one_line, problems))
    )


def project_values(folder: Path, names: Collection[str]) -> list[tuple[str, object, str]]:
    """What the project that a folder is in says of these names: name, value and where; never
    raises, and says nothing of a file that cannot be read, as ``project_points`` does."""
    try:
        found = _nearest(folder.absolute())
        if found is None:
            return []
        text = _read(found)
        table = _table(found, text)
    except _BadFile:
        return []
    return [(n, table[n], f"{found}:{_line(text, n)}") for n in names if n in table]


def _nearest(folder: Path) -> Path | None:
    """The project file of a folder or of one above it, up to the root of the project.

    Which is where the file is, or a repository begins. Nobody's project is at home or above it, nor
    in a folder that everybody may write to.
    """
    home = _home()
    for here in (folder, *folder.parents):
        if here == here.parent or (here == home and here != folder):
            return None
        try:
            status = here.stat()
            names = {name for name in (PROJECT_FILE, *_ROOTS) if _is_there(here / name)}
        except OSError:
            return None
        if status.st_mode & stat.S_IWOTH:
            return None
        if PROJECT_FILE in names:
            return here / PROJECT_FILE
        if names:
            return None
    return None


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:
        return None


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _read(path: Path) -> str:
    try:
        with Folder.open(path.parent, follow=True) as folder:
            size = folder.status(path.name).st_size
            if size > MOST_BYTES:
                most = f"it has more than {MOST_BYTES:,} bytes"
                raise _BadFile(f"{path}: breakpoints not read: {most}")
            data = b"".join(folder.chunks(path.name))
    except OSError as error:
        raise _BadFile(f"{reason(error)}: breakpoints not read") from error
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _BadFile(f"{path}:{line}: breakpoints not read: this is no UTF-8") from error


def _table(path: Path, text: str) -> dict[str, Any]:
    """What stands under ``[tool.tooltrace]``."""
    import tomllib

    if "tooltrace" not in text:
        return {}
    try:
        whole = tomllib.loads(text)
    except (ValueError, RecursionError, OverflowError) as error:
        told = str(error) or "it is nested too deep"
        at = _AT_LINE.search(told)
        last = text.count("\n") + 1
        where = f"{path}:{at[1] or last}" if at else str(path)
        told = _AT_LINE.sub("", told).strip()
        raise _BadFile(f"{where}: breakpoints not read: {told}") from error
    tools = whole.get("tool", {})
    table = tools.get("tooltrace", {}) if isinstance(tools, dict) else {}
    if not isinstance(table, dict):
        raise _BadFile(f"{path}:{_line(text, 'tooltrace')}: tool.tooltrace is no table")
    return table


def _entries(
    path: Path,
    text: str,
    table: dict[str, Any],
    key: str,
    read: Callable[[str], T],
    most: int,
    problems: list[str],
) -> Iterator[T]:
    """The entries of a list that can be read; why others cannot is added to the problems."""
    entries = table.get(key, [])
    found: list[T] = []
    if not isinstance(entries, list):
        problems.append(f"{path}:{_line(text, key)}: {key} is no list of texts")
        entries = []
    if len(entries) > most:
        problems.append(f"{path}:{_line(text, key)}: only the first {most} {key} count")
    for entry in entries[:most]:
        try:
            if not isinstance(entry, str):
                raise BadExpression(f"{one_line(repr(entry)[:80])} is no text")
            found.append(read(entry))
        except BadExpression as error:
            problems.append(f"{path}:{_line(text, key, entry)}: {error}")
    return iter(found)


def _line(text: str, key: str, entry: object = None) -> int:
    """The line where a key stands, or an entry after it; TOML's reader does not say it."""
    lines = text.splitlines()
    header = next((n for n, line in enumerate(lines) if "tool.tooltrace" in line), 0)
    begin = next((n for n in range(header, len(lines)) if key in lines[n]), header)
    if isinstance(entry, str) and entry.strip():
        begin = next((n for n in range(begin, len(lines)) if entry in lines[n]), begin)
    return begin + 1
