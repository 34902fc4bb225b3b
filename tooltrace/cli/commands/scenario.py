"""``tooltrace scenario``: the faults that were injected in a session, as a file."""

from __future__ import annotations

from pathlib import Path

import click

from tooltrace.cli.open_readonly import opened
from tooltrace.cli.output import say, say_problems
from tooltrace.cli.record_refs import branch_at, place_in
from tooltrace.debugger.faults.scenario import scenario_of
from tooltrace.debugger.faults.scenario_file import save, to_text

__all__ = ["command"]


@click.command("scenario", short_help="The faults of a session as a file.")
@click.argument("session", metavar="FILE[@REC]")
@click.option("-o", "out", type=click.Path(path_type=Path), help="A new file; else to stdout.")
def command(session: str, out: Path | None) -> None:
    """Collect the faults injected on a branch of the session FILE.

    FILE alone is the branch that was stood on last. FILE@17 is the whole branch that record 17 was
    written on; FILE@NAME the branch of that name. What is printed is for `tooltrace run WORKFLOW
    --scenario`, which gives the same faults at the same places of a new run. Nothing runs, and the
    session is not changed.
    """
    file, place = place_in(session)
    with opened(file) as (held, problems):
        say_problems(file, problems)
        branch = branch_at(session, held, place)
        scenario = scenario_of(held.tree, branch.tip if place else held.tip)
    if out is None:
        click.echo(to_text(scenario).encode(), nl=False)
    else:
        save(out, scenario)
        count = len(scenario.faults)
        say(f"{out}: {count} fault{'s' if count != 1 else ''} of {scenario.workflow}")
