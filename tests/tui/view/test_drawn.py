"""A branch drawn off-line: a frame a beat, of the size asked for, the same each time."""

from __future__ import annotations

import json
import re
import time

import pytest
from msgspec.structs import replace

from tests.formats.branches import ROOT, branches_of
from tests.timing import at_most
from tests.tui.view.build import HOSTILE, Given, call
from tests.tui.view.build import REFUND as SPEC
from tooltrace.core.caption.beats import beats
from tooltrace.formats import BranchData
from tooltrace.formats.registry import export, exporter
from tooltrace.tui.cells import cell_len
from tooltrace.tui.rows.present.drawn import drawn_branch
from tooltrace.tui.theme_colors import OURS

OURS_SENT = re.compile(r"\x1b\[(?:\?25l|2J|[\d;]*[mH])")
REFUND = next(branches_of(ROOT / "sessions/demo-refund.jsonl"))


def written(branch: BranchData, to: str) -> bytes:
    return b"".join(export(replace(branch, draw=drawn_branch), exporter(to)))


def text(branch: BranchData, frame: int) -> str:
    rows = drawn_branch(branch._tree, branch.tip).frames[frame].rows
    return "\n".join("".join(piece.text for piece in row) for row in rows)


def test_each_beat_is_a_frame_and_says_where_it_is() -> None:
    drawing = drawn_branch(REFUND._tree, REFUND.tip)
    assert (drawing.title, drawing.columns, drawing.rows) == ("refund · main", 80, 24)
    assert len(drawing.frames) == len(list(beats(REFUND._tree, REFUND.tip))) == 10
    assert "process_credit" in text(REFUND, 5) and "59.9" in text(REFUND, 5)
    assert "beat  6 of 10" in text(REFUND, 5)
    assert drawing.frames[5].told.startswith("process_credit answered credit_id = 1")


@pytest.mark.parametrize("size", [(40, 16), (80, 24), (100, 30), (300, 100)])
@pytest.mark.parametrize("theme", OURS)
def test_every_recording_is_drawn_at_any_size_in_any_theme(
    size: tuple[int, int], theme: str
) -> None:
    for file in sorted(ROOT.glob("sessions/demo-*.jsonl")):
        for branch in branches_of(file):
            drawing = drawn_branch(branch._tree, branch.tip, size, theme)
            assert drawing.look.ground == OURS[theme].pane
            for frame in drawing.frames:
                assert len(frame.rows) == size[1]
                for row in frame.rows:
                    at = 0
                    for piece in row:
                        assert piece.column >= at and piece.cells == cell_len(piece.text)
                        at = piece.column + piece.cells
                    assert at <= size[0]


@pytest.mark.parametrize("to", ["cast", "svg"])
def test_it_is_the_same_byte_for_byte(to: str) -> None:
    again = next(branches_of(ROOT / "sessions/demo-refund.jsonl"))
    assert written(REFUND, to) == written(again, to)


@pytest.mark.parametrize("to", ["cast", "svg"])
def test_an_edit_of_a_person_is_told(to: str) -> None:
    file = ROOT / "sessions/demo-refund-edited.jsonl"
    branch = next(branch for branch in branches_of(file) if branch.name == "too-late")
    assert b"A person wrote the result of check_refund_policy" in written(branch, to)


@pytest.mark.parametrize("to", ["cast", "svg"])
def test_hostile_text_is_drawn_as_text(to: str) -> None:
    given = Given(SPEC).user(HOSTILE).replies(HOSTILE, call("fetch_order", order_id=HOSTILE))
    given.returns("fetch_order", {"id": HOSTILE, HOSTILE: [HOSTILE]})
    branch = BranchData.of(given.tree, given.at, "x.jsonl")
    found = written(branch, to).decode()
    assert "]52;c;" in found
    for line in found.splitlines():
        data = str(json.loads(line)[2]) if to == "cast" and line.startswith("[") else line
        left = OURS_SENT.sub("", data).replace("\u200d", "")  # Of an emoji, whose part it is.
        assert left.isprintable(), data


@pytest.mark.timed
@pytest.mark.parametrize("to", ["cast", "svg"])
def test_the_refund_is_small_and_quick(to: str) -> None:
    written(REFUND, to)
    began = time.process_time()
    found = written(REFUND, to)
    at_most(0.1, time.process_time() - began)
    assert len(found) < 300_000
