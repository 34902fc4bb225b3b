"""Copying, selecting with the mouse and pasting, as a terminal sends and gets them."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from tests.terminal.pty_app import PtyApp

_OSC52 = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


def sent(app: PtyApp) -> list[str]:
    """The texts that the terminal was sent for its clipboard."""
    return [base64.b64decode(found).decode() for found in _OSC52.findall(bytes(app.raw))]


def started(app: PtyApp) -> None:
    app.wait("step 1 ")
    app.step(2)


def test_a_terminal_that_takes_it_is_sent_the_text(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path, env={"TERM": "xterm-kitty"}) as app:
        started(app)
        app.press("1", "\x1b[H", "y")
        screen = app.wait("clipboard of kitty")
        assert len(sent(app)) == 1
        assert f"sent {len(sent(app)[0]):,} characters" in screen
        app.press("q")
        app.ended(0)


def test_where_nothing_can_be_known_the_note_names_a_file(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path, env={"TMPDIR": str(tmp_path)}) as app:
        started(app)
        app.press("y")
        app.wait("which may not take")
        app.wait(".txt")
        (file,) = tmp_path.glob("tooltrace-copied-*")
        assert [file.read_text()] == sent(app)
        app.press("q")
        app.ended(0)


def test_a_program_that_hangs_stops_neither_the_app_nor_its_end(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "xclip").write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    (folder / "xclip").chmod(0o700)
    env = {"PATH": f"{folder}:/usr/bin:/bin", "DISPLAY": ":77", "TMPDIR": str(tmp_path)}
    with PtyApp("demo", cwd=tmp_path, env=env) as app:
        started(app)
        app.press("y")
        app.step(3)
        app.press("q")
        app.ended(0)


def mouse(app: PtyApp, code: int, x: int, y: int, end: str = "M") -> None:
    """What a terminal says of the mouse at a place counted from 0."""
    app.type(f"\x1b[<{code};{x + 1};{y + 1}{end}")


def drag(app: PtyApp, begin: tuple[int, int], *over: tuple[int, int]) -> None:
    mouse(app, 0, *begin)
    for place in over:
        mouse(app, 32, *place)
    mouse(app, 0, *over[-1], "m")


def test_text_is_marked_with_the_mouse_and_copied(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path, env={"TERM": "xterm-kitty"}) as app:
        started(app)
        y = next(n for n, line in enumerate(app.lines) if "Refund order" in line)
        line = app.lines[y]
        x = line.index("order")
        drag(app, (x, y), (x + 2, y), (x + 4, y))
        app.wait(lambda _: app._screen.buffer[y][x].bg != app._screen.buffer[y][x + 5].bg)
        app.press("ctrl+c")
        app.wait("sent 5 characters")
        assert sent(app) == ["order"]
        app.press("ctrl+c")
        app.wait("^c again saves and quits")
        app.press("ctrl+c")
        app.ended(0)


def test_a_drag_that_rests_at_the_lower_edge_scrolls_and_marks_on(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path, size=(60, 24), env={"TERM": "xterm-kitty"}) as app:
        app.wait("step 1 ")
        for number in range(2, 10):
            app.step(number)
        app.type("\x1b[H")
        app.wait("run of refund")
        top = "run of refund · scripted  #1"
        last = max(n for n, line in enumerate(app.lines) if line.startswith(("┗", "└"))) - 1
        # Behind every indent: where no letter of the last line is marked, its end is not copied.
        x = 40
        mouse(app, 0, 2, 3)
        mouse(app, 32, x, last - 1)
        mouse(app, 32, x, last)
        app.wait(lambda _: top not in app.text)
        mouse(app, 0, x, last, "m")
        app.press("y")
        app.wait(lambda _: sent(app))
        (text,) = sent(app)
        assert text.startswith(top)
        assert text.count("\n") > last - 3


def test_a_paste_that_is_spelled_as_keys_is_what_was_pasted(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path) as app:
        started(app)
        app.type("/")
        app.wait("○ regex")
        app.paste("\x1b[109;2u\x1b[117;1ug\x1b[106;5u\x1b[27;2;88~\x1b[27;5;106~arrived")
        app.wait("Mug X arrived")
        app.type("\x1b[122;1u\x1b[27;2;90~\x1b[106;5ue")
        app.wait("Mug X arrivedzZ e")
        app.press("escape")
        app.wait(lambda text: "○ regex" not in text)
        app.press("q")
        app.ended(0)


def test_the_editor_has_the_lines_of_such_a_paste(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path) as app:
        app.wait("step 1 ")
        for number in range(2, 8):
            app.step(number)
        app.press("e")
        app.wait("Edit result")
        app.press("ctrl+a")
        app.paste('{"one": 1,\x1b[106;5u"two": 2,')
        app.type("\n")
        app.type('"three": 3')
        app.wait(re.compile(r'1 .*"one": 1, .*\n.*2 .*"two": 2, .*\n.*3 .*"three": 3').search)
        app.press("escape")


def test_no_key_comes_of_a_paste_where_nothing_takes_one(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path) as app:
        started(app)
        app.paste("a\x1b[106;5uq\x1b\x1bqn" + "n" * 60 + "q")
        app.type("?")
        app.wait("Help ·")
        app.press("escape")
        app.wait(lambda text: "Help ·" not in text and "step 2 " in text)
        app.press("q")
        app.ended(0)
