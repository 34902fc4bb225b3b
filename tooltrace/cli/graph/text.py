"""A state graph on the command line: in the terminal's own sixteen colours, plain in a pipe."""

from __future__ import annotations

import sys

import click

from tooltrace.cli.output import drawn, width_of_stdout
from tooltrace.core.graph.machine import Machine
from tooltrace.tui.rows.lines import Line, plain
from tooltrace.tui.rows.workflow.state_graph import lay_out
from tooltrace.tui.rows.workflow.state_labels import StateMarks

__all__ = ["in_text", "say_graph"]

WIDTH = 100
"""Columns in a pipe or a file."""

# The colours of a theme would be lost on some terminals; its own are always readable.
_COLOURS = {
    "state.done": "green",
    "ok": "green",
    "state.now": "bold reverse",
    "edge.now": "bold yellow",
    "error": "bold red",
    "break": "bold red",
    "arg": "cyan",
    "dim": "dim",
}


def in_text(machine: Machine, marks: StateMarks, width: int = WIDTH) -> list[str]:
    """The graph as plain lines without spaces at their ends."""
    return [plain(line).rstrip() for line in lay_out(machine, marks, width)]


def say_graph(machine: Machine, marks: StateMarks, indent: str = "") -> None:
    """Print the graph, as wide as the terminal and no wider than it needs."""
    room = width_of_stdout()
    if room is None:
        for text in in_text(machine, marks):
            click.echo(drawn(f"{indent}{text}".rstrip()))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    for line in lay_out(machine, marks, max(1, room - len(indent))):
        console.print(Text.assemble(indent, *_coloured(line)), no_wrap=True, crop=False)


def _coloured(line: Line) -> list[tuple[str, str]]:
    return [(drawn(text), _COLOURS.get(style, "")) for text, style in line]
