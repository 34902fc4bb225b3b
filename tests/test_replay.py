"""``tooltrace.replay``: a branch held against the code of today, in memory and offline."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

import tooltrace
from tooltrace import On, State, Workflow, call, say, tool

GIVEN: dict[str, Any] = {"grams": 400, "sent": 0}


@tool(read_only=True, open_world=False)
def weigh(item: str) -> dict[str, Any]:
    """Weigh an item."""
    return {"grams": GIVEN["grams"], "item": item}


@tool(open_world=True)
def send(item: str) -> str:
    """Send it off, which nobody takes back."""
    GIVEN["sent"] += 1
    return f"sent {GIVEN['sent']}"


def policy(seen: Any) -> Any:
    if seen.last is None:
        return call("weigh", item="mug")
    if seen.last.tool == "weigh":
        return call("send", item="mug")
    return say("Done.")


def post(limit: int = 500, words: str = "You post things.") -> Workflow:
    return Workflow(
        "post",
        system=words,
        tools=[weigh, send],
        states=[
            State("start", [weigh]),
            State("letter", [send]),
            State("parcel", [send]),
            State("gone", terminal=True),
        ],
        transitions=[
            On(weigh, "start", "letter", when=f"result.grams < {limit}"),
            On(weigh, "start", "parcel"),
            On(send, "letter", "gone"),
            On(send, "parcel", "gone"),
        ],
        policy=policy,
        input="Post the mug.",
    )


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(GIVEN, "sent", 0)
    file = tmp_path / "post.jsonl"
    with tooltrace.debug(post(), session=file) as d:
        assert d.go().kind == "finished"
    assert GIVEN["sent"] == 1
    return file


def test_what_was_recorded_comes_again_and_the_session_is_only_read(session: Path) -> None:
    before = session.read_bytes()
    for run in (tooltrace.replay(session), tooltrace.replay(session, post(), tools="live")):
        assert [(c.tool, c.arguments, c.is_error) for c in run.calls] == [
            ("weigh", {"item": "mug"}, False),
            ("send", {"item": "mug"}, False),
        ]
        assert run.calls[1].result == "sent 1"
        assert run.states == ("start", "letter", "gone")
        assert (run.outcome, run.divergences, run.text) == ("completed", (), "")
    assert session.read_bytes() == before
    assert [path.name for path in session.parent.iterdir()] == [session.name]


def test_what_acts_outside_is_answered_from_the_recording_unless_it_is_named(session: Path) -> None:
    tooltrace.replay(session, post(), tools="live")
    assert GIVEN["sent"] == 1
    run = tooltrace.replay(session, post(), tools="live", allow=["send"])
    assert GIVEN["sent"] == 2
    assert run.calls[1].result == "sent 2" and "was sent 1, is sent 2" in run.text
    assert run.outcome == "completed"


def test_a_changed_tool_goes_on_with_what_it_gives_now(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GIVEN, "grams", 450)
    run = tooltrace.replay(session, post(), tools="live")
    assert run.calls[0].result["grams"] == 450
    assert (run.states, run.outcome) == (("start", "letter", "gone"), "completed")
    assert [each.field for each in run.divergences] == ["content.grams"]
    assert not tooltrace.replay(session, post(), tools="live", ignore=["grams"]).divergences
    monkeypatch.setitem(GIVEN, "grams", 900)
    run = tooltrace.replay(session, post(), tools="live")
    assert [each.what for each in run.divergences] == ["tool result", "transition"]
    assert run.outcome is None


def test_a_changed_guard_ends_it_and_changed_words_do_not(session: Path) -> None:
    run = tooltrace.replay(session, post(limit=300))
    assert "transition: state was letter, is parcel" in run.text
    run = tooltrace.replay(session, post(words="You post things quickly."))
    assert (run.states, run.outcome) == (("start", "letter", "gone"), "completed")
    assert [each.what for each in run.divergences] == ["request"]


def test_it_works_inside_a_running_loop_and_on_any_branch(session: Path) -> None:
    with tooltrace.open(session, post()) as d:
        d.edit.result(d.calls[0].record, {"grams": 900, "item": "mug"})
        edited = d.path[-1].id

    async def inside() -> tooltrace.Replayed:
        return tooltrace.replay(session, post(), branch="edit", tools="live")

    assert asyncio.run(inside()).states == ("start",)
    assert tooltrace.replay(session, branch=edited).calls[0].result["grams"] == 900
    assert tooltrace.replay(session, branch="main").outcome == "completed"


def test_what_cannot_be_is_said(session: Path) -> None:
    with pytest.raises(tooltrace.BadCommand, match="live tools are those of a workflow"):
        tooltrace.replay(session, tools="live")
    with pytest.raises(tooltrace.BadCommand, match="is a session of post, and refund was named"):
        tooltrace.replay(session, "refund")
    with pytest.raises(tooltrace.BadCommand, match="unknown branch 'other'"):
        tooltrace.replay(session, branch="other")
    with pytest.raises(tooltrace.BadSession, match="does not exist"):
        tooltrace.replay(session.with_name("none.jsonl"))
