"""Payloads beside a session are input, too: no link to one is followed, and none is written."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from tests.store.build import AT, history, root
from tooltrace.core.model.errors import NotSaved
from tooltrace.core.model.events import CallRef, Record, ToolReturned, Unknown
from tooltrace.store import Journal, journal

CONTENT = "large " * 2_000


@pytest.fixture(autouse=True)
def _small_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MAX_INLINE", 5_000)


def large(number: int) -> Record:
    return Record(number, number - 1, AT, "live", ToolReturned(CallRef(2, 0), CONTENT))


def recorded(path: Path) -> Path:
    """A session with one payload; where that is kept."""
    with Journal.create(path) as opened:
        for record in [*history(2), large(3)]:
            opened.append(record)
    (only,) = path.with_name(f"{path.name}.blobs").iterdir()
    return only


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "precious").write_text("mine")
    return folder


def test_a_payload_that_is_a_link_is_not_read(tmp_path: Path, outside: Path) -> None:
    blob = recorded(tmp_path / "s.jsonl")
    blob.rename(outside / blob.name)
    blob.symlink_to(outside / blob.name)
    with Journal.open(tmp_path / "s.jsonl") as again:
        lost = again.records[2].event
    assert isinstance(lost, Unknown) and "cannot be read: it is a link" in lost.problem


@pytest.mark.parametrize("kind", ["link", "dangling link", "file"])
def test_a_folder_of_payloads_that_is_a_link_is_not_used(
    kind: str, tmp_path: Path, outside: Path
) -> None:
    path = tmp_path / "s.jsonl"
    blob = recorded(path)
    folder = blob.parent
    folder.rename(outside / "blobs")
    if kind == "file":
        folder.write_text("in the way")
    else:
        folder.symlink_to(outside / ("blobs" if kind == "link" else "none"))
    before = sorted(outside.rglob("*"))
    with Journal.open(path, writable=True) as again:
        assert isinstance(again.records[2].event, Unknown)
        with pytest.raises(NotSaved, match="#4 was not saved"):
            again.append(Record(4, 3, AT, "live", ToolReturned(CallRef(2, 0), CONTENT + "!")))
    assert sorted(outside.rglob("*")) == before
    assert path.read_bytes().count(b"\n") == 3


def test_what_a_crash_or_a_stranger_left_is_not_written_through(
    tmp_path: Path, outside: Path
) -> None:
    path = tmp_path / "s.jsonl"
    blob = recorded(path)
    data = blob.read_bytes()
    blob.unlink()
    part = blob.with_name(f".{blob.name}.part")
    for left in (lambda: part.symlink_to(outside / "precious"), lambda: part.write_text("half")):
        left()
        with Journal.open(path, writable=True) as again:
            again.append(large(again.next_id))
        assert blob.read_bytes() == data and sha256(data).hexdigest() == blob.name
        assert not part.exists() and not part.is_symlink()
        blob.unlink()
    assert (outside / "precious").read_text() == "mine"


def test_a_session_opened_through_a_link_keeps_its_payloads_beside_the_file(
    tmp_path: Path,
) -> None:
    path, link = tmp_path / "s.jsonl", tmp_path / "elsewhere" / "link.jsonl"
    link.parent.mkdir()
    with Journal.create(path) as opened:
        opened.append(root())
    link.symlink_to(path)
    with Journal.open(link, writable=True) as again:
        again.append(Record(2, 1, AT, "live", ToolReturned(CallRef(1, 0), CONTENT)))
    assert [each.name for each in link.parent.iterdir()] == ["link.jsonl"]
    for name in (path, link):
        with Journal.open(name) as again:
            assert again.records[1].event == ToolReturned(CallRef(1, 0), CONTENT)
    # As it was kept before.
    path.with_name("s.jsonl.blobs").rename(link.with_name("link.jsonl.blobs"))
    with Journal.open(link) as again:
        assert again.records[1].event == ToolReturned(CallRef(1, 0), CONTENT)
