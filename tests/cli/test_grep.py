"""``grep``: what it finds, how it says so, and what it does not hang on."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import pytest

from tests.cli.calling import assert_refused, call
from tests.core.given import Given
from tests.core.given import call as calls
from tests.terminal.pty_app import PtyApp
from tests.tui.tui_support import HOSTILE
from tests.tui.view.build import REFUND
from tooltrace.core.model import events as e
from tooltrace.core.text.sanitize import visible
from tooltrace.store.lines import encode


def written(path: Path, given: Given) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(encode(record) for record in given.tree.records.values()))
    return path


def refund(said: object = "Timeout: too late") -> Given:
    given = Given(REFUND).user("Refund order 1001.").replies(calls("fetch_order", order_id="1001"))
    return given.returns("fetch_order", said, is_error=True)


def test_records_are_named_as_other_commands_take_them(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(here / "s" / "a.jsonl", refund())
    written(here / "s" / "deep.jsonl", refund("fine"))
    said = call(capsys, "grep", "too l[a-z]+", "s")
    line = "s/a.jsonl:6: tool_returned fetch_order in pending: content: Timeout: too late\n"
    assert (said.code, said.out, said.err) == (0, line, "")
    place = said.out.split(": ")[0]
    shown = call(capsys, "show", place, "--json").objects
    assert shown[0]["session"] == "s/a.jsonl" and shown[1]["result"] == "Timeout: too late"
    assert (
        call(capsys, "show", "s/a.jsonl@6", "--json").out
        == call(capsys, "show", place, "--json").out
    )
    assert call(capsys, "export", place, "--to", "markdown").code == 0
    assert_refused(call(capsys, "show", "s/a.jsonl@99"), "99")
    assert_refused(call(capsys, "show", place, "--branch", "main"), "leave --branch out")
    assert_refused(call(capsys, "open", "s/a.jsonl@main"), "number of a record")
    assert_refused(call(capsys, "open", place, "--at", "3"), "leave --at out")


def test_names_counts_and_exit_codes(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(here / "a.jsonl", refund())
    written(here / "b.jsonl", refund("fine"))
    assert call(capsys, "grep", "-l", "TOO late", "-i", ".").out == "a.jsonl\n"
    said = call(capsys, "grep", "-c", "1001", "a.jsonl", "b.jsonl")
    assert (said.code, said.out) == (0, "a.jsonl: 2\nb.jsonl: 2\n")
    assert call(capsys, "grep", "-c", ".*", ".", "--errors").out == "a.jsonl: 1\nb.jsonl: 1\n"
    none = call(capsys, "grep", "no such text", ".")
    assert (none.code, none.out, none.err) == (1, "", "")
    assert call(capsys, "grep", "--source", "edited", ".", ".").code == 1
    assert (
        call(capsys, "grep", "--tool", "fetch_order", "--state", "pending", "late", ".").code == 0
    )
    assert call(capsys, "grep", "--tool", "send_email", "late", ".").code == 1
    # Text, in which nothing means anything else.
    assert call(capsys, "grep", "too.late", ".").code == 0
    assert call(capsys, "grep", "-F", "too.late", ".").code == 1
    for bad in (("[", "."), ("x" * 10_001, "."), ("-l", "-c", "x", ".")):
        assert call(capsys, "grep", *bad).code == 2


def test_what_is_damaged_is_named_and_the_rest_searched(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(here / "a.jsonl", refund())
    path.write_bytes(b'{"id":1\n' + path.read_bytes())
    written(here / "b.jsonl", refund())
    os.mkfifo(here / "pipe.jsonl")
    said = call(capsys, "grep", "-l", "late", "a.jsonl", "gone.jsonl", "pipe.jsonl", "b.jsonl")
    assert (said.code, said.out) == (2, "a.jsonl\nb.jsonl\n")
    assert said.err.splitlines() == [
        "a.jsonl: line 1: incomplete, set aside",
        "gone.jsonl: cannot be read: no such file or directory",
        "pipe.jsonl: is no file",
    ]
    (here / "empty").mkdir()
    nothing = call(capsys, "grep", "x", "empty")
    assert (nothing.code, nothing.err) == (2, "empty: no sessions (*.jsonl) in there\n")


def test_what_a_program_reads(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "x" * 5000 + "needle" + "y" * 5000
    written(here / "a.jsonl", refund({"deep": [text]}))
    (found,) = call(capsys, "grep", "--json", "needle", ".").objects
    assert found == {
        "type": "match",
        "session": "a.jsonl",
        "record": 6,
        "event": "tool_returned",
        "source": "live",
        "tools": ["fetch_order"],
        "state": "pending",
        "field": "content.deep.0",
        "before": "x" * 40,
        "match": "needle",
        "after": "y" * 80,
        "begin": 5000,
        "size": 10_006,
    }
    line = call(capsys, "grep", "needle", ".").out
    assert line.endswith(f"content.deep.0: …{'x' * 40}needle{'y' * 80}… (10,006 characters)\n")
    long = call(capsys, "grep", "x+", ".").out
    assert long.endswith(f": {'x' * 120}… (10,006 characters)\n")


def test_nothing_that_is_found_acts_on_the_terminal(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, text in enumerate(HOSTILE.values()):
        written(here / f"{number}.jsonl", refund({text[:1000]: text}))
    said = call(capsys, "grep", "--errors", r"[^\d]", ".")
    assert said.code == 0 and len(said.out.splitlines()) == len(HOSTILE)
    assert visible(said.out) == said.out


@pytest.mark.pty
def test_the_match_is_marked_on_a_terminal(here: Path) -> None:
    written(here / "a.jsonl", refund("it was \x1b[2J too late"))
    for env, marked in ({"A": ""}, True), ({"NO_COLOR": "1"}, False):
        with PtyApp("grep", r"\S+ too", "a.jsonl", cwd=here, env=env, size=(120, 24)) as app:
            app.ended(0)
            raw = bytes(app.raw)
        assert (rb"\x1b[31m\x1b[1m\u{1b}[2J too\x1b[0m" in raw.replace(b"\x1b", rb"\x1b")) == marked
        assert rb"it was " in raw and b"\x1b[2J" not in raw


def test_a_pattern_that_never_ends_is_ended(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(here / "a.jsonl", refund("a" * 60))
    written(here / "b.jsonl", refund("aaab"))
    began = time.process_time()
    said = call(capsys, "grep", "-l", "(a+)+b", ".")
    assert time.process_time() - began < 20
    assert (said.code, said.out) == (2, "b.jsonl\n")
    assert said.err == "a.jsonl: line 6: the pattern takes too long on it, set aside\n"
    for name in ("c", "d", "e"):
        written(here / f"{name}.jsonl", refund("a" * 60))
    given_up = call(capsys, "grep", "(a+)+b", ".")
    assert given_up.code == 2
    assert given_up.err.splitlines()[-1].startswith("tooltrace: the pattern takes too long")


def test_a_session_grows_while_it_is_searched(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = refund()
    path = written(here / "a.jsonl", given)
    given.append(e.UserSaid("late as well"))
    with path.open("ab") as file:
        file.write(encode(given.tree[7])[:-20])
    said = call(capsys, "grep", "-c", "late", "a.jsonl")
    assert (said.code, said.out, said.err) == (0, "a.jsonl: 1\n", "")


def test_the_recordings_that_come_along(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(__file__).parents[2] / "sessions"
    said = call(capsys, "grep", "--json", "ines@example", folder)
    assert said.code == 0
    for found in said.objects:
        line = next(
            line
            for line in Path(found["session"]).read_text().splitlines()
            if json.loads(line)["id"] == found["record"]
        )
        assert re.search("ines@example", line)


def test_recordings_of_other_programs_are_searched_as_sessions(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = [
        {"role": "user", "content": "Look at the cup."},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c", "type": "function", "function": {"name": "look", "arguments": "{}"}}
            ],
        },
        {"role": "tool", "tool_call_id": "c", "content": "Error: a blue cup, broken"},
    ]
    (here / "d").mkdir()
    (here / "d" / "chat.json").write_text(json.dumps(chat))
    (here / "d" / "package.json").write_text('{"name": "a blue cup"}\n')
    (here / "d" / "torn.eval").write_bytes(b"PK\x03\x04 a blue cup")
    written(here / "d" / "a.jsonl", refund("a blue cup"))
    said = call(capsys, "grep", "blue c.p", "d")
    assert said.out.splitlines() == [
        "d/a.jsonl:6: tool_returned fetch_order in pending: content: a blue cup",
        "d/chat.json:7: tool_returned look: content: Error: a blue cup, broken",
    ]
    assert call(capsys, "grep", "--tool", "look", "--errors", "cup", "d", "-l").out == (
        "d/chat.json\n"
    )
    shown = call(capsys, "show", "d/chat.json:7", "--json").objects
    assert "a blue cup, broken" in json.dumps(shown)
    for bad in ("d/package.json", "d/none.json"):
        assert call(capsys, "grep", "cup", bad).code == 2
