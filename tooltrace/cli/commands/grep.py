"""``tooltrace grep``: records of sessions that hold a text."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click

from tooltrace.cli.grep_output import hit_json, hit_line
from tooltrace.cli.output import drawn, in_colour, say, say_json, say_problems
from tooltrace.cli.pattern import compiled, limited
from tooltrace.cli.session_paths import find_sessions
from tooltrace.core.model.errors import BadCommand, BadImport
from tooltrace.core.model.events import Source
from tooltrace.core.text.needed_text import needed_text
from tooltrace.store.disk import reason
from tooltrace.store.search import Hit, SessionSearch, Wanted
from tooltrace.store.search_filter import line_filter
from tooltrace.store.search_lines import Lines, lines_of

__all__ = ["command"]

_ENDINGS = (".jsonl", ".json", ".yaml", ".yml", ".eval", ".traj", ".jsonl.gz", ".json.gz")
"""Of files that may be recordings: sessions, and those of other programs."""


@click.command("grep", short_help="Records of sessions that hold a text.")
@click.argument("pattern")
@click.argument("paths", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path))
@click.option("-i", "--ignore-case", is_flag=True, help="Letters in either case.")
@click.option("-F", "--fixed", is_flag=True, help="PATTERN is text, not a regular expression.")
@click.option("--tool", metavar="NAME", help="Only calls of this tool, and replies with one.")
@click.option("--state", metavar="NAME", help="Only what was recorded in this state.")
@click.option("--source", type=click.Choice(get_args(Source)), help="Only what came from there.")
@click.option("--errors", is_flag=True, help="Only results that are errors, and failed requests.")
@click.option("-l", "names", is_flag=True, help="Only the names of files with a match.")
@click.option("-c", "counts", is_flag=True, help="How many records of each file match.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_context
def command(
    ctx: click.Context,
    pattern: str,
    paths: tuple[Path, ...],
    ignore_case: bool,
    fixed: bool,
    tool: str | None,
    state: str | None,
    source: str | None,
    errors: bool,
    names: bool,
    counts: bool,
    as_json: bool,
) -> None:
    """Find the records of the sessions at PATHS with a match of PATTERN, a regular expression.

    PATHS are files, or folders with all that is in them. Recordings of other programs are searched
    as the sessions that they would be imported as. Each text in a record, each name of a field and
    each number is looked into by itself; ^ and $ are the ends of its lines. A line of the output
    names a record as FILE:RECORD, which open, show and the other commands take, what it is, the
    state, and its first match. A session that is being written may be searched.

    A pattern that takes more than a second of computing on one text is said to, and given up when
    it does so again and again.

    Exit codes: 0 something was found, 1 nothing, 2 something could not be searched.
    """
    if names + counts + as_json > 1:
        raise BadCommand("give one of -l, -c and --json")
    expression = compiled(pattern, ignore_case, fixed)
    may_hold = line_filter([[pattern]] if fixed else needed_text(pattern), ignore_case)
    files, unread = find_sessions(paths, _ENDINGS)
    files = [file for file in files if file.suffix == ".jsonl" or file in paths or _is_other(file)]
    for path, why in unread.items():
        say(f"{path}: {why}", err=True)
    trouble, any_found = bool(unread), False
    with limited(expression) as find:
        for file in files:
            wanted = Wanted(tool, state, source, errors)
            search = SessionSearch(file, find, may_hold, wanted, _lines)
            found = 0
            for hit in _hits(file, search):
                found += 1
                if names:
                    break
                if as_json:
                    say_json(hit_json(file, hit))
                elif not counts:
                    click.echo(drawn(hit_line(file, hit, in_colour())))
            if names and found:
                say(str(file))
            if counts:
                say(f"{file}: {found}")
            trouble |= bool(search.problems)
            any_found |= found > 0
            say_problems(file, search.problems)
            if sys.stdout is not None:
                sys.stdout.flush()
    ctx.exit(2 if trouble else 0 if any_found else 1)


def _is_other(file: Path) -> bool:
    """Whether a file is a recording of another program."""
    from tooltrace.formats.imported.session import looks_imported

    return looks_imported(file)


def _lines(file: Path) -> Lines:
    """The lines of a session, or those that a recording of another program would have as one."""
    with file.open("rb") as opened:
        begin = opened.read(64)
    if begin.startswith(b'{"id":') or not _is_other(file):
        return lines_of(file)
    from tooltrace.cli.imported_lines import ImportedLines

    return ImportedLines(file)


def _hits(file: Path, search: SessionSearch) -> Iterator[Hit]:
    """What is found in a file; one that cannot be read is a problem of it."""
    if file.exists() and not file.is_file():
        search.problems.append("is no file")
        return
    try:
        yield from search.hits()
    except BadImport as error:
        search.problems.append(str(error))
    except OSError as error:
        search.problems.append(f"cannot be read: {reason(error)}")
