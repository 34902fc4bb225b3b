"""A run that ended with accepted divergences reads so, wherever its end is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import call
from tests.debugger.conftest import Sit
from tests.debugger.sitting import Sitting
from tests.debugger.test_divergence_kept import met
from tests.tui.app.driven import Driven


@pytest.fixture
def accepted(sit: Sit, tmp_path: Path) -> Sitting:
    """A session that ended with three accepted divergences, open."""
    s = met(sit, tmp_path)
    s.done("replay.accept")
    while s.do("go").kind == "divergence":
        s.done("replay.accept")
    assert s.snapshot.outcome == "completed" and s.snapshot.accepted == 3
    return s


async def test_in_the_app(accepted: Sitting) -> None:
    async with Driven(accepted.debugger, (120, 36)) as d:
        assert "3 divergences accepted" in d.status
        await d.press("v")
        assert "completed ≠3" in d.text
        assert d.text.count("≠3") == 1  # The recording that was replayed has none.


def test_on_the_command_line(
    accepted: Sitting,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = accepted.file
    accepted.close(remember=True)
    monkeypatch.setenv("TOOLTRACE_SESSIONS", str(tmp_path))
    row = next(line for line in call(capsys, "list").out.splitlines() if path.name in line)
    assert "completed ≠3" in row
    assert "3 divergences accepted" in row
    (fact,) = [o for o in call(capsys, "list", "--json").objects if o.get("session") == str(path)]
    assert fact["accepted"] == 3
    assert "3 divergences accepted" in call(capsys, "show", path).out
    assert call(capsys, "show", path, "--json").objects[0]["accepted"] == 3
