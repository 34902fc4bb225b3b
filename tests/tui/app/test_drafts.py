"""The draft of a reply that was cut is valid as it is given, and can be taken so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.tui.app.driven import Driven, begin
from tooltrace.core.model import events as e
from tooltrace.debugger.edit.edits import draft_of, reply_problem

CALL = {"type": "tool_use", "id": "t", "name": "look", "input": {"n": 1}}
SAID = {"type": "text", "text": "So far"}


@pytest.mark.parametrize(
    ("came", "whole"),
    [
        (None, []),
        ({}, []),
        ({"content": "no list"}, []),
        ({"content": [SAID], "stop_reason": None}, [SAID]),
        ({"content": [SAID, CALL], "stop_reason": None}, [SAID, CALL]),
        ({"content": [CALL, {**CALL, "input": "{"}], "stop_reason": "tool_use"}, [CALL]),
        ({"content": [{"type": "tool_use", "name": "x", "partial_json": "{"}, SAID, 3]}, [SAID]),
        ({"content": [{"type": "thinking", "thinking": "hm"}, SAID], "usage": {}}, [SAID]),
    ],
)
def test_what_came_whole_is_a_reply(came: dict[str, Any] | None, whole: list[Any]) -> None:
    draft = draft_of(came)
    assert reply_problem(draft) is None
    assert draft["content"] == (whole or [{"type": "text", "text": ""}])
    assert ("usage" in draft) == ("usage" in (came or {}))


async def test_a_cut_reply_can_be_written_as_it_came(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path), (120, 36)) as d:
        await d.press("n", "x")
        await d.type("cut")
        await d.press("enter", "e")
        assert d.dialog == "EditorScreen" and "valid JSON" in d.text
        await d.press("ctrl+s")
        event = d.view.tree[d.view.head].event
        assert isinstance(event, e.ModelReplied) and "Let me look" in str(event.reply)
