"""``tooltrace prune``: remove snapshots of the world that no branch of a session needs."""

from __future__ import annotations

from pathlib import Path

import click

from tooltrace.cli.clock import now
from tooltrace.cli.output import say, say_json, say_problems
from tooltrace.core.errors import BadSession, ReadOnly, ToolTraceError
from tooltrace.debugger.kept import kept_in, leftovers_in, needed, remove, size_of
from tooltrace.debugger.session import Session
from tooltrace.debugger.worlds import folder_beside, snapshots_in
from tooltrace.store.journal import Journal

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
        if not session.way:
            raise BadSession("there is no run in it")
        folder = snapshots_in(folder_beside(file))
        try:
            kept, left = kept_in(folder), leftovers_in(folder)
            stay = needed(session.tree, session.head)
            spare = [one for one in kept if one.digest not in stay]
            gone = spare[: max(0, len(spare) - keep)]
            freed = sum(one.size for one in gone) + sum(map(size_of, left))
        except OSError as error:
            raise BadSession(f"{folder} cannot be read: {error.strerror}") from error
        if not dry_run:
            remove([*left, *(one.path for one in gone)])
    stays = len(kept) - len(gone)
    if as_json:
        say_json(
            {
                "type": "pruned",
                "session": str(file),
                "removed": len(gone),
                "freed": freed,
                "kept": stays,
                "dry_run": dry_run,
            }
        )
        return
    verb = "would free" if dry_run else "freed"
    say(f"{file}: {verb} {_bytes(freed)}, {_snapshots(len(gone))}; {_snapshots(stays)} kept")


def _snapshots(count: int) -> str:
    return f"{count} snapshot{'' if count == 1 else 's'}"


def _bytes(count: int) -> str:
    if count < 1_000:
        return f"{count} bytes"
    return f"{count / 1e3:.1f} KB" if count < 1e6 else f"{count / 1e6:.1f} MB"
