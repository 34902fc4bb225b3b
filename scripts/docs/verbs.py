"""The debugger's verbs with what each takes, from their signatures."""

from __future__ import annotations

import inspect

from tooltrace.debugger.breakpoint_commands import Breakpoints, Watches
from tooltrace.debugger.commands import Commands
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.edit.commands import Edit
from tooltrace.debugger.faults.commands import FaultCommands
from tooltrace.debugger.notes import Notes
from tooltrace.debugger.replay.commands import Replay
from tooltrace.debugger.sampling.commands import SampleCommands

__all__ = ["verbs"]

GROUPS = {
    "d": Commands,
    "d.edit": Edit,
    "d.replay": Replay,
    "d.notes": Notes,
    "d.samples": SampleCommands,
    "d.faults": FaultCommands,
    "d.breakpoints": Breakpoints,
    "d.watches": Watches,
}
BESIDE = ("pause", "cancel")


def verbs() -> str:
    """One row for each verb: the call, and the first sentence of its docstring."""
    rows = ["| verb | does |", "| --- | --- |"]
    for group, kind in GROUPS.items():
        found = {name: value for name, value in vars(kind).items() if inspect.isfunction(value)}
        if group == "d":
            found |= {name: getattr(Debugger, name) for name in BESIDE}
        rows += [
            f"| `{group}.{name}({_takes(value)})` | {_does(value)} |"
            for name, value in found.items()
            if not name.startswith("_")
        ]
    return "\n".join(["", *rows, "", ""])


def _takes(function: object) -> str:
    assert callable(function)
    shown = []
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        default = parameter.default
        plain = isinstance(default, str | int | bool | tuple) or default is None
        empty = default is inspect.Parameter.empty
        shown.append(name if empty else f"{name}={default!r}" if plain else f"{name}=…")
    return ", ".join(shown)


def _does(function: object) -> str:
    text = inspect.getdoc(function) or ""
    return " ".join(text.split("\n\n")[0].split()).replace("``", "`").replace("|", "\\|")
