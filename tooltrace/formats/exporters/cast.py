"""``cast``: the branch as a recording of a terminal, with a marker for each beat."""

from __future__ import annotations

from collections.abc import Iterator

from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.frames.cast_events import cast_lines
from tooltrace.formats.registry import Exporter

__all__ = ["EXPORTER"]


def write(branch: BranchData) -> Iterator[str]:
    """All frames that whoever exports has drawn."""
    drawing = branch.drawing
    assert drawing is not None
    yield from cast_lines(drawing)


EXPORTER = Exporter(
    "cast",
    ".cast",
    write,
    about="a recording for terminal players, that pauses at each step",
    needs=("drawing",),
    shares=True,
)
