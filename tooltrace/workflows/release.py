"""Three reports are read at once and published as one release: aggregation.

               ┌ read_changelog   ┐
    gathering ─┼ read_test_report ┼─ all three ─┬─ tests pass → drafting → publishing → published
               └ read_version     ┘             └─ tests fail → blocked

The three calls of the first turn do not depend on each other, so they run at the same time; two of
them are async functions, one is not. The projects are real files in a folder. Try these inputs:

    Release atlas.      all tests pass: notes are written, 1.5.0 is published
    Release borealis.   two tests fail: blocked, nothing is written
    Release cirrus.     there is no such project: all three calls fail, blocked

What to try while it is paused: change ``failed`` in the result of read_test_report; step one call
of the three and look at the other two still waiting; take an "Added" entry out of the changelog and
see the next version become 1.4.3.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tooltrace import (
    FolderWorld,
    Move,
    On,
    Seen,
    State,
    Tool,
    ToolContext,
    Workflow,
    call,
    say,
    tool,
)

PROJECTS = {
    "atlas": {
        "CHANGELOG.md": (
            "# Changelog\n\n## Unreleased\n"
            "- Added: maps can be exported as SVG\n"
            "- Fixed: zooming no longer loses the selection\n"
            "\n## 1.4.2\n- Fixed: a crash on empty layers\n"
        ),
        "VERSION": "1.4.2\n",
        "test-report.json": '{"passed": 412, "failed": 0, "failures": []}\n',
    },
    "borealis": {
        "CHANGELOG.md": "# Changelog\n\n## Unreleased\n- Fixed: sunset times near the poles\n",
        "VERSION": "0.9.0\n",
        "test-report.json": (
            '{"passed": 87, "failed": 2, "failures": ["test_polar_night", "test_leap_second"]}\n'
        ),
    },
}


def projects(folder: Path) -> FolderWorld:
    """The projects in this folder: written on first use, otherwise those that are there."""
    root = folder / "projects"
    if not root.exists():
        # Renamed when it is whole: half a world must not be taken for the one that is there.
        draft = folder / "projects.new"
        for project, files in PROJECTS.items():
            (draft / project).mkdir(parents=True, exist_ok=True)
            for name, text in files.items():
                (draft / project / name).write_text(text, encoding="utf-8")
        draft.rename(root)
    return FolderWorld(root)


def _folder(ctx: ToolContext, project: str) -> Path:
    """A project's folder. Names come from a model: only those that are there will do."""
    root: Path = ctx.world.path
    known = sorted(path.name for path in root.iterdir() if path.is_dir())
    if project not in known:
        raise LookupError(f"there is no project {project}; there are: {', '.join(known)}")
    return root / project


async def _read(path: Path) -> str:
    return await asyncio.to_thread(path.read_text, encoding="utf-8")


@tool(read_only=True, open_world=False)
async def read_changelog(ctx: ToolContext, project: str) -> dict[str, Any]:
    """List what changed since the last release.

    Args:
        project: the project's name.
    """
    text = await _read(_folder(ctx, project) / "CHANGELOG.md")
    unreleased = text.partition("## Unreleased")[2].partition("\n## ")[0]
    lines = (line.strip() for line in unreleased.splitlines())
    return {"entries": [line[2:] for line in lines if line.startswith("- ")]}


@tool(read_only=True, open_world=False)
async def read_test_report(ctx: ToolContext, project: str) -> dict[str, Any]:
    """Read the report of the last test run: passed, failed, and the names of the failures.

    Args:
        project: the project's name.
    """
    report: dict[str, Any] = json.loads(await _read(_folder(ctx, project) / "test-report.json"))
    return report


@tool(read_only=True, open_world=False)
def read_version(ctx: ToolContext, project: str) -> dict[str, Any]:
    """Read the version that was released last.

    Args:
        project: the project's name.
    """
    text = (_folder(ctx, project) / "VERSION").read_text(encoding="utf-8")
    return {"version": text.strip()}


@tool(idempotent=True, open_world=False)
def draft_notes(ctx: ToolContext, project: str, version: str, entries: list[str]) -> dict[str, Any]:
    """Write the release notes to a file in the project's folder.

    Args:
        project: the project's name.
        version: the version to be released, such as 1.5.0.
        entries: one line for each change.
    """
    path = _folder(ctx, project) / "NOTES.md"
    lines = [f"# {project} {version}", "", *(f"- {entry}" for entry in entries)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {"file": path.name, "version": version, "entries": len(entries)}


# Should a model ask for the notes and for the release in one turn, the notes are written first.
@tool(critical=True, open_world=False, after=[draft_notes])
def publish(ctx: ToolContext, project: str, version: str) -> dict[str, Any]:
    """Publish a release. Only after its notes were written; it cannot be taken back.

    Args:
        project: the project's name.
        version: the version to be released.
    """
    folder = _folder(ctx, project)
    notes = (folder / "NOTES.md").read_text(encoding="utf-8")
    if not notes.startswith(f"# {project} {version}\n"):
        raise ValueError(f"the notes in NOTES.md are not those of {version}")
    log = folder / "releases.jsonl"
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"version": version, "notes": notes}) + "\n")
    (folder / "VERSION").write_text(f"{version}\n", encoding="utf-8")
    return {"published": version}


@dataclass
class ReleaseContext:
    project: str | None = None
    entries: list[str] | None = None
    version: str | None = None
    tests: dict[str, Any] | None = None
    notes: str | None = None
    reason: str | None = None


def _next_version(version: object, entries: list[str]) -> str:
    """One minor version up if something was added, else one patch up."""
    parts = [int(part) if part.isdigit() else 0 for part in str(version).split(".")]
    major, minor, patch = [*parts, 0, 0, 0][:3]
    if any(str(entry).startswith("Added") for entry in entries):
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"


def release_policy(seen: Seen) -> Move:
    """The model when you run offline: it goes by the state and by what was saved on the way."""
    known = seen.context
    words = seen.input.rstrip(".!?").split()
    project = known["project"] or (words[-1].lower() if words else "")
    entries = known["entries"] if isinstance(known["entries"], list) else []
    version = _next_version(known["version"], entries)
    match seen.state:
        case "gathering":
            return say(
                f"Reading the changelog, the test report and the version of {project}.",
                call("read_changelog", project=project),
                call("read_test_report", project=project),
                call("read_version", project=project),
            )
        case "drafting":
            return say(
                f"All tests pass. Writing the notes for {version}.",
                call("draft_notes", project=project, version=version, entries=entries),
            )
        case "publishing":
            return call("publish", project=project, version=version)
        case "published":
            return say(f"{project} {version} is published.")
        case _:
            tests = known["tests"] if isinstance(known["tests"], dict) else {}
            why = known["reason"] or seen.failed("publish") or "it could not be published"
            if tests.get("failed"):
                why = f"tests fail: {', '.join(map(str, tests.get('failures') or []))}"
            return say(f"{project} is not released: {why}.")


READS: list[Tool[..., Any]] = [read_changelog, read_test_report, read_version]
GATHERED = {
    "project": "args.project",
    "entries": "results.read_changelog.entries",
    "version": "results.read_version.version",
    "tests": "results.read_test_report",
}

release = Workflow(
    "release",
    description="Three reports are read at once and published as one release: aggregation.",
    system=(
        "You release software. Read the changelog, the test report and the version in one turn, "
        "since they do not depend on each other. Raise the minor version if something was added, "
        "else the patch version. Write the notes, then publish. Never publish with failing tests."
    ),
    input="Release atlas.",
    tools=[*READS, draft_notes, publish],
    context=ReleaseContext,
    states=[
        State("gathering", READS, hint="Read all three in one turn."),
        State("drafting", [draft_notes], hint="Write the notes for the next version."),
        State("publishing", [publish], hint="Publish it."),
        State("published", terminal=True),
        State("blocked", terminal=True, failure=True, hint="Say what is in the way."),
    ],
    transitions=[
        # A list of tools means: when all of them have returned in this state. Their results are
        # in ``results``, by name.
        On(
            READS,
            "gathering",
            "drafting",
            when="results.read_test_report.failed == 0",
            save=GATHERED,
        ),
        On(
            READS, "gathering", "blocked", when="results.read_test_report.failed > 0", save=GATHERED
        ),
        # One of them failing is enough: three rows, made in a loop like any other Python list.
        *(
            On(
                read,
                "gathering",
                "blocked",
                error=True,
                save={"project": "args.project", "reason": "error"},
            )
            for read in READS
        ),
        On(draft_notes, "drafting", "publishing", save={"notes": "result.file"}),
        On(draft_notes, "drafting", "blocked", error=True, save={"reason": "error"}),
        On(publish, "publishing", "published"),
    ],
    critical_to="blocked",
    policy=release_policy,
    world=projects,
)
