"""A session that came without code goes on: the model is asked, and a person gives the results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tooltrace
from tests.formats.importers.files import call, lines_file, tool_result
from tooltrace.core.model.errors import BadCommand
from tooltrace.debugger.session.import_files import import_file
from tooltrace.models.scripted import Move, ScriptedModel, Seen

TOOL = {"name": "look", "description": "Looks.", "input_schema": {"type": "object"}}
GO = {"role": "user", "content": "go"}


def session(folder: Path) -> Path:
    """A session that was imported from one request with its reply, a call."""
    asked = {"model": "claude-x", "max_tokens": 9, "tools": [TOOL], "messages": [GO]}
    reply = {"type": "message", "role": "assistant", "content": [call("t1", "look", a=1)]}
    again = {"role": "assistant", "content": [call("t1", "look", a=1)]}
    result = {"role": "user", "content": [tool_result("t1", "a cup")]}
    end = {**reply, "content": [{"type": "text", "text": "A cup."}]}
    later = {"request": {**asked, "messages": [GO, again, result]}, "response": end}
    lines: list[Any] = [{"request": asked, "response": reply}, later]
    import_file(lines_file(folder, lines, "pairs.jsonl"), folder / "x.jsonl")
    return folder / "x.jsonl"


def policy(seen: Seen) -> Move:
    """Looks again, and says what it saw."""
    if seen.result("look") == "a mug":
        return tooltrace.say("A mug.")
    return tooltrace.call("look", a=2)


def test_it_goes_on_live_with_results_by_hand(tmp_path: Path) -> None:
    path = session(tmp_path)
    with tooltrace.open(path, by_hand=True, model=ScriptedModel(policy)) as d:
        assert d.request is not None and d.request["tools"] == [TOOL]
        d.edit.result(d.calls[0].record, "a plate")
        stop = d.go()
        assert stop.kind == "no_code" and "runs look: d.edit.answer(" in stop.text
        assert d.go() == stop
        ref = d.calls[-1].ref
        assert ref is not None
        d.edit.answer(ref, "a mug")
        assert d.go().kind == "finished"
        assert [one.result for one in d.calls] == ["a plate", "a mug"]
        assert "workflow_changed" not in path.read_text()
    with tooltrace.open(path) as d:
        assert [one.result for one in d.calls] == ["a plate", "a mug"]


def test_without_it_nothing_runs_and_both_ways_are_named(tmp_path: Path) -> None:
    with tooltrace.open(session(tmp_path)) as d:
        d.edit.result(d.calls[0].record, "a plate")
        stop = d.go()
    assert stop.kind == "no_code"
    assert "--workflow REF" in stop.text and "--by-hand" in stop.text


def test_an_imported_file_is_made_a_session_first(tmp_path: Path) -> None:
    session(tmp_path)
    model = ScriptedModel(policy)
    with (
        tooltrace.open(tmp_path / "pairs.jsonl", by_hand=True, model=model) as d,
        pytest.raises(tooltrace.ReadOnly, match="tooltrace import"),
    ):
        d.edit.result(d.calls[0].record, "a plate")


def test_a_model_that_cannot_be_asked_is_refused_at_once(tmp_path: Path) -> None:
    from tooltrace.assemble import reopen

    with pytest.raises(BadCommand):
        reopen(session(tmp_path), by_hand=True, model="openai:")
