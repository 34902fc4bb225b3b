"""Whatever a session file holds: looking at it runs nothing, changes nothing, and ends well."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import Said, call
from tests.cli.hostile import altered, hostile_files
from tooltrace.assemble import reopen
from tooltrace.core.model.errors import ToolTraceError

SEEDS = 60
UNREADABLE = {
    "empty",
    "blank",
    "png",
    "other json",
    "array",
    "half a line",
    "newer",
    "folder",
    "link",
    "missing",
}


@pytest.fixture
def lines(recorded: Path) -> list[bytes]:
    return recorded.read_bytes().splitlines(keepends=True)


def assert_harmless(said: Said) -> None:
    """Nothing that a terminal could act on, and not a word about our own insides."""
    for text in (said.out, said.err):
        assert all(char.isprintable() or char == "\n" for char in text)
        assert "Traceback" not in text


@pytest.mark.long
def test_every_fault_ends_in_a_table_or_in_one_line(
    lines: list[bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = hostile_files(tmp_path, lines)
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    for name, path in files.items():
        for command in (["show"], ["show", "--json"], ["check"], ["check", "--json"]):
            said = call(capsys, *command, path)
            assert_harmless(said)
            if name in UNREADABLE:
                assert said.code == 2, (name, command)
                assert said.err.count("\n") == 1, (name, said.err)
                if "--json" not in command:
                    assert said.out == ""
            elif name == "no root" and command[0] == "check":
                assert said.code == 2 and "where its run begins" in said.err, said
            else:
                assert said.code == 0 or (said.code == 1 and command[0] == "check"), (name, command)
                assert said.out
            if "--json" in command:
                assert said.code == 2 or said.objects
    assert {path: path.read_bytes() for path in before} == before


def test_every_fault_can_be_opened_and_walked_through_or_is_refused(
    lines: list[bytes], tmp_path: Path
) -> None:
    for name, path in hostile_files(tmp_path, lines).items():
        before = path.read_bytes() if path.is_file() else b""
        try:
            debugger = reopen(path)
        except ToolTraceError as error:
            assert name in UNREADABLE
            assert str(error).isprintable() and len(str(error)) < 400
            continue
        assert name not in UNREADABLE
        for _ in range(3):
            assert debugger.submit.back().result(10).kind != "error"
        assert debugger.submit.go().result(10).kind in (
            "end",
            "no_code",
            "await",
            "finished",
            "error",
        )
        view = debugger.view()
        assert view.head in view.tree
        debugger.close()
        # Going on may have added what needs no code; what was there stands where it stood.
        assert path.read_bytes().startswith(before)


@pytest.mark.long
def test_values_that_are_not_what_they_should_be(
    lines: list[bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "altered.jsonl"
    for seed in range(SEEDS):
        path.write_bytes(altered(lines, random.Random(seed)))
        for command in ("show", "check"):
            said = call(capsys, command, path, "--json")
            assert said.code in (0, 1, 2), seed
            assert_harmless(said)
        try:
            debugger = reopen(path)
        except ToolTraceError:
            continue
        tip = debugger.view().tip
        assert debugger.submit.goto(tip).result(10).kind == "step", seed
        assert debugger.view().head == tip
        debugger.close()


EVIL = "open('executed', 'w').close()\nraise SystemExit(7)\n"
WATCH = """
import json, os, pathlib, sys
import tooltrace.core.text.redact_named_values  # Loaded where a text has a name that tells.
from tooltrace.cli import main
from tooltrace.assemble import reopen
from tooltrace.core.model.errors import ToolTraceError

def look(*command):
    try:
        main(list(command))
    except SystemExit:
        pass

def visit(path):
    for command in (["show"], ["show", "--json"], ["check"], ["coverage"]):
        look(*command, path)
    try:
        debugger = reopen(pathlib.Path(path))
    except ToolTraceError:
        return
    debugger.submit.back().result(10)
    debugger.submit.goto(debugger.view().path[0]).result(10)
    debugger.view()
    debugger.close()

benign, damaged, *paths = sys.argv[1:]
for path in (benign, damaged):
    visit(path)  # What is loaded late is loaded now.
look("list")

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORBIDDEN = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove",
    "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.symlink", "os.truncate",
    "os.utime", "os.putenv", "shutil.", "socket.connect", "socket.bind", "socket.getaddrinfo",
    "socket.gethostby", "socket.sendto", "urllib.", "ctypes.", "code.__new__", "pickle.",
    "import", "exec", "marshal.", "sqlite3.", "webbrowser.", "pty.")
seen = []
sessions = set(paths)

def hook(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        # The journal asks for its own file in a way that could write; that it does not is seen
        # from the file.
        if flags & WRITES and str(path) not in sessions:
            seen.append([event, str(path)])
    elif event.startswith(FORBIDDEN):
        seen.append([event, repr(arguments)[:200]])

sys.addaudithook(hook)
for path in paths:
    visit(path)
look("list")  # All of them at once.
print(json.dumps(seen), file=sys.__stderr__)
os._exit(0)
"""


@pytest.mark.long
def test_looking_is_not_running(lines: list[bytes], tmp_path: Path) -> None:
    (tmp_path / "evil.py").write_text(EVIL)
    (tmp_path / "refund.py").write_text(EVIL)
    root = json.loads(lines[0])
    root["event"]["ref"] = "evil.py:w"
    root.pop("crc")
    lines = [json.dumps(root).encode() + b"\n", *lines[1:]]
    sessions = tmp_path / "sessions"
    sessions.mkdir()
    files = hostile_files(sessions, lines)
    benign, damaged = tmp_path / "benign.jsonl", tmp_path / "damaged.jsonl"
    benign.write_bytes(b"".join(lines))
    shutil.copy(files["hole"], damaged)
    before = {path: path.read_bytes() for path in sessions.iterdir() if path.is_file()}
    listed = set(tmp_path.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-c", WATCH, benign, damaged, *files.values()],
        capture_output=True,
        cwd=tmp_path,
        timeout=120,
    )
    last = done.stderr.splitlines()[-1] if done.stderr else b"nothing"
    assert last == b"[]", done.stderr[-3000:].decode()
    assert {path: path.read_bytes() for path in before} == before
    assert set(tmp_path.rglob("*")) == listed
