"""``O`` hands the branch on: a format, a new file, and where it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tui.app.driven import Driven, until
from tests.tui.app.keys import presses
from tooltrace.debugger.debugger import Debugger
from tooltrace.formats.registry import exporter_names


@presses("export")
async def test_a_branch_becomes_a_page_beside_its_session(at_credit: Debugger) -> None:
    file = at_credit.session.journal
    assert file is not None
    async with Driven(at_credit, (80, 24)) as d:
        records = d.view.head
        await d.press("O")
        assert d.dialog == "PickerScreen"
        assert all(name in d.text for name in exporter_names())
        await d.type("html")
        await d.press("enter")
        assert d.dialog == "PromptScreen"
        page = file.path.with_name(f"{file.path.stem}-main.html")
        assert page.name in d.text
        await d.press("enter")
        await until(lambda: "is in" in d.note, d.note)
        assert d.note.startswith("main as html is in ")
        assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
        assert d.view.head == records
        await d.press("O", *"otlp", "enter")
        assert f"{file.path.stem}-main.json" in d.text
        await d.press("enter")
        await until(lambda: "as otlp" in d.note, d.note)
        assert json.loads(page.with_suffix(".json").read_text())["resourceSpans"]


@presses("export")
async def test_what_is_there_is_not_written_over_and_what_cannot_be_is_said(
    at_start: Debugger, tmp_path: Path
) -> None:
    (tmp_path / "mine.md").write_text("mine")
    async with Driven(at_start, (100, 30)) as d:
        await d.press("O", *"markdown", "enter", "ctrl+u")
        await d.type(str(tmp_path / "mine.md"))
        await d.press("enter")
        assert d.dialog == "PromptScreen" and "mine.md is there already" in d.text
        await d.press("ctrl+u")
        await d.type(str(tmp_path / "no" / "x.md"))
        await d.press("enter")
        assert "there is no folder" in d.text
        await d.press("escape", "O", *"chat", "enter", "enter")
        await until(lambda: d.note.startswith("×"), d.note)
        assert "chat needs the request of a branch" in d.note
        assert (tmp_path / "mine.md").read_text() == "mine"
        assert not list(tmp_path.rglob("*.part"))


@presses("export")
async def test_secrets_are_taken_out_and_named(
    at_credit: Debugger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "Ines Duarte")
    async with Driven(at_credit, (100, 30)) as d:
        await d.press("O", *"markdown", "enter", "ctrl+u")
        await d.type(str(tmp_path / "out.md"))
        await d.press("enter")
        await until(lambda: "is in" in d.note, d.note)
        assert "taken out: [secret SHOP_TOKEN #1]" in d.note
        assert "Ines Duarte" not in (tmp_path / "out.md").read_text()
