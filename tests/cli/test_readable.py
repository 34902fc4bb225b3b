"""Letters of any script stand as they are in what the commands print; nothing hidden does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import Said, environment, lines_of, spawn
from tooltrace.core.text.sanitize import visible

HOSTILE = "Grüße, 李雷 مريم 😀\u202e\x1b[2J\x85\ud800"
FLOW = """
from tooltrace import Workflow, call, say, tool

HOSTILE = "Grüße, 李雷 مريم 😀\\u202e\\x1b[2J\\x85\\ud800"

@tool(read_only=True)
def look(wo: str) -> dict:
    "Sieh nach."
    return {"größe": HOSTILE, "wo": wo}

flow = Workflow("flow", tools=[look], input="Größe?", policy=lambda seen:
    say("Fertig.") if seen.last else call("look", wo="北京"))
"""


@pytest.fixture
def recorded(here: Path) -> Path:
    (here / "flow.py").write_text(FLOW, encoding="utf-8")
    said = spawn("run", "flow.py", "--headless", "--session", "s.jsonl", "--json", cwd=here)
    assert said.code == 0, said.err
    assert_readable(said)
    return here


def assert_readable(said: Said) -> None:
    assert said.objects
    assert "Grüße, 李雷 مريم 😀" in said.out and '"größe"' in said.out
    assert "\\u202e\\u001b[2J\\u0085\\ud800" in said.out
    assert visible(said.out) == said.out


def test_json_for_people_and_for_programs(recorded: Path) -> None:
    shown = spawn("show", "s.jsonl", "--json", cwd=recorded)
    assert shown.code == 0
    assert_readable(shown)
    assert any(_holds(one, HOSTILE) for one in shown.objects)


def _holds(value: object, text: str) -> bool:
    if isinstance(value, dict):
        return any(_holds(one, text) for one in value.values())
    return any(_holds(one, text) for one in value) if isinstance(value, list) else value == text


def test_the_file_stays_ascii(recorded: Path) -> None:
    assert (recorded / "s.jsonl").read_bytes().isascii()
    contents = [r["event"].get("content") for r in lines_of(recorded / "s.jsonl")]
    assert {"größe": HOSTILE, "wo": "北京"} in contents
    root = lines_of(recorded / "s.jsonl")[0]
    assert root["event"]["form"] == 2


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_knows_few_letters_gets_escapes(recorded: Path, encoding: str) -> None:
    env = environment(recorded, PYTHONIOENCODING=encoding)
    said = spawn("show", "s.jsonl", "--json", cwd=recorded, env=env, fresh=True)
    assert (said.code, said.err) == (0, "")
    assert said.out.isascii()
    assert any(_holds(one, HOSTILE) for one in said.objects)


def test_a_diff_shows_letters(recorded: Path) -> None:
    text = (recorded / "s.jsonl").read_text().replace("\\u5317\\u4eac", "\\u6771\\u4eac")
    (recorded / "t.jsonl").write_text(text)
    for more in ((), ("--json",)):
        said = spawn("diff", "s.jsonl", "t.jsonl", *more, cwd=recorded)
        assert said.code == 1
        assert "東京" in said.out and "北京" in said.out


def test_a_junit_file_shows_letters(recorded: Path) -> None:
    lines = (recorded / "s.jsonl").read_text().splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if '"type":"tool_returned"' in line)
    lines[at] = lines[at].replace("\\u674e", "\\u738b")
    (recorded / "t.jsonl").write_text("".join(lines))
    live = ("--workflow", "flow.py", "--tools", "live", "--junit", "r.xml")
    assert spawn("check", "t.jsonl", *live, cwd=recorded).code == 1
    assert "王雷" in (recorded / "r.xml").read_text(encoding="utf-8")
