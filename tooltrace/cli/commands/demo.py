"""``tooltrace demo``: the refund workflow, offline, paused at its first step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tooltrace.cli.present_options import present_options, shows

if TYPE_CHECKING:
    from tooltrace.debugger.debugger import Debugger
    from tooltrace.debugger.run.breakpoint_file import BreakpointFile
    from tooltrace.tools.output.capture import OutputCapture

__all__ = ["command"]


@click.command("demo", short_help="The refund workflow, offline.")
@click.argument("workflow", default="refund")
@click.option("--session", type=click.Path(path_type=Path), help="The session file to write.")
@present_options
@click.pass_context
def command(
    ctx: click.Context, workflow: str, session: Path | None, present: bool, script: Path | None
) -> None:
    """Open a shipped WORKFLOW in the app with its scripted model: no key and no network.

    With --present its tour plays before an audience, until a key is pressed: space goes on then.
    It stands before each call that writes until a person presses space.
    """
    from tooltrace.cli.app import run_app

    def start(capture: OutputCapture, points: BreakpointFile) -> Debugger:
        from tooltrace.assemble import load_code, new_run
        from tooltrace.core.model.events import Settings

        code = load_code(workflow)
        return new_run(code, session, Settings(), None, capture, points)

    shown = shows(present, script, shipped=True)
    ctx.exit(run_app(start, f"tooltrace run {workflow} --headless", shows=shown))
