"""``show --requests``: each request in a line, or all of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import assert_refused, call
from tests.core.given import AT, Given
from tests.models.asked import edited_early, shop
from tests.tui.view.build import HOSTILE
from tooltrace.core.model import events as e
from tooltrace.core.text.sanitize import visible
from tooltrace.debugger.session.session import Session
from tooltrace.store.journal import Journal


def written(folder: Path, given: Given) -> Path:
    """The records as a file."""
    path = folder / "s.jsonl"
    with Journal.create(path) as journal:
        session = Session(lambda: AT, journal)
        for record in given.tree.records.values():
            if record.parent is None:
                session.append(record.event, record.source)
            else:
                session.append_after(record.parent, record.event, record.source)
    return path


def body_of(request: dict[str, Any], path: list[str | int]) -> Any:
    value: Any = request["body"]
    for step in path:
        value = value[step]
    return value


def test_a_line_for_each_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, edited_early(placement="system"))
    said = call(capsys, "show", file, "--requests")
    assert (said.code, said.err) == (0, "")
    rows = [line.split() for line in said.out.splitlines() if line.startswith("#")]
    assert [row[:7] for row in rows] == [
        ["#3", "12", "40", "0", "1,200", "0.1", "%"],
        ["#12", "12", "40", "1,200", "160", "0.1", "%"],
    ]
    assert "the state prompt, which stands in the system prompt" in said.out


def test_all_of_each_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, edited_early())
    said = call(capsys, "show", file, "--requests", "--full")
    assert (said.code, said.err) == (0, "")
    assert "Request #12 · sent to claude-sonnet-5-5" in said.out
    assert "an edited result, #10" in said.out
    for words in ("Look an order up.", "the number on the receipt", "You work for a shop."):
        assert words in said.out
    assert '{"id":"1001","total":1}' in said.out


def test_all_of_it_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, edited_early())
    _, first, last = call(capsys, "show", file, "--requests", "--full", "--json").objects
    assert (first["record"], first["previous"], last["record"]) == (3, None, 12)
    assert (last["model"], last["context_window"]) == ("claude-sonnet-5-5", 1_000_000)
    assert (last["tokens"], last["counted"], last["answers"]) == (1372, True, "model")
    assert sum(part["tokens_estimated"] or 0 for part in last["parts"]) == 1372
    assert {part["change"] for part in first["parts"]} == {None}
    for part in last["parts"]:
        assert body_of(last, part["path"]) == part["content"]
    assert last["parts"][-1]["cache_control"] == {"type": "ephemeral"}
    json.dumps(last)


def test_full_is_about_requests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, shop())
    assert_refused(call(capsys, "show", file, "--full"), "--requests")
    assert "the model was not asked" in call(capsys, "show", file, "--requests", "--full").out


def test_hostile_text_is_made_visible(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = shop().snapshot.workflow
    given = Given(spec, e.Settings(model=HOSTILE)).user(HOSTILE).asks()
    said = call(capsys, "show", written(tmp_path, given), "--requests", "--full")
    assert said.code == 0
    assert visible(said.out) == said.out
    assert "\\u{1b}[2J" in said.out
