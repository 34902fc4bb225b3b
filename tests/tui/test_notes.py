"""Notes and questions read well at every width: what is wrapped once is not wrapped again."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.tui.tui_support import Host, screen_lines
from tooltrace.tui import edge
from tooltrace.tui.screens.confirm import _wrapped

NOTE = "careful: send_email (1×) wrote after this point, and nothing takes that back here"


@pytest.mark.parametrize("width", [80, 100, 160])
async def test_a_note_is_wrapped_once(width: int) -> None:
    app = Host()
    async with app.run_test(size=(width, 24), notifications=True) as pilot:
        edge.notify(app, NOTE, "warning")
        await pilot.pause()
        said = [line.strip(" ▌") for line in screen_lines(app)]
        said = [line for line in said if line]
        words = " ".join(said).split()
        assert words == ["⚠", *NOTE.split()]
        # No line ends before the next word has no room: that would be a line wrapped twice.
        room = min(60, width // 2) - 3
        for line, below in pairwise(said):
            assert len(f"{line} {below.split()[0]}") > room, said


def test_what_is_indented_stays_so_where_it_is_wrapped() -> None:
    assert _wrapped("  one two three", 9) == ["  one two", "  three"]
    assert _wrapped("one two three", 9) == ["one two", "three"]
    assert _wrapped("", 9) == [""]
    assert all(len(part) <= 9 for part in _wrapped(" " * 50 + "x" * 30, 9))
