"""Pictures of the app, compared with the ones that were looked at and found good.

``pytest tests/tui/app/test_snapshots.py --snapshot-update`` takes them anew: look at each.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_textual_snapshot import SVGImageExtension  # type: ignore[import-untyped]
from syrupy.assertion import SnapshotAssertion

from tests.tui.app.scenes import SCENES, picture

CASES = [(name, size) for name, scene in SCENES.items() for size in scene.sizes]


def named(part: str | tuple[int, int]) -> str:
    """A part of a case, in the name of its file."""
    return part if isinstance(part, str) else f"{part[0]}x{part[1]}"


@pytest.mark.parametrize(("name", "size"), CASES, ids=named)
async def test_the_app_looks_as_it_did(
    snapshot: SnapshotAssertion, tmp_path: Path, name: str, size: tuple[int, int]
) -> None:
    svg = await picture(tmp_path, SCENES[name], size)
    assert svg == snapshot(extension_class=SVGImageExtension)
