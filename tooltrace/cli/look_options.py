"""The options of what is drawn, and of what is printed for a person."""

from __future__ import annotations

from typing import Any

import click

__all__ = ["ASCII", "DRAWN", "LOOKS", "with_looks", "without_looks"]

DRAWN = ("demo", "run", "open")
"""Commands that draw the app."""

PAGED = ("show", "list", "diff", "coverage", "graph", "grep")
"""Commands that print what a person reads, and may be long."""

PRINTED = (*PAGED, "check")

ASCII, NO_PAGER = "tooltrace.ascii", "tooltrace.no_pager"
"""What was given, in the meta of click's context."""


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
    if name == "ascii":
        ctx.meta[ASCII] = True
    return value


def _noted(ctx: click.Context, parameter: click.Parameter, value: object) -> None:
    if value:
        ctx.meta[ASCII if parameter.name == "ascii" else NO_PAGER] = True


def _flag(name: str, callback: Any, about: str) -> click.Option:
    return click.Option([name], is_flag=True, callback=callback, expose_value=False, help=about)


_PLAIN = _flag("--no-pager", _noted, "Print it, also where it is longer than the terminal.")
_PRINTED_ASCII = _flag("--ascii", _noted, "Print ASCII in place of all marks and lines.")
_LOOKS = (
    click.Option(
        ["--theme"],
        metavar="NAME",
        callback=_given,
        expose_value=False,
        help="The colours, by the name of a theme; auto: as the terminal's background is.",
    ),
    _flag("--ascii", _given, "Draw with ASCII alone."),
)
LOOKS = (*_LOOKS, _PLAIN)
"""Those that may stand before a command."""


def with_looks(command: click.Command, name: str) -> click.Command:
    """The command, which has them now if it draws the app, has it drawn, or prints to be read."""
    there = {parameter.name for parameter in command.params}
    if name in DRAWN or name == "serve":
        command.params += [option for option in _LOOKS if option.name not in there]
    elif name in PRINTED and "ascii" not in there:
        command.params.append(_PRINTED_ASCII)
        if name in PAGED:
            command.params.append(_PLAIN)
            _page(command)
    return command


def _page(command: click.Command) -> None:
    inner = command.invoke

    def invoke(ctx: click.Context) -> Any:
        if ctx.meta.get(NO_PAGER) or ctx.params.get("follows"):
            return inner(ctx)
        from tooltrace.cli.pager import paged

        with paged():
            return inner(ctx)

    command.invoke = invoke  # type: ignore[method-assign]


def without_looks(args: list[str]) -> list[str]:
    """The arguments from the command's name on."""
    while args and (args[0] in ("--ascii", "--no-pager") or args[0].startswith("--theme")):
        args = args[2:] if args[0] == "--theme" else args[1:]
    return args
