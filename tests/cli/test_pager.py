from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import click
import pytest

from tests.cli.calling import call
from tooltrace.cli.pager import paged, pager_command

ENV = {"PATH": "/usr/bin:/bin", "TERM": "xterm"}


class Terminal(io.StringIO):
    """Standard output as a terminal has it."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """One of five lines, twenty cells wide."""
    for name, value in {"LINES": "5", "COLUMNS": "20", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    return Terminal()


@contextmanager
def printing(stdout: io.StringIO) -> Iterator[None]:
    """What is said meanwhile goes through a pager there."""
    stderr = Terminal()
    with redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            with paged():
                yield
        finally:
            assert sys.stdout is stdout and sys.stderr is stderr


@pytest.fixture
def pager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a pager writes what it was given."""
    file = tmp_path / "paged"
    monkeypatch.setenv("PAGER", f"cat > '{file}'")
    return file


@pytest.mark.parametrize(
    ("environ", "command"),
    [
        ({"PAGER": "cat -n"}, ["cat", "-n"]),
        ({"PAGER": "nothing-of-that-name", "TOOLTRACE_PAGER": "cat -n"}, ["cat", "-n"]),
        ({"PAGER": "cat | tac"}, ["sh", "-c", "cat | tac"]),
        ({"PAGER": "cat"}, []),
        ({"PAGER": ""}, []),
        ({"TOOLTRACE_PAGER": " ", "PAGER": "cat -n"}, []),
        ({"PAGER": "nothing-of-that-name"}, []),
        ({"PAGER": "cat 'open"}, []),
        ({"PAGER": "cat -n", "TERM": "dumb"}, []),
        ({"PATH": ""}, []),
    ],
)
def test_which_pager_it_is(environ: dict[str, str], command: list[str]) -> None:
    assert pager_command(ENV | environ) == command


@pytest.mark.parametrize(
    ("lines", "long"),
    [
        *[(["a"] * 4, False), (["a"] * 5, True), (["a" * 20] * 4, False), (["a" * 21] * 3, True)],
        *[([click.style("a" * 20, fg="red")] * 4, False), (["漢" * 10] * 4, False)],
    ],
)
def test_only_what_is_longer_than_the_terminal_goes_to_a_pager(
    terminal: Terminal, pager: Path, lines: list[str], long: bool
) -> None:
    with printing(terminal):
        for line in lines:
            click.echo(line)
        click.echo("trouble", err=True)
    text = "".join(f"{line}\n" for line in lines)
    if long:
        assert pager.read_text() == f"{text}trouble\n" and terminal.getvalue() == ""
    else:
        assert not pager.exists() and terminal.getvalue() == text


def test_a_pipe_has_no_pager(terminal: Terminal, pager: Path) -> None:
    pipe = io.StringIO()
    with printing(pipe):
        click.echo("a\n" * 100)
    assert pipe.getvalue() == "a\n" * 100 + "\n" and not pager.exists()


def test_leaving_the_pager_early_ends_the_command_well(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", "true")
    said = 0
    with pytest.raises(click.exceptions.Exit) as ended, printing(terminal):
        while said < 100_000:
            click.echo("a line of some length")
            said += 1
    assert ended.value.exit_code == 0 and said < 100_000


def test_what_goes_wrong_meanwhile_is_still_said_afterwards(
    terminal: Terminal, pager: Path
) -> None:
    with pytest.raises(ValueError, match="wrong"), printing(terminal):
        click.echo("a\n" * 10)
        raise ValueError("wrong")
    assert pager.read_text() == "a\n" * 10 + "\n"


def test_ascii_is_for_what_is_drawn_and_never_for_json(
    recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["show"], ["graph"], ["coverage"], ["diff", recorded, "--all"], ["check"]):
        name, *more = command
        plain = call(capsys, name, recorded, *more)
        drawn = call(capsys, name, recorded, *more, "--ascii")
        assert drawn.out.isascii() and drawn.code == plain.code
        assert len(drawn.out) == len(plain.out)
    assert not call(capsys, "show", recorded).out.isascii()
    said = [call(capsys, "show", recorded, "--json", *more) for more in ([], ["--ascii"])]
    assert said[0].out == said[1].out
