"""Keys whose bytes come apart, as over a slow line."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.terminal.pty_app import PtyApp


def test_the_delay_of_escape_can_be_set(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path, env={"ESCDELAY": "5000"}) as app:
        app.wait("step 1/1")
        app.press("?")
        app.wait("Go on")
        os.write(app.master, b"\x1b")
        time.sleep(0.4)  # Longer than what is waited for without the setting.
        os.write(app.master, b"[B")
        app.press("q")  # In pieces, "[" would ask for a text to find, and this be typed there.
        app.wait(lambda text: "Go on" not in text and "enter finds" not in text)
        app.press("q")
        app.ended(0)
        app.assert_restored()
