"""A run that begins has a name of its own; one that could not begin, or in which nothing happened,
leaves no session and no world."""

from __future__ import annotations

import os
import signal
import threading
from errno import ENOLCK
from pathlib import Path

import pytest

from tests.cli.calling import assert_refused, call, environment, lines_of, spawn, start
from tooltrace.assemble import load_code, new_run
from tooltrace.core.model.errors import NotSaved, ToolTraceError
from tooltrace.core.model.events import Settings
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.world.world_owner import adopt, folder_beside
from tooltrace.store.files import Files

Capsys = pytest.CaptureFixture[str]
RUN = ("run", "refund", "--headless", "--session", "s.jsonl")

NO_WORLD = """
from pathlib import Path
from tooltrace import Workflow, say, tool

@tool(read_only=True)
def look() -> str:
    "Look."
    return "x"

def world(folder):
    (folder / "half").mkdir()
    (folder / "half" / "made").write_text("x")
    (folder / "link").symlink_to(Path("outside").absolute())
    raise RuntimeError("no world today")

broken = Workflow("broken", tools=[look], policy=lambda s: say("Hi"), input="Hi", world=world)
"""


def begun(folder: Path) -> Debugger:
    return new_run(load_code("refund"), folder / "s.jsonl", Settings())


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# nothing happened


def test_nothing_stays_of_a_run_that_was_left_before_its_first_step(here: Path) -> None:
    debugger = begun(here)
    assert names(here) == {"s.jsonl", "s.world"}
    debugger.submit.goto(1).result(10)
    debugger.close(remember=True)
    assert names(here) == set()
    assert debugger.session.file is None


@pytest.mark.parametrize("command", ["step", "bookmark", "fork"])
def test_what_was_done_stays(command: str, here: Path) -> None:
    debugger = begun(here)
    match command:
        case "step":
            debugger.submit.step().result(10)
        case "bookmark":
            debugger.submit.notes.bookmark(1, "here").result(10)
        case _:
            debugger.submit.edit.fork("other").result(10)
    debugger.close(remember=True)
    assert {"s.jsonl", "s.world"} == names(here)


def test_a_run_that_nobody_watches_stays(here: Path) -> None:
    begun(here).close()
    assert {"s.jsonl", "s.world"} == names(here)


def test_an_empty_file_that_was_there_stays_as_it_was(here: Path) -> None:
    (here / "s.jsonl").touch()
    begun(here).close(remember=True)
    assert names(here) == {"s.jsonl"}
    assert (here / "s.jsonl").read_bytes() == b""


# could not begin


def test_a_world_that_cannot_be_made_leaves_nothing(here: Path) -> None:
    (here / "flow.py").write_text(NO_WORLD)
    (here / "outside").mkdir()
    (here / "outside" / "kept").write_text("x")
    before = names(here)
    said = spawn("run", "flow.py", "--headless", "--session", "s.jsonl", cwd=here)
    assert_refused(said, "no world today")
    assert names(here) - {"__pycache__"} == before
    assert (here / "outside" / "kept").read_text() == "x"
    # An empty folder that was there is no session's; one that holds something is not begun in.
    (here / "s.world").mkdir()
    (here / "s.world" / "theirs").write_text("x")
    said = spawn("run", "flow.py", "--headless", "--session", "s.jsonl", cwd=here)
    assert_refused(said, "was left by a session that is gone")
    assert (here / "s.world" / "theirs").read_text() == "x"


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
def test_a_disk_that_fails_while_it_begins_leaves_nothing(
    number: int, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0

    def failing(self: Files, fd: int, data: bytes) -> int:
        nonlocal count
        count += 1
        if count == number:
            raise OSError(28, "No space left on device")
        return os.write(fd, data)

    monkeypatch.setattr(Files, "write", failing)
    try:
        debugger = begun(here)
    except ToolTraceError as error:
        assert "No space left" in str(error) or "no space left" in str(error)
        assert names(here) == set()
    else:
        assert number > count
        debugger.close()


def test_what_is_refused_before_it_begins_makes_no_folder(here: Path, capsys: Capsys) -> None:
    (here / "flow.py").write_text(NO_WORLD.replace('policy=lambda s: say("Hi"), ', ""))
    said = call(capsys, "run", "flow.py", "--headless", "--session", "new/s.jsonl")
    assert_refused(said, "no scripted policy")
    assert not (here / "new").exists()


# begun anew


def test_an_empty_session_is_named_so_and_begun_anew(here: Path, capsys: Capsys) -> None:
    (here / "s.jsonl").touch()
    assert_refused(call(capsys, "show", "s.jsonl"), "s.jsonl is empty, nothing was recorded")
    said = spawn(*RUN, cwd=here)
    assert said.code == 0, said
    assert len(lines_of(here / "s.jsonl")) > 10
    assert_refused(spawn(*RUN, cwd=here), "s.jsonl exists already")


def test_killed_while_the_world_was_made_it_is_begun_anew(here: Path, capsys: Capsys) -> None:
    file = here / "s.jsonl"
    file.touch()
    world = adopt(file, "the one that was killed")
    (world / "shop.sqlite").write_text("half a database")
    assert spawn(*RUN, cwd=here).code == 0
    assert call(capsys, "check", "s.jsonl").code == 0


def test_an_empty_session_beside_the_world_of_somebody_else(here: Path) -> None:
    (here / "s.jsonl").touch()
    (folder_beside(here / "s.jsonl")).mkdir()
    (here / "s.world" / "shop.sqlite").write_text("theirs")
    assert_refused(spawn(*RUN, cwd=here), "was left by a session that is gone")
    assert (here / "s.world" / "shop.sqlite").read_text() == "theirs"
    assert (here / "s.jsonl").read_bytes() == b""


# names


def test_six_runs_begun_at_once_have_six_names(here: Path) -> None:
    (here / "sessions").mkdir()
    code = load_code("refund")
    debuggers: list[Debugger] = []
    wrong: list[Exception] = []
    gate = threading.Barrier(6)

    def begin() -> None:
        gate.wait()
        try:
            debuggers.append(new_run(code, None, Settings()))
        except Exception as error:  # noqa: BLE001
            wrong.append(error)

    for _ in range(5):
        threads = [threading.Thread(target=begin) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert {d.session.file.name for d in debuggers if d.session.file} == {
        f"refund-{number:04}.jsonl" for number in range(1, 31)
    }
    for debugger in debuggers:
        debugger.close()


@pytest.mark.long
def test_six_processes_at_once_have_six_names(here: Path) -> None:
    begun = [start("run", "refund", "--headless", cwd=here) for _ in range(6)]
    for process in begun:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, (out, err)
    sessions = here / "sessions"
    assert {path.name for path in sessions.glob("*.jsonl")} == {
        f"refund-{number:04}.jsonl" for number in range(1, 7)
    }
    assert len(list(sessions.glob("*.world"))) == 6


def test_a_folder_that_cannot_be_written_is_told_at_once(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "file").touch()
    monkeypatch.setenv("TOOLTRACE_SESSIONS", str(here / "file" / "below"))
    with pytest.raises(NotSaved, match="cannot be made"):
        new_run(load_code("refund"), None, Settings())


# without locks


def test_without_locks_a_run_starts_and_says_so_once(
    here: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def none(self: Files, fd: int) -> None:
        raise OSError(ENOLCK, "No locks available")

    monkeypatch.setattr(Files, "lock", none)
    debugger = begun(here)
    assert [p for p in debugger.view().problems if "knows no locks" in p]
    assert debugger.submit.step().result(10).kind == "step"
    debugger.close()


# interrupted


@pytest.mark.long
def test_killed_in_the_middle_of_beginning_it_can_be_begun_again(here: Path) -> None:
    """At whatever moment: the same command works, or says what is in its way."""
    for number in range(4):
        file = f"s{number}.jsonl"
        process = start(*RUN[:-1], file, cwd=here, env=environment(here))
        while not (here / file).exists() and process.poll() is None:
            pass
        process.send_signal(signal.SIGKILL)
        process.communicate()
        said = spawn(*RUN[:-1], file, cwd=here)
        begun = (here / file).stat().st_size > 0
        if begun:
            assert said.code == 0 or "exists already" in said.err, said
        else:  # Killed inside the author's own code, before its folder could say whose it is.
            assert_refused(said, "was left by a session that is gone")
