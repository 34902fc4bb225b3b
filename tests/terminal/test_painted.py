"""Only cells that differ are written: the screen is the same as if all of it were drawn again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.terminal.pty_app import PtyApp

STEP = 6 * 1024
"""Bytes that a step may take at 120×36."""

REDRAW = "\x0c"

TIMERS = 0.1
"""Seconds that is more than between two looks of the app at what has changed."""


def cells(app: PtyApp) -> list[list[tuple[str, str, str, bool]]]:
    """Each cell on the screen: its character and its looks."""
    columns, rows = app.size
    buffer = app._screen.buffer
    return [
        [(c.data, c.fg, c.bg, c.bold) for c in (buffer[y][x] for x in range(columns))]
        for y in range(rows)
    ]


def at_rest(app: PtyApp) -> None:
    """Read until nothing more is drawn: what comes after a timer of the app as well."""
    for _ in range(2):
        app.heeded()
        while app._read(time.monotonic() + TIMERS):
            pass


def assert_as_drawn_again(app: PtyApp, after: str) -> None:
    at_rest(app)
    before = cells(app)
    app.type(REDRAW)
    app.frame()
    at_rest(app)
    differ = [
        (x, y, one, two)
        for y, lines in enumerate(zip(before, cells(app), strict=True))
        for x, (one, two) in enumerate(zip(*lines, strict=True))
        if one != two and one[:3] != (two[0], two[2], two[1])  # A cursor blinks.
    ]
    assert not differ, f"after {after} not as drawn again: {differ[:9]}\n{app.text}"


def test_a_step_takes_few_bytes_and_so_does_going_to_a_pane(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path, size=(120, 36)) as app:
        app.wait("step 1 ")
        app.heeded()
        for number in range(2, 10):
            before = len(app.raw)
            app.step(number)
            app.heeded()
            assert len(app.raw) - before <= STEP, number
        for pane, shown in (("2", "T force"), ("3", "R retry"), ("1", "g go here")):
            before = len(app.raw)
            app.press(pane)
            app.wait(shown)
            app.heeded()
            assert len(app.raw) - before <= STEP, pane
        app.press("q")
        app.ended(0)


@pytest.mark.parametrize("size", [(120, 36)], ids=["120x36"])
def test_what_stands_there_is_what_would_be_drawn(size: tuple[int, int], tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path, size=size) as app:
        app.wait("step 1 ")
        for number in range(2, 8):
            app.step(number)
        assert_as_drawn_again(app, "steps")
        app.press("e")
        app.wait("Edit result")
        app.press("down", "end")
        app.type(" 漢字 ")
        app.wait("漢字")
        assert_as_drawn_again(app, "wide characters")
        app.resize(100, 30)
        app.frame()
        assert_as_drawn_again(app, "another size below a dialog")
        app.resize(*size)
        app.frame()
        app.press("escape spelled out", "escape spelled out")
        app.wait(lambda text: "Edit result" not in text)
        app.press("?")
        app.wait("Help")
        assert_as_drawn_again(app, "help")
        app.press("?")
        app.wait(lambda text: "Help" not in text)
        app.press("ctrl+p")
        app.wait("Search")
        app.type("light")
        app.wait("tooltrace-light")
        app.press("enter")
        app.wait(lambda text: "Search" not in text)
        assert_as_drawn_again(app, "another theme")
        app.press("z")
        app.frame()
        assert_as_drawn_again(app, "zoom")
        app.press("z", "N", "N")
        app.wait("n along the recording")
        assert_as_drawn_again(app, "steps back")
        app.press("q")
        app.ended(0)
        app.assert_restored()


def test_what_another_program_wrote_is_gone_after_the_key(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path) as app:
        app.wait("step 1 ")
        app.heeded()
        before = app.text
        app._stream.feed(b"\x1b[2J\x1b[5;5Hsomebody else was here")
        assert "somebody else" in app.text
        app.type(REDRAW)
        app.wait(lambda text: text == before)
        app.press("q")
        app.ended(0)
