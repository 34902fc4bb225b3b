"""A session of which nobody knows how it began is not judged, rather than judged wrongly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import call
from tests.debugger.sitting import records_of

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("change", [{"form": "1"}, {"settings": 3}, {"workflow": []}])
def test_a_beginning_that_cannot_be_read_is_said(
    change: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *rest = (ROOT / "sessions" / "demo-refund.jsonl").read_text().splitlines()
    root = json.loads(first)
    root["event"].update(change)
    path = tmp_path / "s.jsonl"
    path.write_text("\n".join([json.dumps(root), *rest]) + "\n")
    assert len(records_of(path)) > 10
    said = call(capsys, "check", path)
    assert said.code == 2 and "DIFF" not in said.out
    assert "s.jsonl: #1 cannot be read, where its run begins: Expected" in said.err
