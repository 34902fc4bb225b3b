"""``tooltrace export``: a branch in a format that others read. Only reads the session."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import click

from tooltrace.cli.drawing_options import chosen_drawing, drawing_options
from tooltrace.cli.open_readonly import opened
from tooltrace.cli.output import say, say_problems
from tooltrace.cli.record_refs import branch_at, place_in
from tooltrace.core.model.errors import BadCommand, BadPlugin
from tooltrace.core.text.sanitize import bytes_in_words, clip, one_line, visible
from tooltrace.debugger.session.secrets import hider
from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.output_file import write_file
from tooltrace.formats.registry import (
    Exporter,
    added_names,
    export,
    exporter,
    exporter_names,
)
from tooltrace.formats.share import FoundSecret, shared
from tooltrace.plugins.entry_points import plugin_named

__all__ = ["command"]

MOST_SHOWN = 40
_MOST_PLACES = 5


class _To(click.Option):
    """Says in the help what installed packages add as well, which are asked only then."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        found = super().get_help_record(ctx)
        added: list[str] = []
        with suppress(BadPlugin):
            added = [clip(one_line(name), MOST_SHOWN) for name in added_names()]
        if found is None or not added:
            return found
        own, more = exporter_names(), ", ".join(added)
        return found[0], found[1].replace(_listed(own), f"{', '.join(own)}; installed: {more}.")


def _listed(names: list[str]) -> str:
    return f"{', '.join(names)}."


@click.command("export", short_help="A branch in a format that others read.")
@click.argument("session", metavar="FILE[@REC]")
@click.option("--to", "to", cls=_To, required=True, metavar="NAME", help=_listed(exporter_names()))
@click.option("-o", "out", type=click.Path(path_type=Path), help="A new file; else to stdout.")
@click.option("--force", is_flag=True, help="With -o: write over a file that is there.")
@click.option(
    "--assert",
    "named",
    metavar="NAMES",
    help="With pytest: what the test holds, of order,arguments,results,transitions,outcome; "
    "all of it if left out.",
)
@click.option(
    "--share/--no-share",
    "share",
    default=None,
    help="Look for secrets, list them, take them out; with html, otlp, cast and svg done anyway.",
)
@click.option("--model", metavar="ID", help="The model that a request names, if another one.")
@drawing_options
def command(
    session: str,
    to: str,
    out: Path | None,
    force: bool,
    named: str | None,
    share: bool | None,
    model: str | None,
    size: tuple[int, int] | None,
    theme: str | None,
    pace: float | None,
) -> None:
    """Write a branch of the session FILE in another format. Nothing runs, nothing is changed.

    FILE alone is the branch that was stood on last. FILE@17 is the whole branch that record 17 was
    written on; FILE@NAME the branch of that name.

    messages is the conversation as the Messages API takes it, without the reply that ended it; chat
    is the whole as OpenAI's Chat Completions takes it. markdown is all that was done, to read.
    html is the session as one page for a browser, with this branch first: it loads nothing, and
    nothing recorded runs in it. otlp is a trace as collectors of OpenTelemetry take it
    (POST it to /v1/traces), with the attributes of its GenAI conventions.
    pytest is a test that replays the branch with the code of its workflow as it is then.

    cast and svg show the branch as tooltrace presents it, a frame for each call, transition and
    end: a recording for terminal players, which pauses at each frame where they stop at markers,
    and a picture that moves, also in a README. The same session gives the same bytes.

    What html, otlp, cast and svg write is for others, so they list on stderr which secrets they
    found, and write the rest; --no-share leaves everything in. Packages that are installed may add
    others (entry points of the group tooltrace.formats).
    """
    if force and out is None:
        raise BadCommand("--force goes with -o FILE")
    if named is not None and to != "pytest":
        raise BadCommand("--assert goes with --to pytest")
    chosen = exporter(to)
    draw = chosen_drawing("drawing" in chosen.needs, size, theme, pace)
    file, place = place_in(session)
    with opened(file) as (held, problems):
        say_problems(file, problems)
        branch = branch_at(session, held, place)
        tree = held.tree
        if chosen.shares if share is None else share:
            tree, found = shared(tree, hider())
            _tell_found(found)
        data = BranchData.of(
            tree,
            branch.tip if place else held.tip,
            file,
            model,
            os.path.relpath(file, Path() if out is None else out.parent),
            () if named is None else tuple(name.strip() for name in named.split(",")),
            draw,
        )
        pieces = export(data, chosen)
        if out is None:
            _to_stdout(pieces)
        else:
            _check_other(out, file)
            written = write_file(out, pieces, force)
            say(f"{out}: {data.name} as {chosen.name}, {bytes_in_words(written)}")
        _tell_unsendable(data, chosen)


def _tell_found(found: Sequence[FoundSecret]) -> None:
    """Which secrets were taken out, on stderr; what they were is said nowhere."""
    if not found:
        say("no secrets found; names, addresses and what was said stay as they are", err=True)
    for each in found:
        first = ", ".join(f"#{number}" for number in each.records[:_MOST_PLACES])
        left = len(each.records) - _MOST_PLACES
        more = f" and {left} more" if left > 0 else ""
        say(f"taken out: {each.mark} in {first}{more}", err=True)


def _tell_unsendable(data: BranchData, to: Exporter) -> None:
    asked = data.model or data.settings.model
    if "request" in to.needs and (asked == "scripted" or plugin_named(asked) is not None):
        say(f"it names the model {asked}, which no API has: give --model ID to send it", err=True)


def _check_other(out: Path, file: Path) -> None:
    try:
        same = out.samefile(file)
    except (OSError, ValueError):
        return
    if same:
        raise BadCommand(f"{one_line(str(out))} is the session itself: choose another name")


def _to_stdout(pieces: Iterable[bytes]) -> None:
    """The bytes as they are; on a terminal nothing that could act on it."""
    drawn = sys.stdout is not None and sys.stdout.isatty()
    for piece in pieces:
        if drawn:
            click.echo(visible(piece.decode("utf-8", "replace")), nl=False)
        else:
            click.echo(piece, nl=False)
