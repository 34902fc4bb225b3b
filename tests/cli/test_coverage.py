"""``coverage``: the graph and the tables of what sessions went through; nothing is run."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.cli.calling import assert_refused, call, spawn
from tests.cli.hostile import altered, hostile_files

SESSIONS = Path(__file__).parents[2] / "sessions"
REFUNDS = sorted(SESSIONS.glob("demo-refund*.jsonl"))


def test_the_graph_and_the_tables(capsys: pytest.CaptureFixture[str]) -> None:
    said = call(capsys, "coverage", *REFUNDS)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "refund · 4 sessions · 6 branches · 4 failed, 2 completed"
    assert lines[2:7] == [
        "  ✓ pending ×4",
        "  │  at once ×4",
        "  ✓ fetching_order ×4",
        "  ├─ fetch_order fails ×1 " + "─" * 44 + "╮",
        "  ├╌ by force ×1 " + "╌" * 53 + "┤",
    ]
    text = " ".join(said.out.split())
    for part in (
        "◆ failed ×4 (failure) ←",
        "process_credit fails (critical) · never ─",
        "✓ 3× validating_refund in 3 of 4 sessions",
        (
            "✓ 2× validating_refund → processing_credit check_refund_policy when result.eligible "
            "· guard true in 2 of 4"
        ),
        (
            "○ never sending_email → sending_email send_email fails "
            "when context.email_failures < 1 · guard never looked at"
        ),
        "⇨ 1× fetching_order → failed the customer withdrew",
        "✓ 4× fetch_order in fetching_order × 1 failed",
    ):
        assert part in text, part


def test_states_that_were_never_visited_are_marked_without_colour(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = call(capsys, "coverage", SESSIONS / "demo-loan.jsonl")
    text = " ".join(said.out.split())
    assert "□ declined · never (end)" in text and "send_decline · never" in text
    assert "\x1b" not in said.out


def test_json_has_an_object_for_each_workflow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in SESSIONS.glob("demo-*.jsonl"):
        shutil.copy(path, tmp_path)
    said = call(capsys, "coverage", tmp_path, "--json")
    assert (said.code, said.err) == (0, "")
    assert [each["workflow"] for each in said.objects] == ["backfill", "loan", "refund", "release"]
    refund = said.objects[2]
    assert refund["type"] == "coverage"
    assert (refund["sessions"], refund["outcomes"]) == (4, {"completed": 2, "failed": 4})
    assert refund["states"][0] == {
        "state": "pending",
        "visits": 4,
        "sessions": 4,
        "in_table": True,
    }
    guarded = next(row for row in refund["transitions"] if row["when"] == "result.eligible")
    assert (guarded["tried"], guarded["taken"], guarded["on"]) == (4, 2, ["check_refund_policy"])
    assert refund["forced"][0]["reasons"] == ["the customer withdrew"]


def test_against_the_code_as_it_is_now(here: Path) -> None:
    text = (SESSIONS.parent / "tooltrace/workflows/refund.py").read_text()
    (here / "mine.py").write_text(text.replace('when="result.eligible"', 'when="result.days < 9"'))
    files = [*REFUNDS, SESSIONS / "demo-loan.jsonl"]
    said = spawn("coverage", *files, "--workflow", "mine.py:refund", "--json", cwd=here)
    assert said.code == 0
    assert "a session of loan, and --workflow names refund" in said.err
    (refund,) = said.objects
    taken = {row["when"]: (row["taken"], row["in_table"]) for row in refund["transitions"]}
    assert taken["result.days < 9"] == (0, True)
    assert taken["result.eligible"] == (2, False)


def test_what_cannot_be_read_is_named_beside_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.jsonl").touch()
    assert_refused(call(capsys, "coverage", tmp_path), "empty.jsonl is empty")
    assert_refused(call(capsys, "coverage", tmp_path / "none.jsonl"), "does not exist")
    said = call(capsys, "coverage", tmp_path, REFUNDS[0])
    assert said.code == 0
    assert said.err.count("\n") == 1 and "empty.jsonl" in said.err
    assert said.out.startswith("refund · 1 session · 3 branches · ")


def test_hostile_sessions(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = recorded.read_bytes().splitlines(keepends=True)
    files = [*hostile_files(tmp_path, lines).values()]
    for seed in range(20):
        files.append(tmp_path / f"altered-{seed}.jsonl")
        files[-1].write_bytes(altered(lines, random.Random(seed)))
    before = {path: path.read_bytes() for path in files if path.is_file()}
    for options in ([], ["--json"]):
        said = call(capsys, "coverage", *files, *options)
        assert said.code == 0
        for text in (said.out, said.err):
            assert all(char.isprintable() or char == "\n" for char in text)
            assert "Traceback" not in text
    assert said.objects
    assert {path: path.read_bytes() for path in before} == before
