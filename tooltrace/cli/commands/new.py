"""``tooltrace new``: a workflow to begin with, in a new file."""

from __future__ import annotations

from pathlib import Path

import click

from tooltrace.authoring.new_workflow import TEMPLATES, new_workflow
from tooltrace.cli.output import say

__all__ = ["command"]


@click.command("new", short_help="A workflow to begin with, in a new file.")
@click.argument("name")
@click.option(
    "--template",
    type=click.Choice([*TEMPLATES]),
    default="linear",
    show_default=True,
    help="What it is like.",
)
def command(name: str, template: str) -> None:
    """Write NAME.py here: a whole workflow that runs at once, offline, with tests in it.

    linear is one step after the other, branching goes by a result, aggregating reads several things
    at once, looping does the same again until nothing is left. A file that is there already stays
    as it is.
    """
    path = new_workflow(Path(), name, template)
    say(f"{path}: {TEMPLATES[template]}")
    say(f"tooltrace run {path}")
