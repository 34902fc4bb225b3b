"""Bad input is one line on stderr and exit code 2, whatever the command; never a traceback."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import MAIN, assert_refused, call, environment, spawn
from tooltrace.cli.main import COMMANDS

BROKEN = "from tooltrace import Workflow\nx = = 1\n"
RAISES = "raise RuntimeError('boom\\x1b[2J')\n"
EXITS = "import sys\nsys.exit(3)\n"
NONE_IN_IT = "x = 1\n"
BAD_WORLD = """
from tooltrace import Workflow, say

def world(folder):
    raise KeyError("no such place")

w = Workflow("w", tools=[], input="go", policy=lambda seen: say("done"), world=world)
"""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["bogus"], ["no command 'bogus'", "demo, run, new, open, resample, show, list"]),
        (["bo\x1b[2Jgus"], ["no command", "\\u{1b}"]),
        (["--bogus"], ["No such option", "--help"]),
        (["run"], ["WORKFLOW", "tooltrace run --help"]),
        (["run", "nope", "--headless"], ["no workflow 'nope'", "refund"]),
        (["run", "nope.py:x", "--headless"], ["nope.py does not exist"]),
        (["run", "no.such.module:x", "--headless"], ["no workflow", "package.module:name"]),
        (["run", "refund", "--json"], ["--json goes with --headless"]),
        (["run", "refund", "--headless", "--base-url", "http://x"], ["--model MODEL-ID"]),
        (["run", "refund", "--break", "tool"], ["is no breakpoint", "tool:NAME"]),
        (["run", "refund", "--break", "if ("], ["("]),
        (["run", "refund", "--break", "tool:x if __import__('os')"], []),
        (["run", "refund", "--max-turns", "0"], ["--max-turns"]),
        (["run", "refund", "--max-turns", "many"], ["--max-turns"]),
        (["open"], ["FILE"]),
        (["open", "x.jsonl", "--at", "0"], ["--at"]),
        (["open", "x.jsonl", "--at", "x"], ["--at"]),
        (["show"], ["FILE"]),
        (["show", "none.jsonl"], ["none.jsonl does not exist"]),
        (["show", "."], ["is a folder"]),
        (["show", "x.jsonl", "extra"], ["extra"]),
        (["check"], ["PATHS"]),
        (["check", "none.jsonl"], ["none.jsonl does not exist"]),
        (["check", "."], ["no sessions"]),
        (["check", "x.jsonl", "--tools", "live"], ["--workflow REF"]),
        (["check", "x.jsonl", "--ignore", "x"], ["--tools live"]),
        (["check", "x.jsonl", "--junit", "no/x.xml"], ["there is no folder"]),
        (["list", "extra"], ["extra"]),
        (["prune"], ["FILES"]),
        (["prune", "none.jsonl"], ["none.jsonl does not exist"]),
        (["prune", "x.jsonl", "--keep", "-1"], ["--keep"]),
    ],
)
def test_usage_errors(
    arguments: list[str], words: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_refused(call(capsys, *arguments), *words)
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (BROKEN, ["flow.py:2", "SyntaxError"]),
        (RAISES, ["flow.py:1", "boom\\u{1b}[2J"]),
        (EXITS, ["SystemExit"]),
        (NONE_IN_IT, ["there is no Workflow in"]),
        (BAD_WORLD, ["the world of w cannot be made", "KeyError"]),
    ],
)
def test_a_workflow_file_that_cannot_be_used(source: str, words: list[str], here: Path) -> None:
    (here / "flow.py").write_text(source)
    run = ("run", "flow.py", "--headless", "--session", "s.jsonl")
    assert_refused(spawn(*run, cwd=here), *words)
    assert not (here / "s.jsonl").exists()


@pytest.mark.parametrize("point", ["tool:nope", "state:nope", "transition:nope->failed"])
def test_a_breakpoint_on_what_is_not_there(point: str, here: Path) -> None:
    said = spawn("run", "refund", "--headless", "--break", point, cwd=here)
    assert_refused(said, "refund has no", "'nope'", "there are:")
    assert not (here / "sessions").exists()


@pytest.mark.parametrize(
    ("arguments", "instead"),
    [
        ([], "tooltrace list"),
        (["demo"], "tooltrace run refund --headless"),
        (["run", "refund"], "tooltrace run refund --headless"),
        (["open", "x.jsonl"], "tooltrace show x.jsonl"),
    ],
)
def test_without_a_terminal_the_command_to_use_is_named(
    arguments: list[str], instead: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_refused(call(capsys, *arguments), "no terminal", instead)
    assert list(here.iterdir()) == []


def test_every_command_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        said = call(capsys, name, "--help")
        assert (said.code, said.err) == (0, "")
        assert said.out.startswith("Usage: ") and f" {name} " in said.out.splitlines()[0]
        assert call(capsys, name, "-h").out == said.out
    assert call(capsys, "--help").code == 0
    assert call(capsys, "-h").out == call(capsys, "--help").out
    assert call(capsys, "--version").out.startswith("tooltrace")


def test_a_session_that_is_there_is_not_overwritten(session: Path) -> None:
    before = session.read_bytes()
    said = spawn("run", "refund", "--headless", "--session", session, cwd=session.parent)
    assert_refused(said, "refund.jsonl exists already: choose another name")
    assert session.read_bytes() == before


def test_a_world_that_a_session_left_behind_is_not_taken_for_a_new_one(here: Path) -> None:
    run = ("run", "refund", "--headless", "--session", "s.jsonl")
    assert spawn(*run, cwd=here).code == 0
    (here / "s.jsonl").unlink()
    assert_refused(spawn(*run, cwd=here), "s.world", "remove it, or choose another name")
    assert not (here / "s.jsonl").exists()


def _obey_permissions() -> None:
    """Root may read and write anything: give that up, in the child that is about to begin."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (1, 2, 3):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def test_folders_and_files_that_must_not_be_touched(session: Path) -> None:
    folder = session.parent
    closed = folder / "closed"
    closed.mkdir()
    (closed / "s.jsonl").write_bytes(session.read_bytes())
    session.chmod(0)
    closed.chmod(0o500)
    options: dict[str, Any] = {"cwd": folder, "preexec_fn": _obey_permissions}
    try:
        assert_refused(spawn("show", session, **options), "permission denied")
        assert_refused(spawn("check", session, **options), "permission denied")
        run = ("run", "refund", "--headless", "--session")
        said = spawn(*run, closed / "new.jsonl", **options)
        assert_refused(said, "new.jsonl cannot be made", "permission denied")
        env = environment(folder, TOOLTRACE_SESSIONS=str(closed / "deeper"))
        said = spawn("run", "refund", "--headless", **options, env=env)
        assert_refused(said, "cannot be made", "permission denied", str(closed / "deeper"))
        assert_refused(said, "--session FILE", "TOOLTRACE_SESSIONS")
        # What can be read in there is read all the same.
        assert spawn("show", closed / "s.jsonl", **options).code == 0
    finally:
        closed.chmod(0o700)
        session.chmod(0o600)
    assert [path.name for path in closed.iterdir()] == ["s.jsonl"]


def test_names_that_no_terminal_should_see_are_spelled_out(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = session.with_name("a\x1b]0;owned\x07\u202eb\udcff.jsonl")
    session.rename(odd)
    for command in ("show", "check"):
        said = call(capsys, command, odd)
        assert said.code == 0
        for text in (said.out, said.err):
            assert all(char.isprintable() or char == "\n" for char in text)
    assert_refused(call(capsys, "show", f"{odd}\n\x9b2J"), "\\u{1b}", "\\u{9b}")


def test_an_encoding_without_our_letters_is_no_reason_to_fail(session: Path) -> None:
    env = environment(session.parent, PYTHONIOENCODING="latin-1")
    said = spawn("show", session, cwd=session.parent, env=env, fresh=True)
    assert (said.code, said.err) == (0, "")
    assert "\\u2713  fetch_order" in said.out


@pytest.mark.parametrize("command", ["show", "check", "list", "--help"])
def test_output_that_nobody_takes(command: str, session: Path) -> None:
    arguments = [command, str(session)] if command in ("show", "check") else [command]
    read, write = os.pipe()
    os.close(read)
    try:
        said = spawn(*arguments, cwd=session.parent, stdout=write)
    finally:
        os.close(write)
    assert (said.code, said.err) == (1, "")
    with Path("/dev/full").open("wb") as full:
        said = spawn(*arguments, cwd=session.parent, stdout=full)
    assert_refused(said, "No space left on device")


def test_streams_that_are_closed(session: Path) -> None:
    script = 'exec "$0" -c "$1" show "$2" <&- >&- 2>&-'

    done = subprocess.run(["sh", "-c", script, sys.executable, MAIN, str(session)], timeout=60)
    assert done.returncode == 0
