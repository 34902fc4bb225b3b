"""``svg``: the branch as a picture that moves by itself, step by step."""

from __future__ import annotations

from collections.abc import Iterator

from tooltrace.core.model.errors import BadExport
from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.frames.moving_svg import svg_pieces
from tooltrace.formats.registry import Exporter

__all__ = ["EXPORTER"]


MOST = 500
"""Frames of a picture: viewers move a strip of all of them."""


def write(branch: BranchData) -> Iterator[str]:
    """All frames that whoever exports has drawn. Raises BadExport for more than ``MOST``."""
    drawing = branch.drawing
    assert drawing is not None
    if (count := len(drawing.frames)) > MOST:
        raise BadExport(f"it has {count:,} frames, and a picture holds {MOST}: cast takes any")
    yield from svg_pieces(drawing)


EXPORTER = Exporter(
    "svg",
    ".svg",
    write,
    about="a picture that moves, for a README or a page",
    needs=("drawing",),
    shares=True,
)
