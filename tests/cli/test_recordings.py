"""Those who have no session yet find the recordings that come along, and change copies of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from scripts.record import DEMOS, SESSIONS
from tests.cli.calling import call
from tests.tui.app.driven import Driven, doors, until
from tooltrace.assemble import reopen
from tooltrace.debugger.session import recordings
from tooltrace.store.journal import Journal

REFUND = "demo-refund.jsonl"


@pytest.fixture
def installed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package as a wheel lays it down."""
    folder = tmp_path_factory.mktemp("package") / "recordings"
    folder.mkdir()
    for path in SESSIONS.glob("demo-*.jsonl"):
        shutil.copy(path, folder)
    monkeypatch.setattr(recordings, "INSTALLED", folder)
    return folder


def test_list_shows_them_until_there_is_a_session(
    installed: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = call(capsys, "list")
    assert (said.code, said.err) == (0, "")
    assert f"recordings that come along, in {installed}" in said.out
    for name in DEMOS:
        assert f"  demo-{name}.jsonl  " in said.out
    shipped = [each for each in call(capsys, "list", "--json").objects if each.get("shipped")]
    assert [Path(each["session"]).parent for each in shipped] == [installed] * len(DEMOS)
    (here / "sessions").mkdir()
    shutil.copy(SESSIONS / REFUND, here / "sessions" / "mine.jsonl")
    said = call(capsys, "list")
    assert "mine.jsonl" in said.out and "demo-" not in said.out


def test_a_checkout_has_them_in_sessions(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"recordings that come along, in {SESSIONS}" in call(capsys, "list").out


def test_looking_at_one_leaves_nothing_behind(installed: Path, here: Path) -> None:
    sessions = here / "sessions"
    sessions.mkdir()
    before = (installed / REFUND).read_bytes()
    debugger = reopen(installed / REFUND)
    assert debugger.session.file == sessions / REFUND
    assert (sessions / REFUND).read_bytes() == before
    assert (sessions / REFUND).stat().st_mode & 0o777 == 0o600
    debugger.submit.back().result(10)
    debugger.close(remember=True)
    assert list(sessions.iterdir()) == []
    assert (installed / REFUND).read_bytes() == before


def test_what_is_changed_is_in_a_copy(installed: Path, here: Path) -> None:
    sessions = here / "sessions"
    sessions.mkdir()
    before = (installed / REFUND).read_bytes()
    for name in (REFUND, "demo-refund-2.jsonl"):
        debugger = reopen(installed / REFUND)
        debugger.submit.back().result(10)
        assert debugger.submit.edit.fork("mine").result(10).kind != "error"
        debugger.close(remember=True)
        with Journal.open(sessions / name) as journal:
            assert journal.problems == []
            assert {record.event.name for record in journal.records} >= {"forked"}
        assert (sessions / name).read_bytes().startswith(before)
    assert (installed / REFUND).read_bytes() == before


def test_a_copy_is_exact_and_takes_no_name_that_is_there(
    installed: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", "check_refund_policy")
    (here / "sessions").mkdir()
    (here / "sessions" / REFUND).symlink_to("nowhere")
    first, second = reopen(installed / REFUND), reopen(installed / REFUND)
    for debugger, number in ((first, 2), (second, 3)):
        path = here / "sessions" / f"demo-refund-{number}.jsonl"
        assert debugger.session.file == path
        assert path.read_bytes() == (installed / REFUND).read_bytes()
        debugger.close(remember=True)
        assert not path.exists()


def test_where_no_copy_can_be_made_it_is_looked_at(
    installed: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "file").touch()
    monkeypatch.setenv("TOOLTRACE_SESSIONS", str(here / "file"))
    debugger = reopen(installed / REFUND)
    assert debugger.session.file == installed / REFUND
    assert debugger.view().read_only
    assert "to be looked at only: demo-refund.jsonl cannot be made" in debugger.view().problems[0]
    assert debugger.submit.edit.fork("mine").result(10).kind == "error"
    debugger.close(remember=True)


async def test_the_home_screen_shows_them_and_keeps_them(installed: Path, here: Path) -> None:
    (here / "sessions").mkdir()
    given = replace(doors(here / "sessions"), recordings=recordings.recordings)
    async with Driven(None, (160, 45), given) as d:
        assert "recordings  that come along" in d.text and "demo-loan" in d.text
        await d.press("end")
        await d.press("x")
        assert d.note == "▲ it came with tooltrace and stays as it is"
        d.send("enter")
        await until(lambda: "demo-release.jsonl" in d.text)
        await d.settled()
    assert sorted(path.name for path in installed.iterdir()) == sorted(
        f"demo-{name}.jsonl" for name in DEMOS
    )
