"""Whatever a file holds, opening it gives a tree, names what is wrong, and loses nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.store.build import (
    AT,
    PATH,
    WORKFLOW,
    assert_tree,
    history,
    is_placeholder,
    lines_of,
    opened,
    problems,
    root,
    said,
    whole,
    write,
)
from tests.store.memory import Memory
from tooltrace.core.model.errors import BadSession
from tooltrace.core.model.events import Record, RunStarted, Unknown, UserSaid
from tooltrace.core.model.notes import BranchNamed, HeadSet
from tooltrace.store import Journal
from tooltrace.store.lines import encode


def without_sum(line: bytes) -> bytes:
    return line[: line.index(b',"crc":')] + b"}\n"


def test_a_sound_file_has_no_problems() -> None:
    records = history(30)
    journal = opened(b"".join(lines_of(records)))
    assert journal.records == records
    assert problems(journal) == []
    assert journal.next_id == 32


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line[: len(line) // 2] + b"\n",
        lambda line: b"\x00" * (len(line) - 1) + b"\n",
        lambda line: line[:90] + b"\xff\xfe" + line[92:],
        lambda line: line[:90] + b"\x01\x1b[2J" + line[92:],
        lambda line: line.replace(b'"event":', b'"event":[' + b"[" * 100_000),
        lambda line: line.replace(b'{"text"', b'{"n":' + b"9" * 5000 + b',"text"'),
        lambda line: b"\n",
    ],
    ids=["torn", "hole", "not utf-8", "controls", "deep", "digits", "gone"],
)
def test_a_damaged_line_in_the_middle_costs_that_line_only(spoil: Callable[[bytes], bytes]) -> None:
    records = history(9)
    lines = lines_of(records)
    lines[4] = spoil(lines[4])
    journal = opened(b"".join(lines))
    assert whole(journal) == [*records[:4], *records[5:]]
    placeholder = journal.records[4]
    assert (placeholder.id, placeholder.parent, placeholder.source) == (5, 4, "recorded")
    assert isinstance(placeholder.event, Unknown)
    named = problems(journal)
    assert len(named) == 1
    assert named[0].isprintable()
    if lines[4] == b"\n":
        assert named == ["line 6: #6 follows #5, which is not in the file"]
    else:
        assert named[0].startswith("line 5: ")
        assert named[0].endswith(", set aside")
        assert placeholder.event.problem == "line 5 is damaged"


def test_a_splice_costs_both_of_its_lines_and_no_other() -> None:
    records = history(9)
    lines = lines_of(records)
    lines[4:6] = [lines[4][:70] + lines[5]]
    journal = opened(b"".join(lines))
    assert whole(journal) == [*records[:4], *records[6:]]
    assert [r.id for r in journal.records] == [1, 2, 3, 4, 6, 7, 8, 9]
    assert journal.problems[0].line == 5
    assert journal.problems[0].record == 5


def test_a_placeholder_takes_the_parent_that_its_line_still_shows() -> None:
    records = [*history(6), said(7, parent=2), said(8, parent=7)]
    lines = lines_of(records)
    lines[6] = lines[6][:60] + b"\n"
    journal = opened(b"".join(lines))
    assert [(r.id, r.parent) for r in journal.records[-2:]] == [(7, 2), (8, 7)]


def test_a_lost_beginning_still_opens() -> None:
    lines = lines_of(history(4))
    lines[0] = b"\x00" * 300 + b"\n"
    journal = opened(b"".join(lines))
    assert [(r.id, r.parent) for r in journal.records] == [(1, None), (2, 1), (3, 2), (4, 3)]
    assert is_placeholder(journal.records[0])


def test_carriage_returns_marks_and_blank_lines_are_nothing() -> None:
    records = history(5)
    text = b"\r\n".join(line[:-1] for line in lines_of(records))
    text += b"\r\n"
    for data in (text, b"\xef\xbb\xbf" + text, b"\n \t\n" + text + b"\n\r\n"):
        journal = opened(data)
        assert journal.records == records
        assert problems(journal) == []


def test_lines_end_at_newlines_only() -> None:
    line = encode(said(2, "a\u2028b")).replace(rb"\u2028", "\u2028\x85".encode())
    journal = opened(b"".join([encode(root()), without_sum(line)]))
    assert journal.records[1].event == UserSaid("a\u2028\x85b")


@pytest.mark.parametrize(
    ("odd", "kept", "named"),
    [
        ([said(3), said(3, "again")], [1, 2, 3, 4], "line 4: #3 is there already, set aside"),
        ([said(3, parent=3)], [1, 2, 3, 4], "line 3: #3 claims to follow #3, a later record, set"),
        ([said(3, parent=4)], [1, 2, 3, 4], "line 3: #3 claims to follow #4, a later record, set"),
        ([said(3, parent=10**15)], [1, 2, 3, 4], "#1000000000000000, a later record, set aside"),
        ([said(3, parent=0)], [0, 1, 2, 3, 4], "line 3: #3 follows #0, which is not in the file"),
        ([said(3), said(10**15, parent=3)], [1, 2, 3, 4, 10**15], "#4 comes after #1000000000000"),
        (
            [said(3), Record(7, None, AT, "live", UserSaid("x"))],
            [1, 2, 3, 4, 7],
            "line 4: #7 follows nothing, but does not begin a run",
        ),
        (
            [said(3), Record(6, 3, AT, "live", HeadSet(1, 1)), said(7, parent=6)],
            [1, 2, 3, 4, 6],
            "line 5: #7 claims to follow #6, a note, set aside",
        ),
    ],
)
def test_impossible_numbers_are_named(odd: list[Record], kept: list[int], named: str) -> None:
    data = b"".join(lines_of([root(), said(2), *odd, said(4)]))
    journal = opened(data)
    assert [r.id for r in journal.records] == kept
    assert any(named in problem for problem in problems(journal)), problems(journal)


def test_notes_follow_nothing_and_nobody_minds() -> None:
    notes = [
        Record(3, None, AT, "live", BranchNamed(2, "what-if")),
        Record(4, 77, AT, "live", HeadSet(2, 2)),
    ]
    journal = opened(b"".join(lines_of([root(), said(2), *notes, said(5, parent=2)])))
    assert [r.id for r in journal.records] == [1, 2, 3, 4, 5]
    assert problems(journal) == []


def test_moved_lines_are_put_in_order() -> None:
    records = history(6)
    lines = lines_of(records)
    lines[2], lines[3] = lines[3], lines[2]
    journal = opened(b"".join(lines))
    assert journal.records == records
    assert problems(journal) == ["line 4: #3 comes after #4"]


def test_an_altered_id_does_not_displace_the_records_after_it() -> None:
    records = history(12)
    lines = lines_of(records)
    lines[4] = lines[4].replace(b'{"id":5', b'{"id":9')
    journal = opened(b"".join(lines))
    assert whole(journal) == [*records[:4], *records[5:]]
    assert "line 5: #9 is not where it belongs, set aside" in problems(journal)


def test_a_hand_written_session_is_one_warning() -> None:
    lines = [without_sum(line) for line in lines_of(history(40))]
    journal = opened(b"".join(lines))
    assert journal.records == history(40)
    assert problems(journal) == ["lines 1 to 40: no checksum: written by hand?"]


def test_a_newer_format_is_refused_and_only_that() -> None:
    newer = Record(1, None, AT, "live", RunStarted(WORKFLOW, format=2))
    stranger = Record(1, None, AT, "live", Unknown("run_started", {"format": 3, "flow": []}))
    for record, version in ((newer, 2), (stranger, 3)):
        with pytest.raises(BadSession) as caught:
            opened(encode(record) + encode(said(2)))
        assert str(caught.value) == (
            f"refund.jsonl was made by a newer tooltrace (format {version}): upgrade to open it"
        )
    unreadable = Record(1, None, AT, "live", Unknown("run_started", {"format": 1, "flow": []}))
    journal = opened(encode(unreadable) + encode(said(2)))
    assert problems(journal) == ["line 1: Object missing required field workflow"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty, nothing was recorded: a run with --session begins it anew"),
        (b"\n\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "is not a session"),
        (json.dumps([{"role": "user"}], indent=1).encode(), "is not a session"),
        (b'{"messages":[]}\n{"messages":[]}\n', "is not a session"),
        (encode(root())[:80], "holds no whole record: line 1: incomplete, set aside"),
    ],
)
def test_what_is_no_session_is_refused_in_one_line(data: bytes, why: str) -> None:
    with pytest.raises(BadSession) as caught:
        opened(data)
    assert why in str(caught.value)
    assert str(caught.value).isprintable()


def test_paths_that_cannot_be_read_are_refused_in_one_line(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe\x1b[2J"
    os.mkfifo(pipe)
    for path, why in (
        (tmp_path, "is a folder"),
        (tmp_path / "none.jsonl", "does not exist"),
        (pipe, "is not a regular file"),
        (Path("/dev/null"), "is not a regular file"),
        (tmp_path / "a\x00b", "cannot be opened"),
    ):
        for writable in (False, True):
            with pytest.raises(BadSession, match=why) as caught:
                Journal.open(path, writable=writable)
            assert str(caught.value).isprintable()


def test_dangling_parents_cost_no_more_than_their_lines() -> None:
    lines = [encode(root())]
    lines += [encode(said(10**9 + 3 * n, parent=10**9 + 3 * n - 1)) for n in range(20_000)]
    journal = Journal.open(PATH, files=Memory(b"".join(lines)))
    assert len(journal.records) == 40_001
    assert_tree(journal.records[:300])
    assert all(a.id < b.id for a, b in pairwise(journal.records))


@pytest.mark.parametrize("newline", [True, False])
def test_a_whole_last_line_counts_with_or_without_its_newline(
    newline: bool, tmp_path: Path
) -> None:
    path = tmp_path / "s.jsonl"
    write(path, history(3))
    data = path.read_bytes() if newline else path.read_bytes()[:-1]
    journal = opened(data)
    assert journal.records == history(3)
    cut = "line 3: there is no newline at its end: the file may have been cut off there"
    assert problems(journal) == ([] if newline else [cut])
