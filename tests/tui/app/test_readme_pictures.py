"""The pictures of the README are what the app shows, as ``scripts.screenshots`` draws them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.screenshots import PICTURES, SCREENSHOTS, presented
from tests.docs.pages import ALL
from tests.tui.app.scenes import picture

SHOWN = re.findall(r"\]\(screenshots/([\w-]+)\.svg\)", ALL["README.md"])


MOVES = "presented"


def test_the_readme_shows_three_and_one_that_moves() -> None:
    assert len(SHOWN) == len(set(SHOWN)) == 4
    assert set(SHOWN) <= {*PICTURES, MOVES}


def test_the_picture_that_moves_is_what_export_makes(tmp_path: Path) -> None:
    kept = (SCREENSHOTS / f"{MOVES}.svg").read_bytes()
    assert presented(tmp_path).read_bytes() == kept, "run python -m scripts.screenshots"


@pytest.mark.parametrize("name", [name for name in SHOWN if name != MOVES])
async def test_the_pictures_are_what_the_app_shows(name: str, tmp_path: Path) -> None:
    drawn = await picture(tmp_path, *PICTURES[name])
    kept = (SCREENSHOTS / f"{name}.svg").read_text(encoding="utf-8")
    assert drawn == kept, "run python -m scripts.screenshots, and look at each"
