"""Public recordings of real programs, where they are at hand: nothing of them is lost, and what is
imported replays."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.formats.importers.files import Read
from tooltrace.core.model.errors import BadImport
from tooltrace.debugger.replay.check import check_session
from tooltrace.debugger.session.clock import now
from tooltrace.debugger.session.imported_file import ImportedFile
from tooltrace.debugger.session.session import Session
from tooltrace.formats.import_registry import importer, importer_names
from tooltrace.formats.source.source_file import SourceFile

FOLDER = Path(__file__).parents[4] / "shared" / "data"
SUFFIXES = {".json", ".jsonl", ".yaml", ".eval", ".traj"}
FORMATS = {
    "claude_code": "claude_code",
    "claude_reliability": "claude_code",
    "pi_mono": "pi",
    "vcr_openllmetry": "pairs",
    "vcr_pydantic_ai": "pairs",
    "tau": "chat",
    "tau2": "chat",
    "inspect": "inspect_log",
    "openhands": "openhands",
    "atif": "atif",
    "openai_agents": "responses",
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there are no recordings in {FOLDER}")


def samples(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((FOLDER / folder).rglob("*"))]
    return [path for path in found if path.suffix in SUFFIXES and "snapshot" not in path.name]


def readable(path: Path) -> bool:
    """Whether it is a recording, and one that can be read with what is installed."""
    if path.suffix == ".yaml":
        return pytest.importorskip("yaml") is not None
    return "timeline" not in path.parts


def test_each_is_known_by_exactly_one_importer() -> None:
    for folder, name in FORMATS.items():
        for path in samples(folder):
            if path.parent.name == "events" or path.name.startswith("assistant-message"):
                continue
            source = SourceFile(path)
            known = [each for each in importer_names() if importer(each).sniff(source)]
            assert known == [name], path
    assert samples(*FORMATS)


def test_what_describes_formats_is_none() -> None:
    for path in samples("otel"):
        if "schemas" in path.parts[-2]:
            with pytest.raises(BadImport):
                Read(path)


def calls_and_results(path: Path) -> tuple[int, int]:
    """How many calls and results stand in a file of Claude Code, each told once."""
    counts: Counter[str] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        value = json.loads(line)
        message = value.get("message") if isinstance(value, dict) else None
        content = message.get("content") if isinstance(message, dict) else None
        for block in content if isinstance(content, list) else ():
            counts[str(block["type"]) if isinstance(block, dict) else ""] += 1
    return counts["tool_use"], counts["tool_result"]


def test_all_calls_of_claude_code_are_there_and_paired() -> None:
    seen = 0
    for path in samples("claude_code", "claude_reliability"):
        if path.suffix != ".jsonl":
            continue
        read = Read(path)
        agents = [p for p in path.parent.glob("agent-*.jsonl") if p != path]
        inner = [calls_and_results(p) for p in agents if p.stem in _named(read)]
        calls, results = calls_and_results(path)
        assert read.counts.calls == calls + sum(c for c, _ in inner), path
        assert read.counts.results + read.counts.unpaired == results + sum(r for _, r in inner)
        seen += calls
    assert seen > 60


def _named(read: Read) -> set[str]:
    names = (branch.name for branch in read.tree.branches())
    return {f"agent-{name.removeprefix('subagent ')}" for name in names}


def test_repeated_ids_of_tau_bench_are_paired_in_order() -> None:
    for path in samples("tau"):
        read = Read(path)
        assert read.counts.calls == read.counts.results > 200
        assert read.counts.unpaired == read.counts.unanswered == 0
        runs: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        for run in runs:
            wanted = [m["content"] for m in run["traj"] if m["role"] == "tool"]
            name = f"task {run['task_id']} trial {run['trial']}"
            assert [given for _, given in read.pairs(name)] == wanted


DIFFERENT = re.compile(r"finish: completed|call \w+|say something")
"""What a replay says where a reply follows what no client would send."""


@pytest.mark.parametrize("folder", sorted(FORMATS))
def test_what_is_imported_replays(folder: str) -> None:
    branches = different = 0
    for path in samples(folder):
        if not readable(path):
            continue
        try:
            session = Session(now, ImportedFile(path))
        except BadImport:
            continue
        for verdict in asyncio.run(check_session(session, now)):
            branches += 1
            different += verdict.divergence is not None
            if verdict.divergence is not None:
                assert DIFFERENT.search(str(verdict.divergence.now)), (path, verdict.text)
        session.close()
    assert branches
    # Somebody's made-up test files have replies that nobody asked for; real ones have none.
    assert different <= (1 if branches > 4 else branches)
