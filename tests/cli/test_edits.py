"""What commands say of edits of a request, and another model from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import assert_refused, call
from tests.terminal.pty_app import PtyApp
from tooltrace.assemble import load_code, reopen
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadCommand


@pytest.fixture
def edited(session: Path) -> Path:
    """The session, edited where its model was asked last."""
    with reopen(session) as d:
        calls = [
            r.id for r in d.session.tree.records.values() if isinstance(r.event, e.ModelCalled)
        ]
        parent = d.session.tree[calls[-1]].parent
        assert parent is not None
        d.goto(parent)
        d.edit.system("Be kind.")
        d.edit.tool("send_email", description="Send it.")
        d.edit.setting("effort", "low")
        d.edit.message(2, "Refund `order` 7.")
        results = (r.id for r in d.session.tree.up(parent) if isinstance(r.event, e.ToolReturned))
        d.edit.message(min(results), "nothing")
    return session


def test_show_lists_what_was_edited(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = call(capsys, "show", edited)
    line = next(line for line in said.out.splitlines() if line.startswith("edited: "))
    for words in ("± system prompt #", "± tool send_email #", "± effort #", "± message #2 #"):
        assert words in line
    about, *rows = call(capsys, "show", edited, "--json").objects
    marked = [row for row in rows if "edited" in row]
    assert len(marked) == 1 < len(rows)
    by, read = marked[0]["edited"], marked[0]["record"]
    assert f"± #{by}" in next(line for line in said.out.splitlines() if marked[0]["tool"] in line)
    assert [one["what"] for one in about["edits"]] == [
        "± system prompt",
        "± tool send_email",
        "± effort",
        "± message #2",
        f"± message #{read}",
    ]


def test_markdown_says_what_is_read_from_where_on(
    edited: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = call(capsys, "export", edited, "--to", "markdown")
    assert "The system prompt from here on · **edited by a person**" in said.out
    assert "What the model is told of `send_email` from here on" in said.out
    assert "it is **edited where it stands**:" in said.out
    assert said.out.count("Refund `order` 7.") == 2


def test_diff_names_edits_by_their_place(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = call(capsys, "diff", f"{edited}@main", edited)
    assert "the system prompt edited" in said.out
    assert "message 0 edited where it stands" in said.out
    assert "settings changed: effort" in said.out


def test_another_model_needs_the_workflow(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = call(capsys, "open", session, "--model", "claude-haiku-5-5")
    assert_refused(said, "--model needs what goes on with it")


def test_another_model_goes_on_where_one_stands(session: Path, tmp_path: Path) -> None:
    more = ("--workflow", "refund", "--model", "mine", "--base-url", "http://127.0.0.1:9")
    with PtyApp("open", str(session), "--at", "3", *more, cwd=tmp_path, size=(120, 36)) as app:
        app.wait("mine")
        app.press("q")
        app.ended(0)
    with reopen(session) as d:
        settings = d.view().snapshot.settings
        assert (settings.model, settings.base_url) == ("mine", "http://127.0.0.1:9")
        assert d.session.tree[d.view().path[-1]].parent == 3


def test_a_model_that_could_never_answer_is_refused_before_anything_is_written(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    before = session.read_bytes()
    with pytest.raises(BadCommand, match="ANTHROPIC_API_KEY"):
        reopen(session, load_code("refund"), model="claude-haiku-5-5")
    assert session.read_bytes() == before
