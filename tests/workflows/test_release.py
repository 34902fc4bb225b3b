from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.drive import Start
from tooltrace import ToolContext
from tooltrace.core.decide.next_action import RunTools, next_action
from tooltrace.core.model.events import UserSaid
from tooltrace.workflows import release as module

PUBLISHED = ["gathering", "drafting", "publishing", "published"]


async def test_three_reads_become_one_release(start: Start) -> None:
    run = start("release")
    await run.say()
    assert (run.outcome, run.states) == ("completed", PUBLISHED)
    assert run.said == "atlas 1.5.0 is published."
    folder = run.world.path / "atlas"
    assert (folder / "NOTES.md").read_text() == (
        "# atlas 1.5.0\n\n- Added: maps can be exported as SVG\n"
        "- Fixed: zooming no longer loses the selection\n"
    )
    assert json.loads((folder / "releases.jsonl").read_text())["version"] == "1.5.0"
    assert (folder / "VERSION").read_text() == "1.5.0\n"


async def test_the_three_reads_are_one_level_of_one_turn(start: Start) -> None:
    run = start("release")
    run.path.append(UserSaid("Release atlas."), "live")
    while not isinstance(action := next_action(run.snapshot), RunTools):
        await run.engine.perform(action, run.path)
    assert [[call.tool for call in level] for level in action.levels] == [
        ["read_changelog", "read_test_report", "read_version"]
    ]
    assert run.snapshot.turn == 1


async def test_failing_tests_block_the_release(start: Start) -> None:
    run = start("release")
    await run.say("Release borealis.")
    assert (run.outcome, run.states) == ("failed", ["gathering", "blocked"])
    assert run.said == "borealis is not released: tests fail: test_polar_night, test_leap_second."
    assert sorted(path.name for path in (run.world.path / "borealis").iterdir()) == [
        "CHANGELOG.md",
        "VERSION",
        "test-report.json",
    ]


async def test_a_project_that_is_not_there_blocks_and_names_the_others(start: Start) -> None:
    run = start("release")
    await run.say("Release cirrus.")
    assert run.states == ["gathering", "blocked"]
    assert "there is no project cirrus; there are: atlas, borealis" in run.said


@pytest.mark.parametrize(("failed", "end"), [(0, "published"), (1, "blocked")])
async def test_an_edited_test_report_decides(start: Start, failed: int, end: str) -> None:
    edits = {"read_test_report": lambda report: {**report, "failed": failed}}
    run = start("release", edits=edits)
    await run.say("Release borealis.")
    assert run.states[-1] == end


async def test_an_edited_changelog_changes_the_next_version(start: Start) -> None:
    def only_fixes(result: dict[str, Any]) -> dict[str, Any]:
        return {"entries": [entry for entry in result["entries"] if "Fixed" in entry]}

    run = start("release", edits={"read_changelog": only_fixes})
    await run.say()
    assert run.said == "atlas 1.4.3 is published."


@pytest.mark.parametrize("tool", ["read_changelog", "read_test_report", "read_version"])
async def test_one_read_failing_is_enough(start: Start, tool: str) -> None:
    run = start("release", fail={tool: 1})
    await run.say()
    assert run.states == ["gathering", "blocked"]
    assert run.said == "atlas is not released: TimeoutError: no answer."


async def test_publishing_without_notes_fails_the_workflow(start: Start) -> None:
    run = start("release", fail={"publish": 1})
    await run.say()
    assert (run.outcome, run.states[-1]) == ("failed", "blocked")


async def test_only_projects_that_are_there_can_be_named(tmp_path: Path) -> None:
    ctx = ToolContext(module.projects(tmp_path), "k", None, {}, {})
    for name in ("..", "../..", "/etc", "", "atlas/.."):
        with pytest.raises(LookupError):
            await module.read_changelog(ctx, project=name)
    module.draft_notes(ctx, project="atlas", version="2.0.0", entries=["Added: x"])
    with pytest.raises(ValueError, match=r"not those of 2\.0\.1"):
        module.publish(ctx, project="atlas", version="2.0.1")


def test_the_world_is_kept_when_it_is_there(tmp_path: Path) -> None:
    (module.projects(tmp_path).path / "atlas" / "VERSION").write_text("7.0.0\n")
    assert (module.projects(tmp_path).path / "atlas" / "VERSION").read_text() == "7.0.0\n"
