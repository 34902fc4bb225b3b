"""``scenario`` and ``run --scenario``: the faults of a session again, in a run of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import assert_refused, call, lines_of, spawn

CREDIT = {"tool": "process_credit", "call": 1, "content": "Timeout: too late", "is_error": True}
BUSY = {"request": 2, "status": 529, "retry_after": 0}
NEVER = {"tool": "send_email", "call": 3, "content": None}


def write(path: Path, *faults: object, **more: object) -> Path:
    path.write_text(
        json.dumps({"tooltrace_scenario": 1, "workflow": "refund", "faults": list(faults), **more})
    )
    return path


def test_a_scenario_in_ci(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here / "a.json", CREDIT, BUSY, outcome="failed")
    run = ("run", "refund", "--headless", "--json", "--scenario")
    said = spawn(*run, "a.json", "--session", "s.jsonl", cwd=here)
    last = said.objects[-1]
    # The scenario says that this is how it should end.
    assert (said.code, said.err, last["outcome"], last["state"]) == (0, "", "failed", "failed")
    sources = [(fact["type"], fact.get("source")) for fact in said.objects[:-1]]
    assert sources.count(("tool_returned", "injected")) == 1
    assert sources.count(("model_failed", "injected")) == 1
    assert not any(r.get("tool") == "process_credit" for r in lines_of(here / "s.jsonl"))
    # What the run came to can be written out again, and is the same.
    assert call(capsys, "scenario", "s.jsonl", "-o", "b.json").out == "b.json: 2 faults of refund\n"
    again = spawn(*run, "b.json", "--session", "t.jsonl", cwd=here)
    assert again.code == 0
    kept = ("type", "source", "content", "error", "to")
    facts = [[{k: f.get(k) for k in kept} for f in each.objects] for each in (said, again)]
    assert facts[0] == facts[1]
    assert call(capsys, "check", "s.jsonl", "--workflow", "refund").code == 0
    shown = call(capsys, "scenario", "t.jsonl@main")
    assert shown.out == (here / "b.json").read_text()
    assert_refused(call(capsys, "scenario", "s.jsonl", "-o", "b.json"), "b.json is there already")


def test_a_fault_that_never_came_up(here: Path) -> None:
    write(here / "a.json", NEVER, input="Refund order 1001.")
    run = ("run", "refund", "--headless", "--scenario", "a.json", "--session", "s.jsonl")
    said = spawn(*run, cwd=here)
    assert (said.code, said.err) == (1, "")
    last = said.out.splitlines()[-1]
    assert last.startswith(
        "completed in complete: the scenario's fault 1 (send_email, call 3) never came up · "
    )
    assert said.out.startswith("user       Refund order 1001.\n")


def test_the_scenario_of_the_guide(here: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guide.md").read_text(encoding="utf-8")
    (here / "a.json").write_text(guide.partition("```json\n")[2].partition("```")[0])
    run = ("run", "refund", "--headless", "--scenario", "a.json", "--session", "s.jsonl")
    said = spawn(*run, cwd=here)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[-1].startswith("failed in failed: process_credit failed: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "refund", "--headless", "--scenario", "none.json"], ["none.json does not exist"]),
        (["run", "refund", "--headless", "--scenario", "bad.json"], ["bad.json", "faults[0].call"]),
        (["run", "loan", "--headless", "--scenario", "a.json"], ["a scenario of refund", "loan"]),
        (["run", "refund", "--headless", "--scenario", "c.json"], ["no tool 'pay\\x1b'"]),
        (["scenario"], ["FILE"]),
        (["scenario", "none.jsonl"], ["none.jsonl does not exist"]),
        (["scenario", "none.jsonl@3"], ["none.jsonl does not exist"]),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: list[str], words: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here / "a.json", CREDIT)
    write(here / "bad.json", {**CREDIT, "call": -1})
    write(here / "c.json", {**CREDIT, "tool": "pay\x1b"})
    before = sorted(here.iterdir())
    assert_refused(call(capsys, *arguments), *words)
    assert sorted(here.iterdir()) == before


def test_a_session_without_faults(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert_refused(call(capsys, "scenario", session), "no fault was injected on this branch")
    assert_refused(call(capsys, "scenario", f"{session}@5"), "no fault was injected")
    assert_refused(call(capsys, "scenario", f"{session}@999"), "there is no record or branch '999'")
    assert_refused(call(capsys, "scenario", f"{session}@what-if"), "branches: main")
