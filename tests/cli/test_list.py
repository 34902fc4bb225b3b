"""``list`` names every session it finds, the unreadable ones too, and is quick about large ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.calling import call
from tests.cli.hostile import hostile_files
from tooltrace.cli.commands import list as list_command


@pytest.fixture
def sessions(here: Path, recorded: Path) -> Path:
    """./sessions with one good session in it."""
    folder = here / "sessions"
    folder.mkdir()
    (folder / "refund-0001.jsonl").write_bytes(recorded.read_bytes())
    return folder


def test_nothing_yet(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = call(capsys, "list")
    assert (said.code, said.err) == (0, "")
    for name in ("refund", "loan", "release", "backfill"):
        assert f"  {name}" in said.out
    assert "none yet: tooltrace demo" in said.out
    assert list(here.iterdir()) == []


def test_a_session_in_one_line(sessions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = call(capsys, "list").out.splitlines()[-1]
    assert "refund-0001.jsonl" in row
    assert "completed in complete" in row
    assert "4 calls" in row
    assert "2026-" in row or "20" in row


def test_json(sessions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sessions / "empty.jsonl").touch()
    found = call(capsys, "list", "--json").objects
    assert [each["name"] for each in found if each["type"] == "workflow"] == (
        ["refund", "loan", "release", "backfill"]
    )
    one = next(each for each in found if each["type"] == "session")
    assert one["session"] == "sessions/refund-0001.jsonl"
    assert (one["workflow"], one["outcome"], one["state"], one["tool_calls"]) == (
        ("refund", "completed", "complete", 4)
    )
    other = next(each for each in found if each["type"] == "unreadable")
    assert "is empty" in other["why"]


def test_sessions_that_cannot_be_read_are_named(
    sessions: Path, recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = hostile_files(sessions, recorded.read_bytes().splitlines(keepends=True))
    before = {path: path.read_bytes() for path in sessions.iterdir() if path.is_file()}
    said = call(capsys, "list", "--json")
    listed = [each["session"] for each in said.objects if each["type"] != "workflow"]
    expected = {f"sessions/{path.name}" for path in sessions.iterdir()}
    assert sorted(listed) == sorted(expected)
    told = call(capsys, "list")
    assert (told.code, told.err) == (0, "")
    assert all(char.isprintable() or char == "\n" for char in told.out)
    for name in ("empty", "png", "newer", "folder", "link"):
        row = next(line for line in told.out.splitlines() if f" {files[name].name} " in line)
        assert "unreadable" in row
    assert {path: path.read_bytes() for path in before} == before


def test_the_newest_come_first_and_the_rest_is_counted(
    sessions: Path, recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = recorded.read_bytes()
    for number in range(list_command.MOST + 5):
        path = sessions / f"s{number:03}.jsonl"
        path.write_bytes(data)
        os.utime(path, (number, number))
    rows = call(capsys, "list").out.splitlines()
    first = next(at for at, row in enumerate(rows) if "refund-0001" in row)
    assert f" s{list_command.MOST + 4}.jsonl " in rows[first + 1]
    assert "and 6 older" in rows[-1]
    assert "s000.jsonl" in call(capsys, "list", "--all").out


def test_a_large_session_is_not_read_through(
    sessions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (sessions / "large.jsonl").open("wb") as file:
        file.truncate(4 << 30)
    assert "4096 MB" in call(capsys, "list").out


def test_the_folder_can_be_named(
    here: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOOLTRACE_SESSIONS", str(recorded.parent))
    assert f"sessions in {recorded.parent}" in call(capsys, "list").out
    assert "refund.jsonl" in call(capsys, "list").out


def test_found_says_where_the_sessions_of_other_agents_are(
    capsys: pytest.CaptureFixture[str], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    monkeypatch.setenv("CODEX_HOME", str(here / "elsewhere"))
    assert "have no sessions" in call(capsys, "list", "--found").out
    old = here / ".claude" / "projects" / "-x" / "old.jsonl"
    agent = old.with_name("agent-1.jsonl")
    new = here / "elsewhere" / "sessions" / "2026" / "rollout-1.jsonl"
    for at, path in enumerate([old, agent, new, new.with_name("other.jsonl")]):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}\n")
        os.utime(path, (1_700_000_000 + at, 1_700_000_000 + at))
    old.with_name("link.jsonl").symlink_to(new)
    found = call(capsys, "list", "--found", "--json").objects
    assert [(one["file"], one["agent"]) for one in found] == [
        (str(new), "codex"),
        (str(old), "claude_code"),
    ]
    assert str(new) in call(capsys, "list", "--found").out.replace("\n", "")
