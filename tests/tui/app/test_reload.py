"""The tool is mended while its run stands still: the key that loads it, and who may offer code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.test_by_hand import policy, session
from tests.tui.app.driven import Driven, doors, until
from tests.tui.app.keys import presses
from tooltrace.assemble import load_code, new_run, reopen
from tooltrace.core.model.events import Settings
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.debugger.session.known_code import KnownCodes
from tooltrace.models.scripted import ScriptedModel
from tooltrace.tui.services import AppServices

BROKEN = """
from tooltrace import Workflow, call, say, tool

@tool(read_only=True)
def price(item: str) -> float:
    return {"cup": 1.5}[item]

flow = Workflow("shop", tools=[price], input="What is a mug?",
    policy=lambda s: say("Done.") if s.result("price") else call("price", item="mug"))
"""
MENDED = BROKEN.replace('"cup"', '"mug"')


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    path = tmp_path / "shop.py"
    path.write_text(BROKEN)
    yield path


def failed(file: Path) -> Debugger:
    """A run that stands after its tool has failed."""
    made = new_run(
        load_code(f"{file}"), file.with_name("s.jsonl"), Settings(), points=BreakpointFile(file)
    )
    while not made.calls or made.calls[-1].status != "returned":
        made.step()
    return made


@presses("reload")
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 45)])
async def test_the_top_line_says_it_and_the_failed_call_is_made_again(
    size: tuple[int, int], file: Path
) -> None:
    async with Driven(failed(file), size) as d:
        file.write_text(MENDED)
        await until(lambda: "^r loads shop.py" in d.status, "nobody looked at the file")
        assert "▌PAUSED" in d.status
        await d.press("ctrl+r")
        await until(lambda: "loaded shop.py again" in d.note, d.note)
        assert d.note.endswith("make the failed call again (R)") and "^r" not in d.status
        await d.press("R")
        assert d.dialogs == ["PreviewScreen"]
        await d.press("enter")
        await until(lambda: d.debugger.calls[-1].result == 1.5)
        await d.settled()
        assert d.dialogs == [] and "1.5" in d.text


async def test_the_failed_call_is_meant_wherever_the_cursor_is(file: Path) -> None:
    async with Driven(failed(file), (80, 24)) as d:
        file.write_text(MENDED)
        await d.press("ctrl+r", "1", "home", "R")
        assert d.dialogs == ["PreviewScreen"]
        await d.press("enter")
        await until(lambda: d.debugger.calls[-1].result == 1.5)


async def test_what_cannot_be_loaded_is_said_in_one_line(file: Path) -> None:
    async with Driven(failed(file), (80, 24)) as d:
        file.write_text(BROKEN + "\nx = (\n")
        await d.press("ctrl+r")
        await until(lambda: "shop.py:11: SyntaxError" in d.note, d.note)
        d.screen.controller.code.look()
        await until(lambda: "^r loads shop.py" in d.status)


def given(file: Path, codes: KnownCodes) -> AppServices:
    here, points = file.parent, BreakpointFile(file.parent)

    def open_with(path: Path, ref: str) -> Debugger:
        return reopen(path, load_code(ref), points=points)

    return replace(doors(here), known=lambda ref: codes.find(here, ref), open_with=open_with)


async def test_code_is_offered_only_where_this_person_ran_it_before(
    file: Path, tmp_path: Path
) -> None:
    failed(file).close()
    codes = KnownCodes(tmp_path / "state" / "code")
    services = given(file, codes)
    async with Driven(reopen(tmp_path / "s.jsonl"), (120, 36), services) as d:
        await d.press("ctrl+r")
        assert d.dialogs == [] and f"--workflow{file}" in d.note.replace(" ", "")
        codes.remember(tmp_path / "elsewhere", str(file), str(file))
        await d.press("ctrl+r")
        assert d.dialogs == [], "it was run from another folder"
        codes.remember(tmp_path, str(file), str(file))
        file.write_text(MENDED)
        for key in ("escape", "enter", "n"):
            await d.press("ctrl+r")
            assert d.dialogs == ["ConfirmScreen"]
            assert file.name in d.text and "You ran it from" in d.text
            assert "not what it was then" in d.text
            await d.press(key)
            assert d.dialogs == [] and not d.view.live
        await d.press("N")
        there = d.view.head
        await d.press("ctrl+r", "y")
        await until(lambda: d.view.live)
        await d.settled()
        assert d.view.head == there
        await d.press("n", "R", "enter")
        await until(lambda: d.debugger.calls and d.debugger.calls[-1].result == 1.5)


def test_what_is_remembered_is_this_persons_and_means_the_same_file(tmp_path: Path) -> None:
    codes = KnownCodes(tmp_path / "code")
    file = tmp_path / "flow.py"
    file.write_text("x = 1\n")
    assert codes.find(tmp_path, "flow.py:x") is None
    codes.remember(tmp_path, "flow.py:x", str(file))
    found = codes.find(tmp_path, "flow.py:x")
    assert found is not None and not found.changed
    assert oct(codes.folder.stat().st_mode & 0o777) == "0o700"
    assert [oct(p.stat().st_mode & 0o777) for p in codes.folder.iterdir()] == ["0o600"]
    other = tmp_path / "other.py"
    other.write_text("x = 2\n")
    file.unlink()
    file.symlink_to(other)
    assert codes.find(tmp_path, "flow.py:x") is None, "the name leads elsewhere now"
    file.unlink()
    file.write_text("x = 1\n")
    assert codes.find(tmp_path, "flow.py:x") is not None
    codes.folder.chmod(0o777)
    assert codes.find(tmp_path, "flow.py:x") is None, "somebody else may have written it"


async def test_where_no_code_is_known_it_is_offered_to_go_on_by_hand(tmp_path: Path) -> None:
    path, asked = session(tmp_path), ScriptedModel(policy)
    services = replace(doors(tmp_path), by_hand=lambda path: reopen(path, by_hand=asked))
    async with Driven(reopen(path), (120, 36), services) as d:
        for key in ("enter", "n"):
            await d.press("ctrl+r")
            assert d.dialogs == ["ConfirmScreen"]
            assert "claude-x is asked anew" in d.text and "--workflow REF" in d.text
            await d.press(key)
            assert d.dialogs == [] and not d.view.live
        await d.press("ctrl+r", "y")
        await until(lambda: d.view.live)
        d.debugger.edit.result(d.debugger.calls[0].record, "a plate")
        await d.press("n", "n")
        await d.settled()
        assert "nothing here runs look" in d.text
