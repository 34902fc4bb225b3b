"""``tooltrace``: the group of commands, and the one place that turns errors into exit codes.

0 done; 1 ran, and the answer is bad; 2 could not be done.
"""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
import threading
from types import TracebackType
from typing import Literal, NoReturn, TextIO

import click

from tooltrace import __version__
from tooltrace.cli.look_options import DRAWN, LOOKS, with_looks, without_looks
from tooltrace.core.model.errors import ToolTraceError
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.given_paths import begun_here

__all__ = ["main"]

_HELP = ["-h", "--help"]

COMMANDS = {
    "demo": "The refund workflow, offline, paused at its first step.",
    "run": "Run a workflow: a shipped name, file.py:name or package.module:name.",
    "new": "A workflow to begin with, in a new file.",
    "open": "Step through a recorded session.",
    "resample": "Ask the model k times what comes next, and count.",
    "show": "The tool calls of a session as a table.",
    "list": "Shipped workflows and recorded sessions.",
    "diff": "Two branches or two sessions, step by step.",
    "check": "Replay sessions headless and name every divergence.",
    "coverage": "What of a workflow its sessions went through, and what they never did.",
    "graph": "The states and transitions of a workflow or a session, drawn.",
    "grep": "Records of sessions that hold a text.",
    "prune": "Remove snapshots of the world that no branch needs.",
    "rm": "Remove sessions with their worlds and payloads.",
    "mv": "Give a session another name or place, with its world and payloads.",
    "config": "Write the configuration file, and say where it is.",
    "scenario": "The faults injected in a session as a file for run --scenario.",
    "attach": "Record what an agent that others wrote asks its model.",
    "import": "Sessions from recordings of other programs.",
    "export": "A branch in a format that others read: messages, chat, markdown.",
    "serve": "The app in a browser of this machine.",
}


class _Lazy(click.Group):
    """Loads a command's file when the command is called; ``--help`` needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"tooltrace.cli.commands.{cmd_name}")
        command: click.Command = module.command
        return with_looks(command, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            known = ", ".join(COMMANDS)
            raise click.UsageError(f"there is no command {one_line(args[0])!r}; there are: {known}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Lazy,
    params=list(LOOKS),
    invoke_without_command=True,
    context_settings={"help_option_names": _HELP},  # Commands have them from here.
)
@click.version_option(__version__, prog_name="tooltrace")
@click.pass_context
def group(ctx: click.Context) -> None:
    """The debugger for tool-calling agents.

    Step through an agent loop, edit a tool result before the model reads it, go back, fork, replay
    a saved session without an API key. Without a command: the home screen.
    """
    if ctx.invoked_subcommand is None:
        from tooltrace.cli.commands.home import home

        ctx.exit(home())


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit. Bad input is one line on stderr, never a traceback.

    Without ``args`` this is the whole process, not called from another program.
    """
    _write_anything()
    sys.excepthook = _crash
    threading.excepthook = _crash_of_thread
    with begun_here():
        _run(args)


def _run(args: list[str] | None) -> NoReturn:
    if args is not None:
        _main(args)
    from tooltrace.cli.process.garbage_collection import collect_seldom

    collect_seldom()
    try:
        supervised = _supervised(sys.argv[1:])
    except KeyboardInterrupt:
        _fail("tooltrace: interrupted")
    if not supervised:
        if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        _main(args)
    from tooltrace.cli.process.supervised import tell

    try:
        _main(args)
    except SystemExit:
        if supervised == "drawn":
            _say_no_more()
        raise
    finally:
        tell("B")


def _say_no_more() -> None:
    """All is said: what the workflow's code writes while Python ends reaches nobody's terminal."""
    null = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(null, descriptor)


def _supervised(args: list[str]) -> Literal["drawn", "headless"] | None:
    """Go on as a child, where tools may run or the terminal is drawn on; which, if it was done."""
    args = without_looks(args)
    if args[:1] not in ([], *([name] for name in DRAWN)) or set(_HELP) & set(args):
        return None
    if sys.gettrace() is not None or threading.active_count() > 1:
        return None  # A debugger follows this process, and would lose it.
    headless = args[:1] == ["run"] and "--headless" in args
    terminal = all(_is_terminal(stream) for stream in (sys.stdin, sys.stderr))
    if not headless and not terminal:
        return None  # There is nothing to draw on, which is said at once.
    from tooltrace.cli.process.split import split

    split(terminal and not headless)
    return "headless" if headless else "drawn"


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _main(args: list[str] | None) -> NoReturn:
    try:
        code = group.main(args, standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.UsageError as error:
        where = (
            f"tooltrace {error.ctx.info_name}" if error.ctx and error.ctx.parent else "tooltrace"
        )
        _fail(f"{where}: {error.format_message()} (try {where} --help)")
    except click.ClickException as error:
        _fail(f"tooltrace: {error.format_message()}")
    except ToolTraceError as error:
        _fail(f"tooltrace: {error}")
    except (KeyboardInterrupt, click.Abort):
        _fail("tooltrace: interrupted")
    except BrokenPipeError:
        # Whoever read our output is gone; Python would complain again while closing stdout.
        _forget_stdout()
        sys.exit(1)
    except OSError as error:
        _forget_stdout()
        _fail(f"tooltrace: {error.filename or 'the output'}: {error.strerror or error}")
    sys.exit(code if isinstance(code, int) else 0)


def _write_anything() -> None:
    """What an encoding has no letter for is spelled out, instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A fault in tooltrace itself says why, without saying a secret."""
    from tooltrace.cli.crash import tell_crash

    tell_crash(kind, error, trace)


def _crash_of_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is not SystemExit and args.exc_value is not None:
        _crash(args.exc_type, args.exc_value, args.exc_traceback)


def _forget_stdout() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _fail(text: str) -> NoReturn:
    try:
        from tooltrace.debugger.session.secrets import hide

        click.echo(one_line(hide(text)), err=True)
    except OSError:
        pass  # Nobody reads stderr; the exit code still tells.
    sys.exit(2)
