"""``tooltrace attach``: what goes between an agent that others wrote and its model, recorded."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tooltrace import __version__
from tooltrace.cli.output import say, say_json, table
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.sanitize import one_line

if TYPE_CHECKING:
    from tooltrace.core.model.events import Record

__all__ = ["command"]


@click.command(
    "attach",
    short_help="Record an agent that others wrote.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("argv", metavar="-- COMMAND...", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--headless", is_flag=True, help="Record only, without the app: all that it does so far."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line: the records.")
@click.option("--session", type=click.Path(path_type=Path), help="The session file to write.")
@click.option(
    "--env",
    "variables",
    multiple=True,
    metavar="NAME=TEXT",
    help="One more variable for it; {anthropic} and {openai} are the URLs. Without TEXT it is "
    "cleared.",
)
@click.option("--as", "recipe_name", metavar="RECIPE", help="How it is started, by name.")
@click.option(
    "--listen-port",
    type=click.IntRange(1, 65535),
    metavar="PORT",
    help="Listen there; without COMMAND, until Ctrl-C, for an agent that is started by hand.",
)
@click.option("--list", "listed", is_flag=True, help="The recipes: what is set for which command.")
@click.pass_context
def command(
    ctx: click.Context,
    argv: tuple[str, ...],
    headless: bool,
    as_json: bool,
    session: Path | None,
    variables: tuple[str, ...],
    recipe_name: str | None,
    listen_port: int | None,
    listed: bool,
) -> None:
    """Start COMMAND, an agent in any language, and record what it asks its model as a session.

    Its requests go through a port of this machine, and on as they came to where they would have
    gone: to ANTHROPIC_BASE_URL and OPENAI_BASE_URL as they are set here, or to the API itself. Keys
    are the agent's own; they pass through and are never written down. Each conversation is a run of
    the session; requests that ask no model for a reply pass through and are not recorded.

    It has this terminal, gets its signals and ends by itself. With --json its output goes to
    stderr, and stdout has the records, printed as run --headless --json prints them.

    The exit code is that of COMMAND, or 128 and the number of the signal that ended it.
    """
    from tooltrace.attach.recipes import RECIPES, named, recipe_for

    if listed:
        rows = [[one.name, one.about, ", ".join(one.variables) or "arguments"] for one in RECIPES]
        table([["recipe", "for", "sets"], *rows])
        return
    if not argv and listen_port is None:
        raise BadCommand(
            "which agent? tooltrace attach -- COMMAND, or --listen-port PORT for one that is "
            "started by hand"
        )
    recipe = named(recipe_name) if recipe_name else recipe_for(argv)
    if recipe is None:
        known = ", ".join(one.name for one in RECIPES)
        raise BadCommand(f"there is no recipe {one_line(recipe_name or '')!r}; there are: {known}")
    more = _variables(variables)
    from tooltrace.attach.client import Client, by_hand, check_there, listen_on, run_client
    from tooltrace.attach.proxy import Proxy
    from tooltrace.attach.session_log import SessionLog
    from tooltrace.attach.upstreams import upstreams_of
    from tooltrace.debugger.session.beginning import begin_file
    from tooltrace.debugger.session.clock import now

    upstreams = upstreams_of(os.environ)
    if argv:
        check_there(argv, os.environ.get("PATH"))
    with listen_on(listen_port or 0) as port:
        journal = begin_file(session, recipe_for(argv).name if argv else "attached", False)
        made_by = f"tooltrace {__version__}"
        log = SessionLog(journal, now, argv, recipe.name, _told if as_json else None, made_by)
        proxy = Proxy(upstreams, log, now)
        tell = _said if argv or as_json else say
        client = Client(
            argv, recipe, os.environ, more, tell, lambda: log.requests, 2 if as_json else None
        )
        code: int | None = None
        try:
            if argv:
                code = asyncio.run(run_client(client, proxy, port))
            else:
                asyncio.run(by_hand(client, proxy, port))
        finally:
            log.close(code)
    if not log.counts.runs:
        if not journal.was_there:
            journal.path.unlink()
        _said("no model was asked: nothing was recorded")
    elif log.problem:
        _said(f"not all of it was recorded: {log.problem}")
    else:
        beside = f", {log.beside} requests beside" if log.beside else ""
        _said(f"{journal.path}: {log.counts.words()}{beside}")
    if code is None:
        ctx.exit(0)
    ctx.exit(code if code >= 0 else 128 - code)


def _variables(given: tuple[str, ...]) -> Mapping[str, str]:
    found = {}
    for one in given:
        name, equals, text = one.partition("=")
        if not name or not equals or "\0" in one:
            raise BadCommand(f"--env takes NAME=TEXT, not {one_line(one)!r}")
        found[name] = text
    return found


def _said(line: str) -> None:
    say(f"tooltrace: {line}", err=True)


def _told(record: Record) -> None:
    from tooltrace.cli.record_json import record_json

    say_json(record_json(record))
