"""``tooltrace prune``: remove snapshots of the world that no branch of a session needs."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click
from msgspec import Struct

from tooltrace.cli.output import say, say_json, say_problems
from tooltrace.core.model.errors import BadSession, BadWorld, ReadOnly, ToolTraceError
from tooltrace.core.text.sanitize import bytes_in_words, one_line
from tooltrace.debugger.session.clock import now
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.world.retention import (
    kept_in,
    leftovers_in,
    needed,
    open_snapshots,
    remove,
    size_in,
)
from tooltrace.debugger.world.world_owner import adopt, find
from tooltrace.store.journal import Journal
from tooltrace.tools.world.folder import reason

__all__ = ["command"]


@click.command("prune", short_help="Remove snapshots of the world that no branch needs.")
@click.argument("files", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path))
@click.option(
    "--keep",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="How many of the others stay, those used last.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_context
def command(
    ctx: click.Context, files: tuple[Path, ...], keep: int, dry_run: bool, as_json: bool
) -> None:
    """Remove snapshots of the world beside the sessions FILES. The sessions are not changed.

    What a branch ends at and what was bookmarked stays. Going on live from another place then asks
    how to go on, because the world cannot be put back to it.
    """
    worst = 0
    for file in files:
        try:
            _prune(file, keep, dry_run, as_json)
        except ToolTraceError as error:
            worst = 2
            say(f"tooltrace prune: {file}: {error}", err=True)
    ctx.exit(worst)


def _prune(file: Path, keep: int, dry_run: bool, as_json: bool) -> None:
    # Holding the lock keeps a debugger from needing what is being removed; nothing is written.
    with Journal.open(file, writable=not dry_run) as journal:
        if not dry_run and journal.read_only is not None:
            raise ReadOnly(f"nothing was removed: {journal.read_only}")
        session = Session(now, journal)
        say_problems(file, [str(problem) for problem in journal.problems])
        if not session.path:
            raise BadSession("there is no run in it")
        pruned = _pruned(file, session, keep, dry_run)
    if as_json:
        say_json(
            {
                "type": "pruned",
                "session": str(file),
                "removed": pruned.removed,
                "freed": pruned.freed,
                "kept": pruned.kept,
                "dry_run": dry_run,
            }
        )
        return
    freed = f"{'would free' if dry_run else 'freed'} {bytes_in_words(pruned.freed)}"
    say(f"{file}: {freed}, {_snapshots(pruned.removed)}; {_snapshots(pruned.kept)} kept")


class _Pruned(Struct, frozen=True):
    """How many snapshots went and stayed, and how many bytes that gave."""

    removed: int = 0
    freed: int = 0
    kept: int = 0


def _pruned(file: Path, session: Session, keep: int, dry_run: bool) -> _Pruned:
    """Remove what the session's records name and no branch needs, in its own folder only."""
    found = find(file, session.id)
    folder = found.own or found.old
    if folder is None:
        if found.moved is not None:
            raise BadWorld(found.offer)
        for other in found.others:
            say(f"{file}: {other.name} belongs to another file of this session", err=True)
        return _Pruned()
    if not dry_run:
        folder = adopt(file, session.id)
    tree = session.tree
    try:
        with ExitStack() as stack:
            snapshots = open_snapshots(folder)
            if snapshots is None:
                return _Pruned()
            stack.enter_context(snapshots)
            kept = kept_in(snapshots)
            # Where nobody said whose the folder is, a crash of somebody else's may have left it.
            left = leftovers_in(snapshots) if found.own is not None else []
            stay = needed(tree, session.head)
            spare = [one for one in kept if one.digest in tree.worlds - stay]
            gone = spare[: max(0, len(spare) - keep)]
            freed = sum(one.size for one in gone) + sum(size_in(snapshots, name) for name in left)
            if not dry_run:
                remove(snapshots, [*left, *(one.name for one in gone)])
    except (OSError, RecursionError) as error:
        why = reason(error) if isinstance(error, OSError) else "folders in there are too deep"
        raise BadWorld(f"not all was removed: {one_line(why)}") from error
    return _Pruned(len(gone), freed, len(kept) - len(gone))


def _snapshots(count: int) -> str:
    return f"{count} snapshot{'' if count == 1 else 's'}"
