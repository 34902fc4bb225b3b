"""``tooltrace import``: sessions from the recordings of other programs."""

from __future__ import annotations

from pathlib import Path

import click

from tooltrace.cli.output import say, say_json
from tooltrace.core.model.errors import BadSession, ToolTraceError
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.import_files import import_file, session_beside
from tooltrace.formats.import_registry import importer_names

__all__ = ["command"]


@click.command("import", short_help="Sessions from recordings of other programs.")
@click.argument("files", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path))
@click.option(
    "-o", "folder", required=True, type=click.Path(path_type=Path), help="Where sessions go."
)
@click.option("--from", "form", metavar="NAME", help=f"{', '.join(importer_names())}.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_context
def command(
    ctx: click.Context, files: tuple[Path, ...], folder: Path, form: str | None, as_json: bool
) -> None:
    """Make a session of each of FILES, in a folder. They are read and not changed.

    The format of a file is told by how it begins. --from names it, also one that an installed
    package adds (entry points of the group tooltrace.formats). Secrets are taken out as in every
    session, and no file is written over. Nothing is dropped: what is not understood is kept as
    unknown, and counted.

    Exit codes: 0 all were imported, 1 some were not.
    """
    failed = False
    for file in files:
        to = session_beside(file, folder)
        try:
            imported = import_file(file, to, form or "")
        except ToolTraceError as error:
            failed = True
            if as_json:
                say_json({"type": "unreadable", "file": str(file), "why": str(error)})
            else:
                say(str(error), err=True)
            continue
        if as_json:
            told = {"type": "imported", "file": str(file), "session": str(to)}
            counts = imported.counts.as_json()
            say_json({**told, "format": imported.importer.name, "counts": counts})
        else:
            say(f"{to}: {imported.importer.name}, {imported.counts.words()}")
        for problem in imported.source.problems:
            say(f"{one_line(str(file))}: {problem}", err=True)
    if failed and len(files) == 1:
        raise BadSession(f"{one_line(str(files[0]))} was not imported")
    ctx.exit(1 if failed else 0)
