"""The demo writes where it is told to, also where it has no folder of its own."""

from __future__ import annotations

from pathlib import Path

from tests.terminal.pty_app import PtyApp


def test_the_session_of_the_demo_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    env = {"TOOLTRACE_SESSIONS": str(tmp_path / "file")}
    with PtyApp("demo", cwd=tmp_path, env=env, size=(300, 24)) as app:
        app.ended(2)
        assert "--session FILE" in app.text and "TOOLTRACE_SESSIONS" in app.text
    with PtyApp("demo", "--session", "mine.jsonl", cwd=tmp_path, env=env) as app:
        app.wait("step 1 ")
        app.press("n")
        app.wait("step 2 ")
        app.press("q")
        app.ended(0)
    assert (tmp_path / "mine.jsonl").stat().st_size > 1000
