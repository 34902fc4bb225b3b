"""The SVG in a real browser: it moves inside an ``<img>``, and asks for nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.formats.browser import browser
from tests.formats.test_frames import drawn
from tooltrace.formats.frames.moving_svg import svg_pieces

pytestmark = pytest.mark.long


def test_it_moves_inside_an_image(tmp_path: Path) -> None:
    drawing = drawn(("one", "a"), ("two", "bb"), ("three", "ccc"), pace=0.2)
    (tmp_path / "moving.svg").write_text("".join(svg_pieces(drawing)), encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text(
        '<img src="moving.svg"><script>document.documentElement.dataset.ready=1</script>'
    )
    with browser(tmp_path / "profile") as chrome:
        chrome.open(page)
        seen = set()
        for number in range(12):
            picture = tmp_path / f"{number}.png"
            chrome.picture(picture)
            seen.add(picture.read_bytes())
            time.sleep(0.07)
        assert len(seen) >= 3
        assert {Path(each).name for each in chrome.requests} <= {"page.html", "moving.svg"}
