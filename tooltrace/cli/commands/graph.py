"""``tooltrace graph``: the states of a workflow and its transitions, drawn.

A session is only read: it has the definition in it, so that none of its code is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from tooltrace.cli.graph.mermaid import in_mermaid
from tooltrace.cli.graph.svg import in_svg
from tooltrace.cli.graph.text import in_text, say_graph
from tooltrace.cli.open_readonly import opened
from tooltrace.cli.output import drawn, say, say_problems, width_of_stdout
from tooltrace.cli.record_refs import branch_at, is_session, place_in
from tooltrace.cli.workflow_spec import spec_of
from tooltrace.core.graph.edges_taken import EdgesTaken
from tooltrace.core.graph.machine import Machine, machine_of
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.sanitize import bytes_in_words
from tooltrace.formats.output_file import write_file
from tooltrace.tui.rows.workflow.state_labels import StateMarks, marks_at

__all__ = ["command"]

Drawn = tuple[WorkflowSpec, Machine, StateMarks]


@click.command("graph", short_help="The states and transitions of a workflow, drawn.")
@click.argument("source", metavar="WORKFLOW|FILE[@REC]")
@click.option(
    "--to", type=click.Choice(["text", "svg", "mermaid"]), default="text", help="As what."
)
@click.option("-o", "out", type=click.Path(path_type=Path), help="A new file; else to stdout.")
@click.option("--force", is_flag=True, help="With -o: write over a file that is there.")
def command(source: str, to: str, out: Path | None, force: bool) -> None:
    """Draw a workflow: a row for each state and each transition, a rail to each target.

    WORKFLOW is a shipped name, file.py:name or package.module:name, whose code is loaded. A session
    FILE is only read, and the path of its branch is marked: states entered, transitions taken and
    how often, by force or not. FILE alone is the branch that was stood on last, FILE@17 the branch
    that record 17 was written on, FILE@NAME the branch of that name.

    svg and mermaid are the same drawing for a page or a README.
    """
    if force and out is None:
        raise BadCommand("--force goes with -o FILE")
    spec, machine, marks = _session(source) if is_session(source) else _workflow(source)
    if not spec.states:
        raise BadCommand(f"{spec.name} has no states to draw: in it the model decides what is next")
    if out is None and to == "text":
        say_graph(machine, marks)
        return
    pieces = (piece.encode() for piece in _pieces(to, spec, machine, marks))
    if out is None:
        text = width_of_stdout() is not None  # A pager takes no bytes.
        for piece in pieces:
            click.echo(piece.decode() if text else piece, nl=False)
    else:
        size = write_file(out, pieces, force)
        say(f"{out}: {spec.name} as {to}, {bytes_in_words(size)}")


def _pieces(to: str, spec: WorkflowSpec, machine: Machine, marks: StateMarks) -> Iterator[str]:
    if to == "svg":
        return in_svg(machine, marks, spec.name)
    if to == "mermaid":
        return (f"{line}\n" for line in in_mermaid(machine, marks))
    return (f"{drawn(line)}\n" for line in in_text(machine, marks))


def _workflow(source: str) -> Drawn:
    spec = spec_of(source)
    return spec, machine_of(spec), StateMarks()


def _session(source: str) -> Drawn:
    file, place = place_in(source)
    with opened(file) as (held, problems):
        say_problems(file, problems)
        branch = branch_at(source, held, place)
        s = held.tree.snapshot_at(branch.tip if place else held.tip)
        machine = machine_of(s.workflow)
        taken = EdgesTaken(machine).update(held.tree, s.visits)
        machine = machine.with_edges(taken.added)
        return s.workflow, machine, marks_at(s, taken, machine)
