"""Commands on files of other programs: they work on them as on sessions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import MAIN, spawn
from tests.cli.calling import call as called
from tests.cli.test_follow import following, line_of
from tests.formats.importers.files import assistant, call, lines_file, person, result, tool_result

DONE = {"type": "text", "text": "done"}


def claude(folder: Path, name: str = "session.jsonl", word: str = "found") -> Path:
    lines = [
        person("u1", None, "go"),
        assistant("a1", "u1", "m1", call("t1", path="x.py"), call("t2", "Bash"), stop="tool_use"),
        result("r1", "a1", tool_result("t1", word)),
        {"type": "summary", "summary": "about it", "leafUuid": "a2"},
        person("u2", "r1", "stop that"),
        assistant("a2", "u2", "m2", DONE, stop="end_turn"),
    ]
    return lines_file(folder, lines, name)


@pytest.fixture
def file(here: Path) -> Path:
    return claude(here)


def test_show_prints_the_calls_and_says_what_was_read(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    said = called(capsys, "show", file)
    assert said.code == 0
    assert "x.py" in said.out and "imported" in said.out
    assert "2 calls, 1 result" in said.err
    assert "1 kept as unknown (1 summary)" in said.err
    assert "1 unanswered" in said.err
    about, *calls = called(capsys, "show", file, "--json").objects
    assert about["workflow"] == "claude-code"
    assert [one["tool"] for one in calls] == ["Read", "Bash"]


def test_diff_export_and_check_take_it_too(
    capsys: pytest.CaptureFixture[str], file: Path, here: Path
) -> None:
    other = claude(here, "other.jsonl", "nothing")
    assert called(capsys, "diff", file, file).code == 0
    differs = called(capsys, "diff", file, other)
    assert differs.code == 1 and "nothing" in differs.out
    exported = json.loads(called(capsys, "export", file, "--to", "messages").out)
    assert exported["model"] == "claude-opus-4-5"
    assert exported["messages"][0] == {"role": "user", "content": [{"type": "text", "text": "go"}]}
    assert called(capsys, "check", file).code == 0


def test_import_makes_sessions_and_counts(
    capsys: pytest.CaptureFixture[str], file: Path, here: Path
) -> None:
    said = called(capsys, "import", file, "-o", here / "out")
    assert said.code == 0
    assert "claude_code, 1 run, 2 replies, 2 calls, 1 result" in said.out
    session = here / "out" / "session.jsonl"
    assert [path.name for path in (here / "out").iterdir()] == ["session.jsonl"]
    assert called(capsys, "check", session).code == 0
    again = called(capsys, "import", file, "-o", here / "out")
    assert again.code == 2
    assert "is there already" in again.err


def test_import_goes_on_with_the_other_files(
    capsys: pytest.CaptureFixture[str], file: Path, here: Path
) -> None:
    odd = here / "odd.txt"
    odd.write_text("no recording\n")
    said = called(capsys, "import", odd, file, "-o", here / "out", "--json")
    assert said.code == 1
    unreadable, imported = said.objects
    assert "in no format that is known here" in unreadable["why"]
    assert (imported["format"], imported["counts"]["calls"]) == ("claude_code", 2)


def test_from_names_the_format_and_refuses_what_there_is_none_of(
    capsys: pytest.CaptureFixture[str], file: Path, here: Path
) -> None:
    said = called(capsys, "import", file, "-o", here / "out", "--from", "claude_code")
    assert said.code == 0
    wrong = called(capsys, "import", file, "-o", here / "out2", "--from", "telegram")
    assert wrong.code == 2
    assert "there is no format 'telegram'" in wrong.err and "claude_code" in wrong.err


def test_a_folder_and_a_missing_file_are_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    for path, why in [(here, "is a folder"), (here / "no", "cannot be opened")]:
        said = called(capsys, "import", path, "-o", here / "out")
        assert said.code == 2 and why in said.err
    assert not (here / "out").exists()


def test_what_looks_loads_no_client_and_no_screen(file: Path, here: Path) -> None:
    heavy = "[name for name in ('textual', 'anthropic', 'yaml') if name in sys.modules]"
    code = f"import atexit, sys; atexit.register(lambda: print({heavy}, file=sys.stderr))\n{MAIN}"
    done = subprocess.run(
        [sys.executable, "-c", code, "show", file], capture_output=True, text=True, cwd=here
    )
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_terminal_sees_none_of_the_escapes_in_it(file: Path, here: Path) -> None:
    hostile = claude(here, "hostile.jsonl", "\x1b]52;c;aGVsbG8=\x07\x1b[2J\u202e")
    said = spawn("show", hostile, "--json", cwd=here)
    assert said.code == 0
    shown = spawn("diff", hostile, file, cwd=here)
    assert "\x1b" not in said.out + said.err + shown.out + shown.err
    assert "\u202e" not in shown.out


def test_what_another_program_adds_is_told_while_it_is_written(file: Path) -> None:
    os.utime(file, (1_700_000_000, 1_700_000_000))  # Nobody writes to it.
    with following(file) as process:
        while "done" not in line_of(process):
            pass
        more = json.dumps(person("u3", "a2", "And now this."))
        with file.open("a", encoding="utf-8") as growing:
            growing.write(more[:40])
            growing.flush()
            growing.write(f"{more[40:]}\n")
        while "And now this" not in (line := line_of(process)):
            assert line
