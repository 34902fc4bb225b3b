"""A database that was left in the middle of a transaction may name a file that SQLite deletes."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tooltrace.core.model.errors import BadWorld
from tooltrace.debugger.world.branch_worlds import BranchWorlds
from tooltrace.tools.world.world import FolderWorld, SqliteWorld


def left_in_a_transaction(folder: Path, named: Path | None) -> Path:
    """A database as a crash leaves it; its journal names a file as SQLite itself would."""
    folder.mkdir(parents=True)
    made = folder.with_name("made")
    made.mkdir()
    with closing(sqlite3.connect(made / "a.db", isolation_level=None)) as db:
        db.execute("PRAGMA cache_size = 1")
        db.execute("CREATE TABLE t (x)")
        db.execute("INSERT INTO t VALUES ('before')")
        db.execute("BEGIN")
        db.executemany("INSERT INTO t VALUES (?)", [("x" * 300,)] * 2000)
        for file in made.iterdir():
            shutil.copy(file, folder)
        db.execute("ROLLBACK")
    shutil.rmtree(made)
    journal = folder / "a.db-journal"
    if named is not None:
        name = str(named).encode()
        end = [(1 << 30) // 4096 + 1, len(name), sum(name)]
        page, length, total = (number.to_bytes(4) for number in end)
        with journal.open("ab") as file_end:
            magic = bytes.fromhex("d9d505f920a163d7")
            file_end.write(page + name + length + total + magic)
    return folder / "a.db"


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    file = tmp_path / "precious"
    file.write_text("mine")
    return file


def test_sqlite_deletes_what_such_a_journal_names(tmp_path: Path, precious: Path) -> None:
    database = left_in_a_transaction(tmp_path / "w", precious)
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("SELECT * FROM t").fetchall() == [("before",)]
    assert not precious.exists()


def opened_by_the_author(folder: Path) -> SqliteWorld:
    with closing(sqlite3.connect(folder / "a.db")) as db:
        db.execute("SELECT * FROM t").fetchall()
    return SqliteWorld(folder / "a.db")


def test_no_world_is_made_with_one(tmp_path: Path, precious: Path) -> None:
    left_in_a_transaction(tmp_path / "x.world", precious)
    with pytest.raises(BadWorld, match=f"delete {precious}"):
        BranchWorlds(tmp_path / "x.world", opened_by_the_author).snapshot()
    assert precious.read_text() == "mine"


def test_no_folder_with_one_is_kept_or_put_back(tmp_path: Path, precious: Path) -> None:
    left_in_a_transaction(tmp_path / "w" / "deep", named=None)
    world = FolderWorld(tmp_path / "w")
    digest = world.snapshot(tmp_path / "kept")
    with pytest.raises(BadWorld, match=f"delete {precious}"):
        shutil.rmtree(tmp_path / "w" / "deep")
        left_in_a_transaction(tmp_path / "w" / "deep", precious)
        world.snapshot(tmp_path / "kept")
    shutil.copy(
        tmp_path / "w" / "deep" / "a.db-journal",
        tmp_path / "kept" / digest / "deep" / "a.db-journal",
    )
    with pytest.raises(BadWorld, match=f"delete {precious}"):
        FolderWorld(tmp_path / "other").restore(tmp_path / "kept", digest)
    assert precious.read_text() == "mine"


@pytest.mark.parametrize("name", [None, "gone", "w/b.db-mj0123ABCDE"])
def test_what_a_crash_really_leaves_is_rolled_back(name: str | None, tmp_path: Path) -> None:
    named = tmp_path / name if name is not None else None
    left_in_a_transaction(tmp_path / "w", named)
    if name is not None and name.startswith("w/"):
        (tmp_path / name).write_bytes(str(tmp_path / "w/a.db-journal").encode() + b"\0")
    world = BranchWorlds(tmp_path / "w", opened_by_the_author)
    assert world.snapshot()
    with closing(sqlite3.connect(tmp_path / "w" / "a.db")) as db:
        assert db.execute("SELECT count(*) FROM t").fetchone() == (1,)
    assert named is None or not named.exists()


def test_a_journal_cut_anywhere_in_its_end_is_no_error_of_ours(
    tmp_path: Path, precious: Path
) -> None:
    database = left_in_a_transaction(tmp_path / "w", precious)
    journal = database.with_name("a.db-journal")
    whole = journal.read_bytes()
    for length in (0, 1, 15, 16, 17, *range(len(whole) - 40, len(whole))):
        journal.write_bytes(whole[:length])
        assert FolderWorld(tmp_path / "w").digest()
