"""A session's file that is gone is noticed in the app, and another name is offered at once."""

from __future__ import annotations

from pathlib import Path

from tests.tui.app.driven import Driven, begin, reach, until
from tests.tui.app.given import before
from tooltrace.store import Journal
from tooltrace.tui.widgets.inputs import ValueArea


async def offered(d: Driven) -> None:
    await until(lambda: d.dialog == "PromptScreen", "no name was asked for")
    await d.settled()


async def test_one_is_asked_without_doing_anything_and_goes_on_there(tmp_path: Path) -> None:
    debugger = reach(begin(tmp_path), before("process_credit"))
    path = debugger.session.file
    assert path is not None
    async with Driven(debugger, (160, 30)) as d:
        path.unlink()
        await offered(d)
        assert "refund-0001.jsonl was deleted while it was open" in d.text
        assert "refund-0001-saved" in d.text and "it is in no file" in d.text
        await d.press("enter")
        await until(lambda: "saved as" in d.note)
        await d.press("n")
        assert "refund-0001-saved" in d.status
    with Journal.open(tmp_path / "refund-0001-saved.jsonl") as journal:
        assert [r.event.name for r in journal.records].count("tool_returned") == 3


async def test_who_leaves_it_is_asked_again_when_something_cannot_be_saved(tmp_path: Path) -> None:
    debugger = reach(begin(tmp_path), before("process_credit"))
    path = debugger.session.file
    assert path is not None
    async with Driven(debugger, (100, 30)) as d:
        (tmp_path / "other").write_text("theirs")
        (tmp_path / "other").replace(path)
        await offered(d)
        await d.press("escape", "N", "N")
        assert d.dialog is None
        await d.press("e")
        d.app.screen.query_one(ValueArea).load_text("{}")
        d.send("f2")
        await offered(d)
        await d.press("escape")
        d.app.close_debugger()
        (unsaved,) = d.app.unsaved
        assert "was replaced by another file" in unsaved.trouble
    assert path.read_text() == "theirs"
    assert not (tmp_path / "refund-0001-saved.jsonl").exists()
