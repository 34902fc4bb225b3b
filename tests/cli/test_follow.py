"""``show --follow`` tells a session step by step while it grows, and ends with the run."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.calling import assert_refused, call, start
from tests.core.free import free
from tooltrace.assemble import reopen
from tooltrace.core.caption.caption import caption_at
from tooltrace.core.model.events import Record
from tooltrace.store.journal import Journal

BEGUN = ("model_called", "tool_started")


@contextmanager
def following(file: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = start("show", file, "--follow", *options, cwd=file.parent)
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def cut(session: Path, records: int) -> list[bytes]:
    """The session with its first few records only; the lines that were taken off."""
    lines = session.read_bytes().splitlines(keepends=True)
    session.write_bytes(b"".join(lines[:records]))
    return lines[records:]


def add(session: Path, data: bytes) -> None:
    with session.open("ab") as file:
        file.write(data)


def test_each_step_is_a_line_with_the_captions_words(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = call(capsys, "show", session, "--follow")
    assert (said.code, said.err) == (0, "")
    debugger = reopen(session)
    tree = debugger.view().tree
    debugger.close()
    steps = [record.id for record in tree.records.values() if record.event.name not in BEGUN]
    assert said.out.splitlines() == [f"#{step} {caption_at(tree, step)}" for step in steps]
    assert (
        "#12 check_refund_policy answered eligible = true. "
        "Because result.eligible, processing_credit is next."
    ) in said.out


def test_what_is_added_is_told_when_its_line_is_whole_and_the_end_of_the_run_ends_it(
    session: Path,
) -> None:
    rest = cut(session, 6)
    with following(session) as process:
        first = [line_of(process) for _ in range(5)]
        called = '#6 fetch_order was called with order_id = "1001".'
        assert first[-1] == f"{called} fetch_order has not answered yet."
        add(session, rest[0][:-9])
        assert process.poll() is None
        add(session, rest[0][-9:])
        assert line_of(process).startswith("#7 fetch_order answered customer = ")
        add(session, b"".join(rest[1:]))
        out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert out.splitlines()[-1].startswith("#26 The run completed in state complete")


def test_ctrl_c_ends_it_without_a_word(session: Path) -> None:
    cut(session, 5)
    with following(session) as process:
        while not line_of(process).startswith("#5"):
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_nothing_is_written(session: Path) -> None:
    before = session.read_bytes()
    cut(session, 5)
    kept = session.read_bytes()
    with following(session) as process:
        line_of(process)
    assert session.read_bytes() == kept
    assert before.startswith(kept)


def grown(session: Path) -> bytes:
    """What a fork, made behind the policy's answer, adds to the file."""
    before = session.stat().st_size
    debugger = reopen(session)
    debugger.submit.goto(13).result(10)
    debugger.submit.edit.fork("what if").result(10)
    debugger.close()
    return session.read_bytes()[before:]


def test_another_branch_is_named_before_it_is_told(session: Path) -> None:
    fork = grown(session)
    cut(session, 16)
    with following(session) as process:
        while not line_of(process).startswith("#16"):
            pass
        add(session, fork)
        assert line_of(process) == "branch what if, from #13 on:"
        assert " The branch what if began here." in line_of(process)


def test_only_the_branch_that_was_asked_for(session: Path) -> None:
    fork = grown(session)
    rest = cut(session, 16)
    with following(session, "--branch", "main") as process:
        while not line_of(process).startswith("#16"):
            pass
        add(session, fork)
        add(session, rest[0])
        seen = [line_of(process)]
        while not seen[-1].startswith("#17"):
            seen.append(line_of(process))
    assert seen == [seen[-1]]


def test_a_file_that_goes_away_is_named(session: Path) -> None:
    cut(session, 5)
    with following(session) as process:
        line_of(process)
        session.unlink()
        _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert err.startswith(f"tooltrace: {session}: ")
    assert err.count("\n") == 1


def test_text_from_outside_is_made_visible(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = free().step("look", {"\x1b[2J": "a\nb\u202e\x07"}).replies("\x1b]0;x\x07")
    given.finishes()
    file = tmp_path / "hostile.jsonl"
    journal = Journal.create(file)
    for record in given.tree.records.values():
        journal.append(Record(record.id, record.parent, record.at, record.source, record.event))
    journal.sync()
    journal.close()
    said = call(capsys, "show", file, "--follow")
    assert said.code == 0
    assert all(line.isprintable() for line in said.out.splitlines())
    assert "\\u{1b}[2J" in said.out


@pytest.mark.parametrize("other", ["--json", "--requests"])
def test_it_is_told_in_sentences_alone(
    session: Path, capsys: pytest.CaptureFixture[str], other: str
) -> None:
    assert_refused(call(capsys, "show", session, "--follow", other), f"leave out {other}")
