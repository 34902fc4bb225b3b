"""Files as they are found: packed, cut, in other encodings, still written, or no files at all."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from tests.formats.importers.files import Read, assistant, call, person, result, tool_result
from tooltrace.core.model.errors import BadImport
from tooltrace.formats.imported.session import Imported, looks_imported
from tooltrace.formats.source import json_parts as parts_module
from tooltrace.formats.source import source_file, unpacked
from tooltrace.formats.source.json_parts import decode, json_parts, outer_keys
from tooltrace.formats.source.source_file import SourceFile

LINES = [
    person("u1", None, "géh ☃"),
    assistant("a1", "u1", "m1", call("t1", a=1), stop="tool_use"),
    result("r1", "a1", tool_result("t1", "gefunden ✓")),
    assistant("a2", "r1", "m2", {"type": "text", "text": "done"}, stop="end_turn"),
]
TEXT = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in LINES)


def check(path: Path) -> Read:
    read = Read(path)
    assert read.format == "claude_code"
    assert read.said() == ["géh ☃"]
    assert read.pairs() == [({"a": 1}, "gefunden ✓")]
    assert read.counts.damaged == 0
    return read


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.rstrip().encode(),
        b"\n\n" + TEXT.replace("\n", "\n\n").encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        gzip.compress(TEXT.encode()),
        gzip.compress(TEXT[:300].encode()) + gzip.compress(TEXT[300:].encode()),
    ],
    ids=["plain", "crlf", "no end", "blank", "bom", "16", "16be", "16le", "gzip", "two gzips"],
)
def test_the_same_text_is_read_however_it_was_written(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(data)
    assert looks_imported(path)
    assert check(path).problems == []


def test_a_file_that_was_cut_gives_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    whole = TEXT.encode()
    for length in range(len(json.dumps(LINES[0])), len(whole), 37):
        path.write_bytes(whole[:length])
        read = Read(path)
        assert read.said() == ["géh ☃"]
        assert read.counts.damaged <= 1


def test_packed_data_that_were_cut_give_what_came_before_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl.gz"
    data = bytearray(gzip.compress((TEXT * 400).encode(), 1))
    data[len(data) // 2 :] = b"\xff" * 100
    path.write_bytes(data)
    read = Read(path)
    assert read.counts.replies > 2
    assert any("is missing" in problem for problem in read.problems)


def test_what_unpacks_to_far_more_than_it_is_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacked, "SMALL", 1 << 20)
    path = tmp_path / "session.jsonl.gz"
    path.write_bytes(gzip.compress(TEXT.encode() + b" " * (32 << 20)))
    with pytest.raises(BadImport, match="unpacks to far more"):
        Read(path)


def test_a_line_that_never_ends_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_file, "LONGEST", 3 << 20)
    path = tmp_path / "session.jsonl"
    path.write_bytes(TEXT.encode() + b"x" * (6 << 20))
    with pytest.raises(BadImport, match="a line of more than 3 MB"):
        Read(path)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "no JSON", "17", "{}", "[]", '{"id":1,"parent":null}']
)
def test_what_nobody_knows_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    assert not looks_imported(path)
    with pytest.raises(BadImport, match="in no format that is known here"):
        Imported(path)


def test_a_folder_a_pipe_and_nothing_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, why in [("", "is a folder"), ("pipe", "not a regular file"), ("no", "no such file")]:
        assert not looks_imported(tmp_path / name)
        with pytest.raises(BadImport, match=why):
            SourceFile(tmp_path / name)


def test_a_session_of_ours_is_never_imported(tmp_path: Path) -> None:
    line = '{"id":1,"parent":null,"at":"x","source":"live","type":"run_started","event":{}}'
    path = tmp_path / "session.jsonl"
    path.write_text(f"{line}\n{TEXT}")
    assert not looks_imported(path)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_value_comes_in_parts_wherever_its_bytes_are_cut(size: int) -> None:
    value = {
        "a": [1, {"b": ']}\\"'}],
        "big": [{"n": 1}, [2], "x,y", {}, None],
        "empty": [],
        "s": 'q"\\u00e9\\\\',
        "n": -1.5e3,
    }
    text = json.dumps(value, indent=1).encode()
    chunks = [text[i : i + size] for i in range(0, len(text), size)]
    problems: list[str] = []
    found = list(json_parts(chunks, ("big", "empty"), problems))
    elements = [decode(part.data) for part in found if part.element]
    members = {part.key: decode(part.data) for part in found if not part.element}
    assert elements == value["big"]
    assert members == {key: one for key, one in value.items() if key not in ("big", "empty")}
    assert problems == []


def test_several_values_are_told_apart_and_one_that_is_cut_is_named() -> None:
    problems: list[str] = []
    found = list(json_parts([b'{"a":1}\n{"b":2}\n{"a":3,"c":[1,'], (), problems))
    assert [(p.document, p.key, p.data) for p in found] == [
        (0, "a", b"1"),
        (1, "b", b"2"),
        (2, "a", b"3"),
    ]
    assert problems == ["it is cut: what followed is missing"]
    assert outer_keys(b'[{"a":1,"b":{"c":2}},{"d":') == {"a", "b", "d"}


def test_a_part_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "LONGEST", 1000)
    with pytest.raises(BadImport, match="one value in it"):
        list(json_parts([b'{"a":"', *[b"x" * 400] * 10], (), []))


@pytest.mark.parametrize(
    "text", ["123456789012345678901234567890", "9007199254740993", '"\\ud800"', "[1.10, -0]"]
)
def test_values_are_read_exactly(text: str) -> None:
    assert decode(text.encode()) == json.loads(text)


@pytest.mark.parametrize("text", ["1e400", "NaN", "[1,]", "", "1 2"])
def test_what_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(text.encode())


def test_what_is_nested_too_deeply_is_no_value_and_is_kept(tmp_path: Path) -> None:
    deep = "[" * 190 + "]" * 190
    with pytest.raises(ValueError, match="deep"):
        decode(deep.encode())
    path = tmp_path / "session.jsonl"
    path.write_text(f'{TEXT}{{"sessionId": "s", "type": "x", "deep": {deep}}}\n', encoding="utf-8")
    read = Read(path)
    assert read.counts.damaged == 1
    assert deep in read.unknown()[0].payload
