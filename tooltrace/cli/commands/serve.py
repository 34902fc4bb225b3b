"""``tooltrace serve``: the app in a browser of this machine."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from tooltrace.cli.config.chosen import given_again
from tooltrace.cli.output import say
from tooltrace.cli.record_refs import is_session, place_in
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.sanitize import one_line

__all__ = ["command"]

_PORT = 8000
_TOOLTRACE = (sys.executable, "-P", "-m", "tooltrace")


@click.command("serve", short_help="The app in a browser of this machine.")
@click.argument("source", metavar="[FILE|WORKFLOW]", required=False)
@click.option("--watch", is_flag=True, help="Viewers can scroll and nothing else; they follow.")
@click.option("--present", is_flag=True, help="Put up the stage for an audience in each page.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=_PORT,
    metavar="N",
    help=f"The port, {_PORT} if left out; 0 takes a free one.",
)
def command(source: str | None, watch: bool, present: bool, port: int) -> None:
    """Show the app in a browser: a session FILE, a WORKFLOW, or the demo.

    It prints an address for a browser on this machine; nobody else is let in. From another machine,
    take the port along: ssh -L 8000:127.0.0.1:8000 HOST. Each page that is open has an app of its
    own, at most four at a time, which is saved and ends when the page is closed.

    With --watch a FILE is shown as whoever works on it stands in it: for an audience, which can
    scroll and can do nothing else.

    Needs the extra serve: pip install 'tooltrace-debugger[serve]'.
    """
    arguments = _arguments(source, watch, present)
    try:
        from tooltrace.cli.serve.server import PageServer
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("textual_serve", "aiohttp"):
            raise
        raise BadCommand(
            "serve needs packages that are not installed: pip install 'tooltrace-debugger[serve]'"
        ) from error
    server = PageServer([*_TOOLTRACE, *given_again(), *arguments], watch)

    def ready(address: str) -> None:
        say(f"open {address}")
        say("Ctrl-C saves and ends every app that was opened there")

    asyncio.run(server.serve(port, ready))


def _arguments(source: str | None, watch: bool, present: bool) -> list[str]:
    """What is to be started for a viewer. Raises BadCommand."""
    if source is not None and is_session(source):
        file, _ = place_in(source)
        if not file.is_file():
            raise BadCommand(f"{one_line(str(file))} does not exist")
        options = (["--read-only"] if watch else []) + (["--present"] if present else [])
        return ["open", *options, str(Path(source).absolute())]
    if watch:
        raise BadCommand("--watch goes with the FILE of a session, which somebody works on")
    from tooltrace.authoring.load import shipped

    if source is not None and source not in dict(shipped()):
        if present:
            raise BadCommand("--present shows a session FILE, or a workflow that is shipped")
        return ["run", source]
    return ["demo", *(["--present"] if present else []), *([source] if source else [])]
