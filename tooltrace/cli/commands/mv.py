"""``tooltrace mv``: give a session another name or place, with all that is its own."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tooltrace.cli.confirm import said_yes
from tooltrace.cli.output import say
from tooltrace.core.model.errors import BadCommand
from tooltrace.debugger.session import folders
from tooltrace.debugger.session.move import move, plan

__all__ = ["command"]


@click.command("mv", short_help="Give a session another name or place.")
@click.argument("old", type=click.Path(readable=False, path_type=Path))
@click.argument("new", type=click.Path(readable=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def command(ctx: click.Context, old: Path, new: str, yes: bool) -> None:
    """Move the session OLD to NEW, with its world, its payloads and its last place.

    NEW may be a folder. Nothing is ever replaced. Where OLD was renamed with other tools already,
    its world and payloads follow it.
    """
    if new.endswith(os.sep) and not Path(new).is_dir():
        raise BadCommand(f"there is no folder {new}")
    planned = plan(old, Path(new))
    what = ", ".join(part.path.name for part in planned.parts)
    for line in planned.left:
        say(line, err=True)
    if not said_yes(f"Move {what} to {planned.new}?", yes):
        say("nothing was moved", err=True)
        ctx.exit(1)
    move(old, Path(new), folders.last_places())
    say(f"{planned.old} is {planned.new} now")
