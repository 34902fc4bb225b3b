"""``tooltrace rm``: remove sessions, each with all that is its own."""

from __future__ import annotations

from pathlib import Path

import click

from tooltrace.cli.confirm import said_yes
from tooltrace.cli.output import say
from tooltrace.core.model.errors import ToolTraceError
from tooltrace.core.text.sanitize import bytes_in_words, one_line
from tooltrace.debugger.session import folders
from tooltrace.debugger.session.files import SessionFiles, look, opened
from tooltrace.debugger.session.removal import remove, started_removal

__all__ = ["command", "parts_in_words"]


@click.command("rm", short_help="Remove sessions with their worlds and payloads.")
@click.argument("files", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...], yes: bool) -> None:
    """Remove the sessions FILES for good, each with its world, its payloads, its last place.

    What lies beside a session and is not known to be its own stays, and is named. One that is open
    for writing somewhere is not removed.
    """
    found: dict[Path, SessionFiles] = {}
    worst = 0
    for file in {file.absolute(): started_removal(file) for file in files}.values():
        try:
            with opened(file, lock=True) as session:
                found[file] = look(file, session)
        except ToolTraceError as error:
            worst = _refused(file, error)
    for each in found.values():
        for line in parts_in_words(each):
            say(line)
    if not found:
        ctx.exit(worst)
    count = f"{len(found)} sessions" if len(found) > 1 else "this session"
    total = bytes_in_words(sum(each.size for each in found.values()))
    if not said_yes(f"Remove {count} for good ({total})?", yes):
        say("nothing was removed", err=True)
        ctx.exit(1)
    kept = folders.last_places()
    for file in found:
        try:
            remove(file, kept)
            say(f"removed {file}")
        except ToolTraceError as error:
            worst = _refused(file, error)
    ctx.exit(worst)


def _refused(file: Path, error: ToolTraceError) -> int:
    where = "" if one_line(str(file)) in str(error) else f"{file}: "
    say(f"tooltrace rm: {where}{error}", err=True)
    return 2


def parts_in_words(found: SessionFiles) -> list[str]:
    """What there is of a session, a line each; what is left beside it as well."""
    gone = found.removable
    world, payloads = (part if part in gone else None for part in (found.world, found.payloads))
    lines = [f"{found.file.path}  {bytes_in_words(found.file.size)}"]
    if world is not None:
        lines.append(f"  {world.path.name}  its world  {bytes_in_words(world.size)}")
    if payloads is not None:
        lines.append(f"  {payloads.path.name}  its payloads  {bytes_in_words(payloads.size)}")
    return lines + [f"  {line}" for line in found.left]
