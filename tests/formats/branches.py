"""Branches to export: of every recording that is in the repository, and of records made up here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import ToolSpec, WorkflowSpec
from tooltrace.formats import BranchData
from tooltrace.store.journal import Journal

ROOT = Path(__file__).parents[2]
RECORDINGS = sorted([*ROOT.glob("sessions/demo-*.jsonl"), *ROOT.glob("tests/old/*.jsonl")])


def branches_of(file: Path) -> Iterator[BranchData]:
    """Every branch of a session."""
    journal = Journal.open(file, writable=False)
    try:
        tree = Tree()
        for record in journal.records:
            tree.add(record)
    finally:
        journal.close()
    for branch in tree.branches():
        yield BranchData.of(tree, branch.tip, file)


def made(
    *events: e.Event | tuple[e.Event, e.Source],
    tool: str = "look",
    model: str = "claude-opus-4-8",
    form: int = 2,
) -> BranchData:
    """A branch of these events after the run's beginning, one below the other."""
    spec = WorkflowSpec("made", tools=(ToolSpec(tool, "Looks.", {"type": "object"}),))
    begun = e.RunStarted(spec, e.Settings(model), form=form)
    tree = Tree()
    for number, item in enumerate([begun, *events], 1):
        event, source = item if isinstance(item, tuple) else (item, "live")
        at = f"2026-01-01T00:00:{number:02}Z"
        tree.add(e.Record(number, number - 1 or None, at, source, event))
    return BranchData.of(tree, tree.last_id, "made.jsonl")


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def use(given: Any, name: str = "look", ident: str = "toolu_1") -> dict[str, Any]:
    return {"type": "tool_use", "id": ident, "name": name, "input": given}


def replied(*blocks: dict[str, Any], stop: str = "tool_use") -> e.ModelReplied:
    return e.ModelReplied({"role": "assistant", "content": list(blocks), "stop_reason": stop})


def turn(number: int, *results: Any, calls: list[dict[str, Any]] | None = None) -> list[e.Event]:
    """A request, a reply with calls and their results; ``number`` is the request's record."""
    uses = calls or [use({"n": n}, ident=f"toolu_{n}") for n in range(len(results))]
    events: list[e.Event] = [e.ModelCalled("d"), replied(*uses)]
    for index, result in enumerate(results):
        ref = e.CallRef(number + 1, index)
        events += [e.ToolStarted(ref, "look"), e.ToolReturned(ref, result)]
    return events
