"""On the home screen sessions are removed and renamed, after a word about what goes with them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec
import pytest

from tests.tui.app.driven import Driven, begin, doors, reach, until
from tooltrace.debugger.session.last_position import LastPosition, LastPositions
from tooltrace.store import Journal
from tooltrace.tui.screens.home import HomeScreen
from tooltrace.tui.widgets.inputs import LineInput


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A session that ran to its end, with its world."""
    debugger = reach(begin(tmp_path), lambda view: view.snapshot.outcome is not None)
    path = debugger.session.file
    assert path is not None
    debugger.close()
    return path


def home(folder: Path, size: tuple[int, int] = (80, 24)) -> Driven:
    given = doors(folder, [("refund", "one after the other")])
    places = LastPositions(folder / "state")
    return Driven(None, size, msgspec.structs.replace(given, places=places))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def asked(d: Driven, key: str, dialog: str) -> None:
    d.send(key)
    await until(lambda: d.dialog == dialog, f"no {dialog}: {d.note}")
    await d.settled()


async def told(d: Driven, words: str) -> None:
    await until(lambda: words in d.note, f"{words!r} was not said: {d.note!r}")
    await d.settled()


@pytest.mark.parametrize("size", [(80, 24), (160, 45), (60, 20)])
async def test_what_goes_is_named_and_only_yes_removes_it(
    size: tuple[int, int], session: Path, tmp_path: Path
) -> None:
    LastPositions(tmp_path / "state").save(session, LastPosition("x", 1, 1, 1))
    async with home(tmp_path, size) as d:
        await d.press("end")
        for key in ("escape", "enter", "n"):
            await asked(d, "x", "ConfirmScreen")
            for words in ("Remove refund-0001.jsonl?", "refund-0001.world · its world · "):
                assert words in d.text
            assert "KB for good" in d.text
            await d.press(key)
            assert d.dialog is None and session.exists()
        await asked(d, "x", "ConfirmScreen")
        d.send("y")
        await told(d, "removed refund-0001.jsonl")
        assert "none yet" in d.text
    assert names(tmp_path) == {"state"} and names(tmp_path / "state") == set()


async def test_it_is_renamed_with_its_world(session: Path, tmp_path: Path) -> None:
    (tmp_path / "taken.jsonl").touch()
    os.utime(tmp_path / "taken.jsonl", (1, 1))
    async with home(tmp_path) as d:
        await d.press("down", "down")
        await asked(d, "e", "PromptScreen")
        assert "refund-0001" in d.text
        for wrong, words in (
            ("a/b", "no folder in it"),
            ("", "no folder in it"),
            (".hidden", "no folder in it"),
            ("taken", "taken.jsonl exists already"),
        ):
            await d.press(*["backspace"] * 12)
            await d.type(wrong)
            await d.press("enter")
            assert d.dialog == "PromptScreen" and words in d.text
        await d.press(*["backspace"] * 12)
        d.app.screen.query_one(LineInput).value = "x" * 300
        d.send("enter")
        await told(d, "cannot be moved: file name too long")
        d.quiet()
        await asked(d, "e", "PromptScreen")
        await d.press(*["backspace"] * 12)
        await d.type("mugs")
        d.send("enter")
        await told(d, "refund-0001.jsonl is mugs.jsonl now")
        assert "mugs" in d.text and "refund-0001" not in d.text.replace(d.note, "")
    assert names(tmp_path) == {"mugs.jsonl", "mugs.world", "taken.jsonl"}


async def test_what_is_refused_is_said_and_the_list_stays(session: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\x1b[2J not a session")
    async with home(tmp_path) as d:
        for key, word in (("x", "remove"), ("e", "rename")):
            await d.press("home", key)
            assert d.note == f"▲ go to a session to {word} it"
            await d.press("down", "down")
            d.send(key)
            await told(d, "a.jsonl is not a session")
            await d.press("down", "down")
            with Journal.open(session, writable=True):
                d.send(key)
                await told(d, "refund-0001.jsonl stays: already open")
            d.quiet()
        await d.press("end", "enter")
        assert d.view.snapshot.workflow.name == "refund"
    assert session.exists()


async def test_a_session_that_is_gone_by_the_time_of_the_yes(session: Path, tmp_path: Path) -> None:
    async with home(tmp_path) as d:
        await d.press("end")
        await asked(d, "x", "ConfirmScreen")
        shutil.move(session, tmp_path / "elsewhere")
        d.send("y")
        await told(d, "does not exist")
        assert "none yet" in d.text


async def test_escape_does_nothing_and_names_the_key_that_quits(tmp_path: Path) -> None:
    async with home(tmp_path) as d:
        await d.press("escape")
        assert d.note == "q quits"
        assert isinstance(d.app.screen, HomeScreen) and d.app._exit is False
        await d.press("q")
        assert d.app.return_code == 0


async def test_a_workflow_that_was_only_looked_at_leaves_nothing(tmp_path: Path) -> None:
    async with home(tmp_path) as d:
        await d.press("enter")
        assert d.view.snapshot.workflow.name == "refund"
        await d.press("q")
        assert "none yet" in d.text
    assert names(tmp_path) == set()
