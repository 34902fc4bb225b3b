"""What is seen in colour on a terminal, and how far something has come; a pipe has neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import call, spawn
from tests.terminal.pty_app import PtyApp

RED, GREEN, YELLOW = (b"\x1b[31m", b"\x1b[32m", b"\x1b[33m")
DEMOS = Path(__file__).parents[2] / "sessions"
EDITED = DEMOS / "demo-refund-edited.jsonl"

SLOW = """
import time
from tooltrace import Workflow, say, tool

@tool(read_only=True)
def look() -> int:
    return 1

def policy(seen):
    time.sleep(0.15)
    return say("Done.")

slow = Workflow("slow", tools=[look], policy=policy, input="Go.")
"""


@pytest.mark.parametrize(
    ("arguments", "code", "seen"),
    [
        (("show", EDITED), 0, [GREEN + b"completed in complete"]),
        (("check", EDITED), 0, [GREEN + b"ok  "]),
        (("check", EDITED, EDITED.with_name("demo-loan.jsonl")), 0, [GREEN + b"all as recorded"]),
        (
            ("diff", EDITED, f"{EDITED}@too-late"),
            1,
            [RED + b"true\x1b[0m \xe2\x86\x92 " + GREEN + b"false", YELLOW + "≠".encode()],
        ),
        (
            ("coverage", EDITED),
            0,
            [YELLOW + "○ never".encode(), GREEN + "✓ ".encode(), RED + b"failed"],
        ),
        (("grep", "1001", EDITED), 0, [b"\x1b[31m\x1b[1m1001", b"\x1b[32m1\x1b[0m: run_started"]),
    ],
)
def test_a_terminal_has_colours_and_a_pipe_has_none(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[object, ...],
    code: int,
    seen: list[bytes],
) -> None:
    texts = tuple(map(str, arguments))
    with PtyApp(*texts, cwd=tmp_path, size=(140, 40)) as app:
        app.ended(code)
        assert [each for each in seen if each not in app.raw] == []
    piped = call(capsys, *texts)
    assert piped.code == code and "\x1b" not in piped.out
    assert all(line == line.rstrip() for line in piped.out.splitlines())


def test_how_many_have_answered_is_seen_while_the_model_is_asked(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    run = ("run", "slow.py:slow", "--headless", "--session", "s.jsonl")
    assert spawn(*run, cwd=tmp_path).code == 0
    ask = ("resample", "s.jsonl@2", "--workflow", "slow.py:slow", "--k", "3")
    with PtyApp(*ask, cwd=tmp_path, size=(100, 40)) as app:
        app.ended(0)
        assert b"asking the model" in app.raw and b"1/3" in app.raw
        assert "asking the model" not in app.text and "3/3" in app.text
    said = spawn(*ask, cwd=tmp_path)
    assert said.code == 0 and said.err == "" and "asking" not in said.out
