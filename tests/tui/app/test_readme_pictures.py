"""The pictures of the README are what the app shows, as ``scripts.screenshots`` draws them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.screenshots import PICTURES, SCREENSHOTS
from tests.docs.pages import ALL
from tests.tui.app.scenes import picture

SHOWN = re.findall(r"\]\(screenshots/([\w-]+)\.svg\)", ALL["README.md"])


def test_the_readme_shows_three_and_each_is_one_of_ours() -> None:
    assert len(SHOWN) == len(set(SHOWN)) == 3
    assert set(SHOWN) <= set(PICTURES)


@pytest.mark.parametrize("name", SHOWN)
async def test_the_pictures_are_what_the_app_shows(name: str, tmp_path: Path) -> None:
    drawn = await picture(tmp_path, *PICTURES[name])
    kept = (SCREENSHOTS / f"{name}.svg").read_text(encoding="utf-8")
    assert drawn == kept, "run python -m scripts.screenshots, and look at each"
