"""What the page of a session is made of: a head, and a line of JSON for each step.

A step that several branches share is one line. A branch names the steps that it has in common with
its elder as a number, and its own by their lines, so that a hundred branches of a long run cost
little more than one.
"""

from __future__ import annotations

from collections.abc import Iterator

from tooltrace.core.caption.caption import caption
from tooltrace.core.compare.json_diff import same
from tooltrace.core.compare.request_diff import answer_usage
from tooltrace.core.compare.transcript import TranscriptStep
from tooltrace.core.fold.tree import Branch
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.exact_json import DEEPEST, JsonValue, plain
from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.branch_words import MARKS, editable_content, spent_words
from tooltrace.formats.html_page.graph_data import graph_data

__all__ = ["PageData", "array_of"]

_Key = tuple[int, str, e.CallRef | None, JsonValue]


class PageData:
    """The data of a page about the session that a branch is of; the page opens with that branch.

    ``head`` is an object for the page's script, ``lines`` has the JSON of each step, in the order
    of the branches that first have them.
    """

    def __init__(self, shown: BranchData) -> None:
        self.lines: list[str] = []
        self._line_of: dict[_Key, int] = {}
        self._context: dict[int, list[JsonValue]] = {}
        self._told: dict[int, str] = {}
        self._orders: dict[int, list[int]] = {}
        places = {branch.begin: at for at, branch in enumerate(shown.branches)}
        branches = [self._branch(shown, branch, places) for branch in shown.branches]
        tips = [branch.tip for branch in shown.branches]
        self.head: dict[str, JsonValue] = {
            "file": shown.file,
            "shown": tips.index(shown.tip) if shown.tip in tips else 0,
            "marks": MARKS,
            "branches": branches,
        }

    def _branch(self, shown: BranchData, branch: Branch, places: dict[int, int]) -> JsonValue:
        data = shown.at(branch)
        shown_records = {step.record for step in data.steps}
        for before, record, after in data.own_records():
            if found := _context_changes(before, after):
                self._context[record.id] = found
            if record.id in shown_records:
                self._told[record.id] = str(caption(record, before, after))
        order = [self._line(data, step) for step in data.steps]
        self._orders[branch.begin] = order
        elder = None if branch.elder is None else self._orders[branch.elder]
        shared = 0 if elder is None else _shared(elder, order)
        return {
            "name": data.name,
            "about": branch.description,
            "pruned": branch.pruned,
            "elder": None if branch.elder is None else places[branch.elder],
            "shared": shared,
            "own": order[shared:],
            **_head(data),
        }

    def _line(self, data: BranchData, step: TranscriptStep) -> int:
        made = step.content.get("status") if step.kind == "call" else None
        key = (step.record, step.kind, step.call, made)
        known = self._line_of.get(key)
        if known is None:
            known = self._line_of[key] = len(self.lines)
            self.lines.append(plain(self._step(data, step), DEEPEST))
        return known

    def _step(self, data: BranchData, step: TranscriptStep) -> dict[str, JsonValue]:
        record = data.record(step.record)
        told: dict[str, JsonValue] = {
            "step": step.step,
            "record": step.record,
            "kind": step.kind,
            "name": step.name,
            "source": step.source,
            "at": record.at,
            "told": self._told.get(step.record, ""),
            "content": step.content,
        }
        if took := getattr(record.event, "ms", 0.0):
            told["ms"] = round(took, 3)
        if isinstance(record.event, e.ModelReplied | e.ModelFailed):
            told["spent"] = spent_words(answer_usage(record.event))
        if step.record in self._context:
            told["context"] = self._context[step.record]
        before = data.replaced(record)
        if before is not None:
            told["edit"] = [editable_content(before.event), editable_content(record.event)]
        return told


def _head(data: BranchData) -> dict[str, JsonValue]:
    return {
        "workflow": data.workflow.name,
        "description": data.workflow.description,
        "model": data.settings.model,
        "began": data.records[0].at,
        "outcome": data.outcome,
        "state": data.state,
        "why": data.why,
        "spent": spent_words(data.usage),
        "context": data.context,
        "graph": graph_data(data),
    }


def _context_changes(before: Snapshot | None, after: Snapshot) -> list[JsonValue]:
    """Each value that a record changed: its name, and what it was and is in a list, or nothing."""
    old: dict[str, JsonValue] = {} if before is None else before.context
    if before is None or old is after.context:
        return []
    names = [*old, *(name for name in after.context if name not in old)]
    sides = ((name, _held(old, name), _held(after.context, name)) for name in names)
    return [[name, was, now] for name, was, now in sides if not same(was, now)]


def _held(context: dict[str, JsonValue], name: str) -> list[JsonValue]:
    return [context[name]] if name in context else []


def _shared(elder: list[int], order: list[int]) -> int:
    """How many steps both begin with."""
    pairs = enumerate(zip(elder, order, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(elder), len(order)))


def array_of(lines: list[str]) -> Iterator[str]:
    """JSON values as the items of one JSON array, each on a line of its own."""
    last = len(lines) - 1
    for at, line in enumerate(lines):
        yield f"{line},\n" if at < last else f"{line}\n"
