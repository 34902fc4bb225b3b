"""``tooltrace config``: the configuration file, written once, and what is wrong with it."""

from __future__ import annotations

import click

from tooltrace.cli.config.chosen import chosen
from tooltrace.cli.config.file import config_path, write_config
from tooltrace.cli.output import say, table

__all__ = ["command"]


@click.command("config", short_help="Write the configuration file, and say where it is.")
@click.option("--check", is_flag=True, help="Write nothing: say what holds, and what is wrong.")
@click.pass_context
def command(ctx: click.Context, check: bool) -> None:
    """Write the file with all that can be chosen: theme, ASCII, mouse and every key.

    Each stands in it as a comment that says what it does. A file that is there is never written
    over. TOOLTRACE_CONFIG names another one than that in your folder for configuration.

    Exit code 0: written, there already, or nothing wrong. 1: something is wrong. 2: it could not be
    done.
    """
    path = config_path()
    if not check:
        written = write_config(path)
        say(f"{path} {'is written' if written else 'is there already, and stays as it is'}")
        return
    found = chosen()
    table([[name, str(value), found.origins[name]] for name, value in found.values.items()])
    for action, keys in found.file.keys.items():
        table([[f"keys.{action}", ", ".join(keys), str(found.file.path)]])
    for problem in found.problems:
        say(problem, err=True)
    ctx.exit(1 if found.problems else 0)
