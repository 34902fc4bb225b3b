"""What commands print: safe lines for people, exact JSON for programs.

Columns are as wide as their widest cell, in a long table as that of its first thousand rows, so
that its beginning need not wait for its end. Where a terminal is narrower, cells go on in the next
line. A pipe gets every cell whole, in one line and without colours.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, repeat

import click
from rich.cells import cell_len

from tooltrace.cli.look_options import ASCII
from tooltrace.core.compare.json_diff import MISSING
from tooltrace.core.text.exact_json import DEEPEST, JsonValue, dumps, readable
from tooltrace.core.text.glyphs import in_ascii
from tooltrace.core.text.sanitize import one_line
from tooltrace.tui.rows.columns import fitted
from tooltrace.tui.rows.lines import fit, parted, wrap

__all__ = [
    "Painted",
    "columns",
    "drawn",
    "in_colour",
    "paint_parts",
    "paint_word",
    "say",
    "say_json",
    "say_painted",
    "say_problems",
    "sides",
    "table",
    "width_of_stdout",
]

_MOST_PROBLEMS = 50
_MEASURED = 1000
"""Rows of a table that its columns are measured by."""
_AT_ONCE = 200
"""Lines that are written together."""

Painted = tuple[str, str]
"""A text, and its colour where colours are seen."""


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
    if text.isascii():
        return True
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def say(text: str, err: bool = False) -> None:
    """One safe line, on stderr if it is not what was asked for."""
    click.echo(drawn(one_line(text)), err=err)


def say_painted(parts: Sequence[str | Painted]) -> None:
    """One safe line of plain and coloured parts."""
    texts = [(part, "") if isinstance(part, str) else part for part in parts]
    seen = in_colour()
    shown = [(drawn(one_line(text)), color) for text, color in texts]
    click.echo("".join(click.style(text, fg=c) if seen and c else text for text, c in shown))


def say_problems(file: object, problems: Sequence[str]) -> None:
    """What is wrong with a file, on stderr, a line each; of very many only the first."""
    for problem in problems[:_MOST_PROBLEMS]:
        say(f"{file}: {problem}", err=True)
    if len(problems) > _MOST_PROBLEMS:
        say(f"{file}: and {len(problems) - _MOST_PROBLEMS} more", err=True)


def table(rows: Iterable[Sequence[str]], paint: Callable[[str], str] | None = None) -> None:
    """Rows in columns, as they come; cells hold whatever they hold.

    Words of ours are in colour where seen. ``paint`` gives a cell, or a line of it, another colour
    than those words have.
    """
    room = width_of_stdout()
    lines = columns(rows, room, (paint or paint_word) if in_colour() else _plain)
    while some := list(islice(lines, _AT_ONCE)):
        click.echo(drawn("\n".join(some)))


def in_colour() -> bool:
    """Whether a person reads it on a terminal that they did not want to be without colour."""
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    return on_terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def drawn(text: str) -> str:
    """The same, in ASCII where that is asked for, or chosen for all that is on a terminal."""
    context = click.get_current_context(silent=True)
    if context is None:
        return text
    if (ascii_alone := context.meta.get(ASCII)) is None:
        ascii_alone = context.meta[ASCII] = width_of_stdout() is not None and _chosen()
    return in_ascii(text) if ascii_alone else text


def _chosen() -> bool:
    from tooltrace.cli.config.chosen import chosen

    return bool(chosen().values["ascii"])


def width_of_stdout() -> int | None:
    """How many cells a line may take; None where nothing is cut."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def columns(
    rows: Iterable[Sequence[str]],
    width: int | None = None,
    paint: Callable[[str], str] = lambda text: text,
) -> Iterator[str]:
    """Lines of safe text with two spaces between columns, at most ``width`` cells if given.

    What has no room in its column goes on below. ``paint`` gives a line of a cell its colour.
    """
    safe = ([parted(one_line(cell)) for cell in row] for row in rows)
    cells = list(islice(safe, _MEASURED))
    count = max(map(len, cells), default=0)
    widths = [max(cell_len(row[at]) for row in cells if at < len(row)) for at in range(count)]
    if width is not None:
        widths = fitted(widths, width - 2 * (count - 1))
    for row in chain(cells, safe):
        if width is None:
            yield _whole(row, widths, paint)
        else:
            yield from _lines(row, widths, width, paint)


def _whole(row: Sequence[str], widths: Sequence[int], paint: Callable[[str], str]) -> str:
    """A row in one line; a cell that is wider than its column moves those after it."""
    parts = (
        paint(cell) + " " * (room - cell_len(cell))
        for cell, room in zip(row, chain(widths, repeat(0)), strict=False)
    )
    return "  ".join(parts).rstrip()


def _lines(
    row: Sequence[str], widths: Sequence[int], width: int, paint: Callable[[str], str]
) -> Iterator[str]:
    shown = [wrap(cell, max(1, room)) for cell, room in zip(row, widths, strict=False)]
    for number in range(max(map(len, shown), default=1)):
        parts: list[str] = []
        used = 0
        for cell, room in zip(shown, widths, strict=False):
            text = cell[number].strip() if 0 < number < len(cell) else cell[0] if not number else ""
            text = fit(text, max(0, width - used))
            parts.append(paint(text) + " " * (room - cell_len(text)))
            used += room + 2
        yield "  ".join(parts).rstrip()


def _plain(text: str) -> str:
    return text


_WORDS = {
    **dict.fromkeys(("✓", "completed", "ok", "+"), "green"),
    **dict.fromkeys(("×", "failed", "error", "stuck", "unreadable", "DIFF", "-", "−"), "red"),
    **dict.fromkeys(("▲", "WRITES", "limit", "not finished", "≠", "○ never"), "yellow"),
    **dict.fromkeys(("idempotent", "scripted", "recorded"), "cyan"),
    **dict.fromkeys(("live", "⇨"), "magenta"),
}
"""Words of ours in the terminal's own colours: those of a theme would be lost on some."""


def paint_word(text: str) -> str:
    """A cell in colour if it is, or begins with, a word of ours that has one."""
    word = text if text in _WORDS else text.split(" ", 1)[0]
    color = _WORDS.get(text) or (_WORDS.get(word) if word in _LEADS else None)
    return click.style(text, fg=color) if color else text


def paint_parts(text: str) -> str:
    """The same for each part of a line of facts."""
    return " · ".join(map(paint_word, text.split(" · ")))


_LEADS = ("✓", "×", "▲", "completed", "failed", "stuck", "error", "limit", "≠", "⇨")
"""Those that may have more behind them, as an outcome has its state."""
