"""``tooltrace open``: step through a recording; with a workflow, go on live from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tooltrace.cli.point_options import given_points, point_options
from tooltrace.cli.present_options import present_options, shows
from tooltrace.cli.record_refs import place_in
from tooltrace.core.model.errors import BadCommand
from tooltrace.debugger.session import folders

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tooltrace.debugger.debugger import Debugger
    from tooltrace.debugger.run.breakpoint_file import BreakpointFile
    from tooltrace.debugger.stop import Stop
    from tooltrace.tools.output.capture import OutputCapture

__all__ = ["command"]


@click.command("open", short_help="Step through a recorded session.")
@click.argument("session", metavar="FILE[@REC]")
@click.option("--at", type=click.IntRange(1), help="The record to stand on.")
@click.option("--workflow", "ref", help="Its workflow: then forks can go on live.")
@click.option("--by-hand", is_flag=True, help="No workflow: the results of calls are typed.")
@click.option("--model", help="With one of these: another model from where one stands, as an edit.")
@click.option("--base-url", help="The host that the session went to, or that --model is at.")
@click.option("--key-env", metavar="NAME", help="With --base-url: the variable with its key.")
@click.option("--read-only", is_flag=True, help="Only look, and follow what others write to it.")
@click.option("--from", "form", metavar="NAME", help="The format of another program's file.")
@present_options
@point_options
@click.pass_context
def command(
    ctx: click.Context,
    session: str,
    at: int | None,
    ref: str | None,
    by_hand: bool,
    model: str | None,
    base_url: str | None,
    key_env: str | None,
    read_only: bool,
    form: str | None,
    present: bool,
    script: Path | None,
    breaks: tuple[str, ...],
    logs: tuple[str, ...],
    watches: tuple[str, ...],
) -> None:
    """Open FILE in the app. Nothing of it runs, nothing is changed and nothing is connected to.

    FILE@17, or FILE:17, stands on record 17, as --at 17 does.

    With --model the session goes on with another model, from where one stands (or --at) on: that is
    an edit, which u takes back. Nothing is asked before a key goes on.

    With --by-hand it goes on without any code: the model is asked anew and told of the tools that
    the session declares, and a person types what they give (S).

    FILE is a session, or a recording of another program: then it is imported, in memory, to be
    looked at, and what is added to it meanwhile is followed. Formats of ours are known by how a
    file begins. --from names one, also one that an installed package adds.
    """
    from tooltrace.cli.app import run_app

    if by_hand and ref is not None:
        raise BadCommand("--by-hand is for a session without its workflow: leave one of them out")
    if model is not None and ref is None and not by_hand:
        raise BadCommand(
            "--model needs what goes on with it: give --workflow REF, or --by-hand to type results"
        )
    if read_only and (by_hand or ref is not None):
        raise BadCommand(
            "--read-only goes neither with --workflow nor with --by-hand: nothing can go on there"
        )
    file, at = _place(session, at)
    points = given_points(breaks, logs, watches)

    def start(capture: OutputCapture, kept: BreakpointFile) -> Debugger:
        from tooltrace.assemble import load_code, reopen
        from tooltrace.cli.named_code import remember

        code = load_code(ref) if ref else None
        places = folders.last_places()
        host = (base_url, key_env, places, model, form or "")
        debugger = reopen(file, code, capture, kept, *host, by_hand, not read_only)
        remember(code)
        if at is not None:
            _done(debugger, debugger.submit.goto(at), "--at")
        if model is not None:
            _done(debugger, debugger.submit.edit.model(model, base_url, key_env), "--model")
        return debugger

    shown = shows(present, script)
    ctx.exit(run_app(start, f"tooltrace show {file}", points, shown))


def _done(debugger: Debugger, answer: Future[Stop], option: str) -> None:
    """Wait for what an option asked for; where it cannot be, nothing is opened."""
    stop = answer.result()
    if stop.kind == "error":
        debugger.close()
        raise click.BadParameter(stop.text, param_hint=option)


def _place(session: str, at: int | None) -> tuple[Path, int | None]:
    """The file, and the record to stand on. Raises BadCommand for a place that is no record."""
    file, place = place_in(session)
    if not place:
        return file, at
    if not (place.isascii() and place.isdigit()):
        raise BadCommand(f"{session}: the number of a record must stand after the @")
    if at is not None:
        raise BadCommand(f"{session} names a record already: leave --at out")
    return file, int(place)
