"""The options of what the app looks like, which every command that draws it has."""

from __future__ import annotations

import click

__all__ = ["DRAWN", "LOOKS", "with_looks", "without_looks"]

DRAWN = ("demo", "run", "open")
"""Commands that draw the app."""


def _given(ctx: click.Context, parameter: click.Parameter, value: object) -> object:
    """Remember an option that was given, and refuse a theme that does not exist."""
    if value in (None, False):
        return value
    from tooltrace.cli.config.chosen import give
    from tooltrace.cli.config.file import wrong_value

    name = str(parameter.name)
    if (wrong := wrong_value(name, value)) is not None:
        raise click.BadParameter(wrong, ctx, parameter)
    give(name, value)
    return value


LOOKS = (
    click.Option(
        ["--theme"],
        metavar="NAME",
        callback=_given,
        expose_value=False,
        help="The colours, by the name of a theme; auto: as the terminal's background is.",
    ),
    click.Option(
        ["--ascii"],
        is_flag=True,
        callback=_given,
        expose_value=False,
        help="Draw with ASCII alone.",
    ),
)


def with_looks(command: click.Command, name: str) -> click.Command:
    """The command, which has them now if it draws the app."""
    if name in DRAWN:
        there = {parameter.name for parameter in command.params}
        command.params += [option for option in LOOKS if option.name not in there]
    return command


def without_looks(args: list[str]) -> list[str]:
    """The arguments from the command's name on."""
    while args and (args[0] == "--ascii" or args[0].startswith("--theme")):
        args = args[2:] if args[0] == "--theme" else args[1:]
    return args
