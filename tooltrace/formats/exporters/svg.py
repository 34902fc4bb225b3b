"""``svg``: the branch as a picture that moves by itself, step by step."""

from __future__ import annotations

from collections.abc import Iterator

from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.frames.moving_svg import svg_pieces
from tooltrace.formats.registry import Exporter

__all__ = ["EXPORTER"]


def write(branch: BranchData) -> Iterator[str]:
    """All frames that whoever exports has drawn."""
    drawing = branch.drawing
    assert drawing is not None
    yield from svg_pieces(drawing)


EXPORTER = Exporter(
    "svg",
    ".svg",
    write,
    about="a picture that moves, for a README or a page",
    needs=("drawing",),
    shares=True,
)
