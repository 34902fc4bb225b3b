"""The options that show a session to an audience, and the script that they name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tooltrace.core.model.errors import BadCommand

if TYPE_CHECKING:
    from tooltrace.core.model.workflow import WorkflowSpec
    from tooltrace.debugger.debugger import Debugger
    from tooltrace.debugger.script.script import Script
    from tooltrace.tui.services import Show

__all__ = ["present_options", "shipped_script", "shows"]


def present_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--present`` and ``--script``."""
    script = click.option(
        "--script",
        type=click.Path(path_type=Path),
        help="With --present: a file of beats to play.",
    )
    present = click.option("--present", is_flag=True, help="Show it to an audience, at 80x24.")
    return present(script(command))


def shows(
    present: bool, script: Path | None, *, shipped: bool = False
) -> Callable[[Debugger], Show | None] | None:
    """How the session is shown, once it is open; None for as always.

    ``shipped`` plays the script that comes with the workflow, where none is named. Raises
    BadCommand for a script without a stage.
    """
    if script is not None and not present:
        raise BadCommand("--script is played on the stage: give --present, too")
    return partial(_show, script, shipped) if present else None


def _show(script: Path | None, shipped: bool, debugger: Debugger) -> Show:
    from tooltrace.debugger.script.script import read_script
    from tooltrace.tui.services import Show

    spec = debugger.view().snapshot.workflow
    if script is not None:
        return Show(read_script(script, spec))
    return Show(shipped_script(spec) if shipped else None)


def shipped_script(spec: WorkflowSpec) -> Script | None:
    """The script that is shipped for a workflow of that name, if there is one."""
    from tooltrace.authoring.shipped import script_of
    from tooltrace.debugger.script.script import read_script

    path = script_of(spec.name)
    return None if path is None else read_script(path, spec)
