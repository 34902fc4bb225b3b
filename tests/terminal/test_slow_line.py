"""Keys whose bytes come apart, as over a slow line."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from tests.terminal.pty_app import KEYS, PtyApp


def test_the_delay_of_escape_can_be_set(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path, env={"ESCDELAY": "5000"}) as app:
        app.wait("step 1 ")
        app.press("?")
        app.wait("Go on")
        os.write(app.master, b"\x1b")
        time.sleep(0.4)  # Longer than what is waited for without the setting.
        os.write(app.master, b"[B")
        app.press("q")  # In pieces, "[" would ask for a text to find, and this be typed there.
        app.wait(lambda text: "Go on" not in text and "enter stay" not in text)
        app.press("q")
        app.ended(0)
        app.assert_restored()


WAITING = """
import time
from pathlib import Path
from tooltrace import Workflow, call, say, tool

@tool
def pay() -> str:
    "Pay, slowly."
    while not Path("let-go").exists():
        time.sleep(0.02)
    return "paid"

flow = Workflow(
    "flow", tools=[pay], policy=lambda s: say("Done.") if s.last else call("pay"), input="Pay.",
)
"""


def test_arrows_whose_bytes_come_apart_give_up_nothing_and_two_escapes_do(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(WAITING)
    with PtyApp("run", "flow.py", cwd=tmp_path, size=(100, 30)) as app:
        app.wait("step 1 ")
        app.press("c")
        app.wait("RUNNING")
        for arrow in (b"OA", b"[A"):
            os.write(app.master, b"\x1b")
            app.wait("esc again within 2 seconds")
            time.sleep(0.2)
            os.write(app.master, arrow[:1])
            time.sleep(0.2)
            os.write(app.master, arrow[1:])
            app.wait("enter stay" if arrow[:1] == b"[" else "RUNNING")
            app.settle()
            assert "cancelled" not in app.text and "RUNNING" in app.text
            if "enter stay" in app.text:
                app.press("escape")
                app.wait(lambda text: "enter stay" not in text)
        time.sleep(2.1)
        app.press("escape")
        app.wait("esc again within 2 seconds")
        time.sleep(0.3)  # Else both are one key.
        app.press("escape")
        app.wait("cancelled")
        (tmp_path / "let-go").touch()
        app.press("q")
        app.end()
        app.assert_restored()


def test_keys_in_one_burst_reach_what_each_of_them_is_for(tmp_path: Path) -> None:
    esc, enter = KEYS["escape spelled out"], KEYS["enter"]
    with PtyApp("demo", cwd=tmp_path) as app:
        app.wait("step 1 ")
        app.step(2)
        # Help, the tree and prompts are opened and closed; what follows is for what is below.
        app.type(f"?{esc}v{esc}v/no such branch{esc}{esc}1?{esc}mfirst of all{enter}?{esc}b")
        app.wait("type to narrow")
        app.type(f"{esc}v{esc}?{esc}:{esc}q")
        app.ended(0)
        app.assert_restored()
    (file,) = (tmp_path / "sessions").glob("*.jsonl")
    kept = [json.loads(line) for line in file.read_text().splitlines()]
    (mark,) = [one["event"] for one in kept if one["type"] == "bookmarked"]
    assert mark["text"] == "first of all"
