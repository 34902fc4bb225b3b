"""``show`` tells all of a session, and what is wrong with its file, and touches nothing."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.calling import assert_refused, call, spawn
from tests.terminal.pty_app import PtyApp
from tooltrace.assemble import reopen
from tooltrace.cli.output import columns

HEAD = "refund · scripted · completed in complete · main · 4 tool calls"


@pytest.fixture
def forked(session: Path) -> Path:
    """The session with a second branch, on which the policy said no."""
    debugger = reopen(session)
    result = next(
        record.id
        for record in debugger.session.tree.records.values()
        if record.event.name == "tool_returned" and "eligible" in str(record.event)
    )
    debugger.submit.edit.result(result, {"eligible": False, "reason": "\x1b[2Jno"}).result(10)
    debugger.submit.edit.fork("what if").result(10)
    debugger.submit.go().result(10)
    debugger.close()
    return session


def test_the_table_has_a_row_for_each_call(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = call(capsys, "show", session)
    assert (said.code, said.err) == (0, "")
    head, names, *rows = said.out.splitlines()
    assert head.startswith(HEAD)
    assert names.split() == (
        ["#", "tool", "effect", "source", "time", "state", "arguments", "result"]
    )
    tools = ["fetch_order", "check_refund_policy", "process_credit", "send_email"]
    assert [row.split()[2] for row in rows] == tools
    assert [row.split()[3] for row in rows] == ["reads", "reads", "WRITES", "WRITES"]
    # Nothing is cut where no terminal is, and columns stand one under the other.
    assert '"delivered_on": "2026-03-02"}' in rows[0]
    assert {row.index("{") for row in rows} == {names.index("arguments")}
    assert "\x1b" not in said.out


def test_json_is_the_session_and_then_its_calls(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = call(capsys, "show", session, "--json")
    about, *calls = said.objects
    assert (said.code, said.err) == (0, "")
    assert about["type"] == "session"
    assert (about["workflow"], about["model"], about["outcome"]) == (
        ("refund", "scripted", "completed")
    )
    assert (about["branch"], about["branches"], about["tool_calls"]) == ("main", ["main"], 4)
    assert [each["type"] for each in calls] == ["call"] * 4
    assert calls[2]["arguments"] == {"order_id": "1001", "amount": 59.9}
    assert calls[2]["result"]["credit_id"] == 1
    assert (calls[2]["source"], calls[2]["transition"]) == ("live", "sending_email")


def test_a_branch_by_its_name(forked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = call(capsys, "show", forked, "--json").objects[0]["branches"]
    assert len(names) > 1
    for name in names:
        about, *_ = call(capsys, "show", forked, "--json", "--branch", name).objects
        assert about["branch"] == name
    shown = call(capsys, "show", forked, "--branch", "main")
    assert shown.out.startswith(HEAD)
    assert "branches: *main, " in shown.out
    other = next(name for name in names if name != "main")
    shown = call(capsys, "show", forked, "--branch", other)
    assert "[2Jno" in shown.out and "\x1b" not in shown.out
    assert_refused(call(capsys, "show", forked, "--branch", "nope"), "no branch 'nope'", *names)


def test_what_is_wrong_with_the_file_is_told_beside_it(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = session.read_bytes().splitlines(keepends=True)
    lines[10] = b"\x00" * 90 + b"\n"
    session.write_bytes(b"".join(lines) + b'{"id":99,"par')
    said = call(capsys, "show", session)
    assert said.code == 0
    assert said.out.startswith("refund · scripted")
    named = said.err.splitlines()
    assert len(named) == 2
    assert "line 11: " in named[0] and "line 27: incomplete" in named[1]
    assert all(line.isprintable() for line in named)


def test_very_many_problems_are_counted(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session.write_bytes(session.read_bytes() + b"{damaged\n" * 10_000)
    said = call(capsys, "show", session)
    assert said.code == 0
    assert len(said.err.splitlines()) < 100
    assert "more" in said.err.splitlines()[-1]


def test_neither_the_file_nor_its_writer_notices(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = session.read_bytes(), session.stat().st_mtime_ns
    listed = sorted(session.parent.iterdir())
    writer = os.open(session, os.O_RDWR)
    fcntl.flock(writer, fcntl.LOCK_EX)
    try:
        for command in ("show", "check"):
            assert call(capsys, command, session).code == 0
    finally:
        os.close(writer)
    assert (session.read_bytes(), session.stat().st_mtime_ns) == before
    assert sorted(session.parent.iterdir()) == listed


def test_a_terminal_gets_whole_values_in_lines_that_fit(session: Path) -> None:
    with PtyApp("show", str(session), cwd=session.parent, size=(90, 60)) as app:
        assert app.end() == 0
        rows = [line for line in app.text.splitlines() if line]
    assert all(len(line) <= 90 for line in rows)
    assert "…" not in app.text
    numbers = [row.split()[0] for row in rows if row[0].isdigit()]
    assert numbers[-1] == "22" and len(numbers) == 4
    whole = "".join(row[-17:].strip() for row in rows)
    assert "delivered_on" in whole and "2026-03-02" in whole
    assert b"\x1b[32m" in app.raw and b"\x1b[33mWRITES\x1b[0m" in app.raw


def test_a_pipe_and_no_color_get_no_colours(session: Path) -> None:
    said = spawn("show", session, cwd=session.parent)
    assert "\x1b" not in said.out and "WRITES" in said.out
    assert all(line == line.rstrip() for line in said.out.splitlines())
    with PtyApp("show", str(session), cwd=session.parent, env={"NO_COLOR": "1"}) as app:
        assert app.end() == 0
    assert b"\x1b" not in app.raw


@pytest.mark.parametrize("width", [10, 30, 55, 80, 200])
def test_columns_go_on_below_where_they_are_widest(width: int) -> None:
    rows = [["step", "tool", "result"], ["1", "fetch", "漢字" * 90], ["2", "\x1b[2J", "x" * 500]]
    lines = [*columns(rows, width)]
    assert all(line.isprintable() and cell_len(line) <= width for line in lines)
    whole = [*columns(rows)]
    assert len(whole) == 3 and "漢字" * 90 in whole[1] and "x" * 500 in whole[2]
    if width >= 30:
        assert "".join(lines).count("x") == 500
        assert "".join(lines).count("漢") == 90


def test_a_long_table_begins_before_its_end_is_there() -> None:
    def rows() -> Iterator[list[str]]:
        yield from ([str(number), "look", "-"] for number in range(2000))
        yield ["2000", "a longer name", "whole", "one more"]
        pytest.fail("asked for more than it shows")

    lines = columns(rows())
    assert next(lines) == "0    look  -"
    assert [*islice(lines, 2000)][-2:] == ["1999  look  -", "2000  a longer name  whole  one more"]
    narrow = columns(rows(), 16)
    assert all(cell_len(line) <= 16 for line in islice(narrow, 2003))
