"""Strings from outside in every field of a session: nothing crashes, acts or hides."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.given import AT
from tests.tui.app.driven import SIZES, Driven, doors
from tests.tui.tui_support import BATCHES, assert_clean
from tooltrace.core.model import events as e
from tooltrace.core.model.notes import BranchNamed
from tooltrace.core.model.workflow import (
    ContextField,
    StateSpec,
    ToolSpec,
    Transition,
    WorkflowSpec,
)
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.session.session import Session
from tooltrace.store.journal import Journal

# What a file may hold is not what a person waits for: the long ones are cut to a screen or two.
NASTY = {name: text[:20_000] for name, text in BATCHES.items()}
CASES = [("joined", size) for size in SIZES]
CASES += [(name, SIZES[at % len(SIZES)]) for at, name in enumerate(NASTY) if name != "joined"]
TOUR = (
    *("1", "home", "enter", "down", "enter", "end", "pageup", "z", "z"),
    *("2", "home", "down", "end", "e", "escape", "T", "escape"),
    *(
        "3",
        "home",
        "enter",
        "enter",
        "escape",
        "e",
        "escape",
        "b",
        "y",
        "z",
        "escape",
        "d",
        "escape",
    ),
    *("v", "escape", "ctrl+o", "escape", "?", "escape", "B", "escape", "r", "escape"),
    *("N", "N", "n", "C", "c", "R", "S", "escape"),
)


def session_of(text: str, journal: Journal | None = None) -> Session:
    """A session with ``text`` in every field that may hold text."""
    tools = (ToolSpec(text, text, {"description": text}, critical=True), ToolSpec("two"))
    spec = WorkflowSpec(
        text,
        description=text,
        system=text,
        tools=tools,
        states=(StateSpec(text, (text,), text), StateSpec("end", terminal=True)),
        initial=text,
        rows=(
            Transition((text,), text, "end", "result", {text: "result"}),
            Transition(("two",), text, "end"),
        ),
        context=(ContextField(text, text, text), ContextField("other")),
        critical_to="end",
        input=text,
    )
    session = Session(lambda: AT, journal)

    def add(event: e.Event, source: e.Source = "live") -> int:
        return session.append(event, source).id

    add(e.RunStarted(spec, e.Settings(model=text, base_url=text), text, text, 1, text))
    add(e.UserSaid(text), "edited")
    add(e.ModelCalled(text, text))
    use = {"type": "tool_use", "id": text, "name": text, "input": {text: text, "n": [text]}}
    two = {"type": "tool_use", "id": "2", "name": "two", "input": {text: text}}
    said = [{"type": "text", "text": text}, {"type": "thinking", "thinking": text}]
    body = {"content": [*said, use, two], "stop_reason": "tool_use", "usage": {text: text}}
    reply = add(e.ModelReplied(body, 1.0, text), "scripted")
    add(e.ToolStarted(e.CallRef(reply, 0), text, text))
    error = e.ErrorDetail(text, text, text)
    result = e.ToolReturned(e.CallRef(reply, 0), {text: [text]}, True, 1.0, error, text)
    returned = add(result, "edited")
    add(e.Transitioned("end", 0, returned, text), "forced")
    add(e.ContextEdited(text, {text: text}), "edited")
    add(e.ModelFailed(text, 500, text, text))
    add(e.Unknown(text, {text: text}, text))
    session.append_after(returned, e.Forked(text), "live")
    session.note(BranchNamed(session.head, text))
    add(e.ModelCalled(text, text))
    second = add(e.ModelReplied(body))
    add(e.ToolStarted(e.CallRef(second, 0), text, text))
    return session


@pytest.mark.parametrize(("name", "size"), CASES)
async def test_a_tour_of_a_hostile_session(name: str, size: tuple[int, int]) -> None:
    text = NASTY[name]
    debugger = Debugger(session_of(text), problems=(text,))
    async with Driven(debugger, size) as d:
        assert_clean(d.app)
        for key in TOUR:
            d.send(key)
            await d.pilot._wait_for_screen()
            assert d.app.return_code is None
            assert_clean(d.app)
        await d.settled()
        assert d.view.tree.last_id >= 15


async def test_a_hostile_file_name(tmp_path: Path) -> None:
    name = "a\x1b[2J[@click=app.quit]x[bold\u202e漢.jsonl"
    journal = Journal.create(tmp_path / name)
    debugger = Debugger(session_of(NASTY["joined"], journal))
    async with Driven(debugger, (160, 45)) as d:
        assert_clean(d.app)
    async with Driven(None, (120, 36), doors(tmp_path)) as d:
        assert "\\u{1b}[2J" in d.text
        assert_clean(d.app)
        await d.press("down", "enter")
        assert_clean(d.app)
        assert d.view.tree.last_id > 14
