"""``tooltrace open``: step through a recording; with a workflow, go on live from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tooltrace.cli.point_options import given_points, point_options
from tooltrace.debugger.session import folders

if TYPE_CHECKING:
    from tooltrace.debugger.debugger import Debugger
    from tooltrace.debugger.run.breakpoint_file import BreakpointFile
    from tooltrace.tools.output.capture import OutputCapture

__all__ = ["command"]


@click.command("open", short_help="Step through a recorded session.")
@click.argument("file", type=click.Path(readable=False, path_type=Path))
@click.option("--at", type=click.IntRange(1), help="The record to stand on.")
@click.option("--workflow", "ref", help="Its workflow: then forks can go on live.")
@click.option("--base-url", help="With --workflow: the host the session went to, if another one.")
@click.option("--key-env", metavar="NAME", help="With --base-url: the variable with its key.")
@point_options
@click.pass_context
def command(
    ctx: click.Context,
    file: Path,
    at: int | None,
    ref: str | None,
    base_url: str | None,
    key_env: str | None,
    breaks: tuple[str, ...],
    logs: tuple[str, ...],
    watches: tuple[str, ...],
) -> None:
    """Open FILE in the app. Nothing of it runs, nothing is changed and nothing is connected to."""
    from tooltrace.cli.app import run_app

    points = given_points(breaks, logs, watches)

    def start(capture: OutputCapture, kept: BreakpointFile) -> Debugger:
        from tooltrace.assemble import load_code, reopen

        code = load_code(ref) if ref else None
        debugger = reopen(file, code, capture, kept, base_url, key_env, folders.last_places())
        if at is not None:
            stop = debugger.submit.goto(at).result()
            if stop.kind == "error":
                debugger.close()
                raise click.BadParameter(stop.text, param_hint="--at")
        return debugger

    ctx.exit(run_app(start, f"tooltrace show {file}", points))
