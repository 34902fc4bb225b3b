"""Long output on a real terminal, with a pager and without."""

from __future__ import annotations

from pathlib import Path

from tests.terminal.pty_app import PtyApp


def test_a_pager_shows_what_is_long_and_leaving_it_is_no_error(
    recorded: Path, tmp_path: Path
) -> None:
    pager = "sh -c 'echo PAGED; head -n 2'"
    with PtyApp("show", str(recorded), cwd=tmp_path, env={"PAGER": pager}, size=(60, 6)) as app:
        app.ended(0)
        assert app.raw.startswith(b"PAGED")
        assert b"Traceback" not in app.raw and app.raw.count(b"\n") == 3
    with PtyApp("show", str(recorded), "--no-pager", cwd=tmp_path, size=(60, 6)) as app:
        app.ended(0)
        assert app.raw.count(b"\n") > 6


def test_what_is_followed_is_told_as_it_comes(recorded: Path, tmp_path: Path) -> None:
    with PtyApp("show", str(recorded), "--follow", cwd=tmp_path, env={"PAGER": "nl"}) as app:
        app.ended(0)
        assert app.raw.startswith(b"#1 ")
