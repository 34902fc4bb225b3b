"""Notes and questions read well at every width: what is wrapped once is not wrapped again."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.tui.tui_support import Host, screen_lines
from tooltrace.tui import safe_text
from tooltrace.tui.dialog.confirm import _wrapped

NOTE = "careful: send_email (1×) wrote after this point, and nothing takes that back here"


@pytest.mark.parametrize("width", [80, 100, 160])
async def test_a_note_is_wrapped_once(width: int) -> None:
    app = Host()
    async with app.run_test(size=(width, 24), notifications=True) as pilot:
        for note in (NOTE, *(" ".join(["x" * length] * 30) for length in range(1, 8))):
            safe_text.notify(app, note, "warning")
            await pilot.pause()
            said = [line.strip(" ▌") for line in screen_lines(app)]
            said = [line for line in said if line]
            assert " ".join(said).split() == ["▲", *note.split()]
            # A line that is wrapped twice leaves one behind that the next word would fit on.
            room = max(map(len, said))
            for line, below in pairwise(said):
                assert len(f"{line} {below.split()[0]}") > room, said


def test_what_is_indented_stays_so_where_it_is_wrapped() -> None:
    assert _wrapped("  one two three", 9) == ["  one two", "  three"]
    assert _wrapped("one two three", 9) == ["one two", "three"]
    assert _wrapped("", 9) == [""]
    assert all(len(part) <= 9 for part in _wrapped(" " * 50 + "x" * 30, 9))
