"""The reference of the commands, from what click knows of them."""

from __future__ import annotations

import re

import click

from tooltrace.cli.main import COMMANDS, group

__all__ = ["command_table", "commands"]

FIRST = ("demo", "run", "open", "show", "check", "list")
"""The commands one starts with."""


def command_table() -> str:
    """One row for each command one starts with."""
    rows = [
        "| command | does |",
        "| --- | --- |",
        "| `tooltrace` | Home: workflows and sessions. |",
    ]
    rows += [f"| `{_usage(name, options=False)}` | {COMMANDS[name]} |" for name in FIRST]
    return "\n".join(rows) + "\n"


def commands() -> str:
    """Each command with its arguments, its options and what it says about itself."""
    return "\n".join(map(_section, COMMANDS))


def _section(name: str) -> str:
    command = _command(name)
    options = [each for each in command.params if isinstance(each, click.Option)]
    parts = [f"## `tooltrace {name}`", f"```\n{_usage(name)}\n```", _prose(command.help or "")]
    if options:
        rows = "".join(f"| {_flag(option)} | {_help(option)} |\n" for option in options)
        parts.append(f"| option | |\n| --- | --- |\n{rows.rstrip()}")
    return "\n\n".join(parts) + "\n"


def _command(name: str) -> click.Command:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    return command


def _usage(name: str, *, options: bool = True) -> str:
    command = _command(name)
    context = click.Context(command, info_name=name)
    pieces = [each for param in command.params for each in param.get_usage_pieces(context)]
    has = any(isinstance(each, click.Option) for each in command.params)
    return " ".join(["tooltrace", name, *(["[OPTIONS]"] if has and options else []), *pieces])


def _prose(text: str) -> str:
    """Click's help as Markdown: options are code."""
    text = re.sub(r"(?<![\w`-])(--[a-z][a-z-]*)", r"`\1`", text.replace("\b\n", ""))
    paragraphs = text.replace("<", "&lt;").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _flag(option: click.Option) -> str:
    context = click.Context(click.Command("any"))
    name = ", ".join([*option.opts, *option.secondary_opts])
    value = "" if option.is_flag else f" {option.make_metavar(context)}"
    return f"`{name}{value}`".replace("|", "\\|")


def _help(option: click.Option) -> str:
    extra = option.get_help_extra(click.Context(click.Command("any")))
    told = [f"default: {extra['default']}"] if "default" in extra else []
    told += [extra["range"]] if "range" in extra else []
    told += ["may be given again"] if option.multiple else []
    said = (option.help or "").replace("|", "\\|")
    return f"{said} ({', '.join(told)})".strip() if told else said
