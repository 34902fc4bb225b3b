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


def test_the_demo_plays_before_an_audience_until_a_key_is_pressed(tmp_path: Path) -> None:
    with PtyApp("demo", "--present", cwd=tmp_path, size=(80, 24)) as app:
        app.wait("Its tools really run")
        app.wait("PLAYING")
        app.press("x")
        app.wait("PAUSED")
        app.type(" ")
        app.wait("a stoneware mug for 59.90 euros")
        app.press("q")
        app.ended(0)
        app.assert_restored()


def test_a_script_that_cannot_be_played_is_named_by_its_line_and_nothing_is_left(
    tmp_path: Path,
) -> None:
    script = tmp_path / "my.script"
    script.write_text("tooltrace script 1\nworkflow refund\nstart\nbeet\n", encoding="utf-8")
    with PtyApp("demo", "--present", "--script", "my.script", cwd=tmp_path, size=(200, 24)) as app:
        app.ended(2)
        assert "my.script:4: unknown action 'beet', did you mean 'beat'?" in app.text
    with PtyApp("demo", "--script", "my.script", cwd=tmp_path, size=(200, 24)) as app:
        app.ended(2)
        assert "give --present, too" in app.text
    assert list(tmp_path.rglob("*.jsonl")) == []
