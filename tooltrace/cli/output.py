"""What commands print: safe lines for people, exact JSON for programs.

Columns are as wide as their widest cell; only where a terminal is narrower are the last ones cut,
with an ellipsis. A pipe gets every cell whole.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

import click
from rich.cells import cell_len

from tooltrace.core.compare.json_diff import MISSING
from tooltrace.core.text.exact_json import DEEPEST, JsonValue, dumps, readable
from tooltrace.core.text.sanitize import one_line
from tooltrace.tui.rows.columns import fitted
from tooltrace.tui.rows.lines import fit, parted

__all__ = [
    "columns",
    "say",
    "say_json",
    "say_problems",
    "sides",
    "table",
    "width_of_stdout",
]

_MOST_PROBLEMS = 50


def say_json(value: JsonValue) -> None:
    """One object on one line, in letters where stdout takes them, else in ASCII."""
    text = readable(value, DEEPEST)
    click.echo(text if _takes(text) else dumps(value, DEEPEST))


def sides(one: str, old: JsonValue, other: str, new: JsonValue) -> dict[str, JsonValue]:
    """Two values by their names; a side that has none is left out, and named as ``missing``."""
    both = {one: old, other: new}
    there = {name: value for name, value in both.items() if value is not MISSING}
    gone = [name for name in both if name not in there]
    return there | {"missing": gone[0]} if gone else there


def _takes(text: str) -> bool:
    """Whether stdout can write all of it."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def say(text: str, err: bool = False) -> None:
    """One safe line, on stderr if it is not what was asked for."""
    click.echo(one_line(text), err=err)


def say_problems(file: object, problems: Sequence[str]) -> None:
    """What is wrong with a file, on stderr, a line each; of very many only the first."""
    for problem in problems[:_MOST_PROBLEMS]:
        say(f"{file}: {problem}", err=True)
    if len(problems) > _MOST_PROBLEMS:
        say(f"{file}: and {len(problems) - _MOST_PROBLEMS} more", err=True)


def table(rows: Sequence[Sequence[str]]) -> None:
    """Rows in columns; cells hold whatever they hold."""
    for line in columns(rows, width_of_stdout()):
        click.echo(line)


def width_of_stdout() -> int | None:
    """How many cells a line may take; None where nothing is cut."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def columns(rows: Sequence[Sequence[str]], width: int | None = None) -> list[str]:
    """Lines of safe text with two spaces between columns, at most ``width`` cells if given."""
    cells = [[parted(one_line(cell)) for cell in row] for row in rows]
    count = max(map(len, cells), default=0)
    widths = [max(cell_len(row[at]) for row in cells if at < len(row)) for at in range(count)]
    if width is not None:
        widths = fitted(widths, width - 2 * (count - 1))
    return [_line(row, widths, width) for row in cells]


def _line(row: Sequence[str], widths: Sequence[int], width: int | None) -> str:
    shown = [fit(cell, room) for cell, room in zip(row, widths, strict=False)]
    padded = [
        cell + " " * (room - cell_len(cell)) for cell, room in zip(shown, widths, strict=False)
    ]
    line = "  ".join(padded).rstrip()
    return line if width is None else fit(line, width)
