"""What reaches a real terminal of themes, of NO_COLOR, of ASCII and of keys that were chosen."""

from __future__ import annotations

import re
from pathlib import Path

from tests.terminal.pty_app import PtyApp

COLORS = re.compile(rb"\x1b\[[0-9;:]*?(?:\b[34]8[;:]|\b[34][0-7]\b|\b(?:9|10)[0-7]\b)[0-9;:]*m")

REVERSE = re.compile(rb"\x1b\[(?:\d+;)*7[;m]")


def test_a_theme_by_option_environment_and_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('theme = "tooltrace-light"\nshape = 1\n[keys]\nstep = "j"\ncursor_down = "n"\n')
    env = {"TOOLTRACE_CONFIG": str(file)}
    with PtyApp("demo", cwd=tmp_path, env=env, size=(120, 36)) as app:
        app.wait("'shape'")
        app.wait("step 1 ")
        assert b"48;2;251;251;250" in app.raw  # the light pane
        app.press("j")
        app.wait("step 2 ")
        assert "j step" in app.text and "no tool was called yet: j steps" in app.text
        app.press("q")
        app.ended(0)
    with PtyApp("--theme", "tooltrace-contrast", cwd=tmp_path, env=env) as app:
        app.wait("refund")
        assert b"48;2;0;0;0" in app.raw and b"48;2;251;251;250" not in app.raw


def test_without_colours_no_ground_is_painted_and_the_selection_is_seen(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path, env={"NO_COLOR": "1"}, size=(120, 36)) as app:
        app.wait("step 1 ")
        assert COLORS.findall(bytes(app.raw)) == []
        assert "▌" in app.text and REVERSE.search(app.raw)


def test_in_ascii_nothing_else_is_drawn(tmp_path: Path) -> None:
    with PtyApp("demo", "--ascii", cwd=tmp_path, size=(120, 36)) as app:
        app.wait("step 1 ")
        app.press("n")
        app.wait("step 2 ")
        app.press("?")
        app.wait("Go on")
        assert {char for char in app.raw.decode() if not char.isascii()} == set()


def test_the_mouse_is_left_to_the_terminal_where_it_is_not_wanted(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("mouse = false\n")
    asked = [b"\x1b[?%dh" % mode for mode in (1000, 1002, 1003, 1006, 1015)]
    with PtyApp("demo", cwd=tmp_path, env={"TOOLTRACE_CONFIG": str(file)}) as app:
        app.wait("step 1 ")
        app.press("n")
        app.wait("step 2 ")
        assert [each for each in asked if each in app.raw] == []
        app.press("q")
        app.ended(0)
    file.unlink()
    with PtyApp("demo", cwd=tmp_path) as app:
        app.wait("step 1 ")
        assert asked[0] in app.raw and asked[2] in app.raw
