"""What the home screen says of sessions stands in columns, whatever their names and the width."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.tui.app.driven import Driven, doors

RECORDED = Path(__file__).parents[3] / "sessions"
NAMES = {
    "a": "demo-refund",
    "a-much-longer-name-than-any-column-has-room-for-at-eighty-cells": "demo-loan",
    "払い戻し-返品-注文": "demo-refund-failed",
    "e\u0301te\u0301": "demo-backfill-stuck",
}


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    for name, session in NAMES.items():
        shutil.copy(RECORDED / f"{session}.jsonl", tmp_path / f"{name}.jsonl")
    (tmp_path / "broken.jsonl").write_text("no session at all\n")
    return tmp_path


def at(line: str, text: str) -> int:
    """The cell at which a text begins."""
    assert text in line, (text, line)
    return cell_len(line[: line.index(text)])


@pytest.mark.parametrize("size", [(80, 24), (160, 45), (60, 24)])
async def test_each_column_begins_at_one_cell(recorded: Path, size: tuple[int, int]) -> None:
    given = doors(recorded, [("refund", "money back")])
    async with Driven(None, size, given) as d:
        rows = [line for line in d.lines if "2026-" in line]
        assert len(rows) == len(NAMES), d.text
        for words in (
            ("refund  ", "loan  ", "backfill  "),
            ("✓ comple", "× failed", "▲ stuck"),
            ("2026-",),
        ):
            begins = {at(row, f"  {word}") for row in rows for word in words if f"  {word}" in row}
            assert len(begins) == 1, (words, d.text)
        broken = next(line for line in d.lines if "broken" in line)
        assert "unreadable" in broken


async def test_no_session_and_one_of_no_workflow_are_listed_too(tmp_path: Path) -> None:
    async with Driven(None, (80, 24), doors(tmp_path)) as d:
        assert "none yet" in d.text
    (tmp_path / "only-a-name.jsonl").touch()
    async with Driven(None, (80, 24), doors(tmp_path)) as d:
        assert "  only-a-name" in d.text
