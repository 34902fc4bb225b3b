"""The plugin in a real pytest: its fixture, sessions as tests, and recording anew."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.formats.branches import ROOT
from tests.pytest_plugin.runs import change, run_pytest, typed, workplace

USES = """
def test_post(tooltrace_replay):
    run = tooltrace_replay("sessions/post.jsonl", workflow="flow.py:post", tools="live")
    assert run.states[-1] == "letter"
"""

LIGHT = """
import sys

def test_nothing():
    heavy = ("tooltrace.", "textual", "anthropic", "msgspec", "click", "rich")
    found = [name for name in sys.modules if name.startswith(heavy)]
    assert found == ["tooltrace.pytest_plugin"]
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return workplace(tmp_path)


def test_pytest_finds_it_and_imports_nothing_else(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"tooltrace": "tooltrace.pytest_plugin"}
    (tmp_path / "test_light.py").write_text(LIGHT, encoding="utf-8")
    ran = run_pytest(tmp_path, "-p", "no:hypothesispytest")
    assert ran.counts() == {"passed": 1}, ran.out


def test_the_fixture_replays_beside_the_test_and_tells_what_differed(place: Path) -> None:
    (place / "test_it.py").write_text(USES, encoding="utf-8")
    assert run_pytest(place).counts() == {"passed": 1}
    change(place, '{"grams": 400}', '{"grams": 900}')
    ran = run_pytest(place)
    assert ran.counts() == {"failed": 1}
    assert "replay of post.jsonl" in ran.out
    assert "tool result: content.grams was 400, is 900" in ran.out
    assert "E   assert 900 == 400" in ran.out


def test_sessions_are_tests_and_only_those_that_were_named(place: Path) -> None:
    (place / "test_one.py").write_text("def test_one(): pass\n", encoding="utf-8")
    (place / "other.jsonl").write_text("{}\n", encoding="utf-8")
    assert run_pytest(place).counts() == {"passed": 1}
    ran = run_pytest(place, "--tooltrace", "sessions", "-v")
    assert ran.counts() == {"passed": 2}
    assert "sessions/post.jsonl::main PASSED" in ran.out
    assert run_pytest(place, "--tooltrace", "sessions/post.jsonl").counts() == {"passed": 2}
    ran = run_pytest(place, "--tooltrace", "other.jsonl")
    assert ran.code == 2 and "other.jsonl" in ran.out and "Traceback" not in ran.out


@pytest.mark.long
def test_what_differs_is_shown_as_pytest_shows_a_difference(place: Path) -> None:
    change(place, '{"grams": 400}', '{"grams": 400, "list": ["a"]}')
    change(place, "What does the mug", "Where does the mug")
    live = ("--tooltrace", "sessions", "--tooltrace-workflow", "flow.py:post", "--tooltrace-live")
    ran = run_pytest(place, *live)
    assert ran.counts() == {"failed": 1}
    assert 'tool result: content.list was (missing), is ["a"]' in ran.out
    assert 'E   assert ["a"] == (missing)' in ran.out and "Traceback" not in ran.out
    assert run_pytest(place, *live[:4]).counts() == {"passed": 1}
    change(place, "< 500", "< 300")
    ran = run_pytest(place, *live[:4])
    assert ran.counts() == {"failed": 1}
    assert "transition: state was letter, is parcel" in ran.out
    assert "E   'parcel' == 'letter'" in ran.out


def test_what_cannot_be_is_said_at_once(place: Path) -> None:
    ran = run_pytest(place, "--tooltrace", "sessions", "--tooltrace-live")
    assert ran.code == 4 and "--tooltrace-workflow: name it" in ran.out
    ran = run_pytest(place, "--tooltrace", "sessions", "--tooltrace-update")
    assert ran.code == 4 and "there is no terminal to ask on" in ran.out
    ran = run_pytest(place, "--tooltrace", "sessions", "--tooltrace-workflow", "refund")
    assert "is a session of post, and refund was named" in ran.out
    assert "Traceback" not in ran.out


@pytest.mark.long
def test_what_differs_is_recorded_anew_once_somebody_says_which(place: Path) -> None:
    session = place / "sessions" / "post.jsonl"
    before = session.read_bytes()
    change(place, "< 500", "< 300")
    update = ("--tooltrace", "sessions", "--tooltrace-workflow", "flow.py:post")
    ran = typed(place, "", *update, "--tooltrace-update")
    assert f"1  {session}: post" in ran.out
    assert session.read_bytes() == before
    assert [path.name for path in session.parent.glob("*.jsonl")] == ["post.jsonl"]
    ran = typed(place, "1", *update, "--tooltrace-update")
    assert "is recorded anew; what it was is post-saved" in ran.out, ran.out
    kept = next(path for path in session.parent.glob("post-saved*.jsonl"))
    assert kept.read_bytes() == before
    states = [json.loads(line)["event"].get("to") for line in session.read_text().splitlines()]
    assert "parcel" in states and "letter" not in states
    kept.unlink()
    assert run_pytest(place, *update).counts() == {"passed": 1}
    assert typed(place, "", *update, "--tooltrace-update").counts() == {"passed": 1}


def test_it_is_imported_in_no_time(tmp_path: Path) -> None:
    code = "import sys; before = set(sys.modules); import tooltrace.pytest_plugin;"
    code += "print([m for m in sys.modules if m.startswith('tooltrace.')])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=ROOT, timeout=60
    )
    assert done.stdout == "['tooltrace.pytest_plugin']\n", done.stderr
