"""Count what of a workflow many sessions went through: states, rows, guards, tools.

A record counts once, however many branches share it; what a replay repeated does not count again.
Rows are known by what they say, not by their place, so that recordings of an older definition still
count where the rows are the same.
"""

from __future__ import annotations

from collections import Counter

from msgspec import Struct, field

from tooltrace.core.decide.transitions import tried_rows
from tooltrace.core.fold.own_records import own_records
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.model.workflow import Transition, WorkflowSpec

__all__ = ["Coverage", "RowKey", "row_key"]

RowKey = tuple[tuple[str, ...], str, str, str | None, bool]
"""On what, from which state, to which, when, and whether it is about failures."""


def row_key(row: Transition) -> RowKey:
    """What tells a row of the table from others."""
    return (row.on, row.source, row.target, row.when, row.error)


class Coverage(Struct):
    """Counts for one workflow; ``add`` takes in one session after the other.

    ``visits`` and ``seen_in`` count entries of a state and the sessions with one; ``tried`` and
    ``taken`` how often a row's guard was looked at, and its transition made; ``critical`` and
    ``forced`` transitions without a row by (from, to); ``called`` and ``failed`` results by
    (state, tool); ``outcomes`` the ends of branches.
    """

    spec: WorkflowSpec
    sessions: int = 0
    branches: int = 0
    visits: Counter[str] = field(default_factory=Counter)
    seen_in: Counter[str] = field(default_factory=Counter)
    forced_into: set[str] = field(default_factory=set)
    tried: Counter[RowKey] = field(default_factory=Counter)
    undecided: Counter[RowKey] = field(default_factory=Counter)
    reasons_undecided: dict[RowKey, str] = field(default_factory=dict)
    taken: Counter[RowKey] = field(default_factory=Counter)
    critical: Counter[tuple[str, str]] = field(default_factory=Counter)
    forced: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    called: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, tree: Tree) -> None:
        """Take in a session."""
        self.sessions += 1
        states: set[str] = set()
        for branch in tree.branches():
            if tree[branch.run].source == "recorded":
                continue
            self.branches += 1
            self.outcomes[tree.snapshot_at(branch.tip).outcome or "not finished"] += 1
            for before, record, after in own_records(tree, branch):
                if record.source == "recorded":
                    continue
                if after.state is not None and (before is None or before.state != after.state):
                    self.visits[after.state] += 1
                    states.add(after.state)
                if before is not None:
                    self._count(before, record)
        self.seen_in.update(states)

    def rows(self) -> list[tuple[RowKey, bool]]:
        """The rows of the table, then those that only recordings have; whether the table has it."""
        table = dict.fromkeys(map(row_key, self.spec.rows))
        others = (key for key in (*self.taken, *self.tried) if key not in table)
        return [(key, True) for key in table] + [(key, False) for key in dict.fromkeys(others)]

    def _count(self, before: Snapshot, record: e.Record) -> None:
        match record.event:
            case e.Transitioned() as event if record.source == "forced":
                self._force(before.state or "", event)
            case e.Transitioned() as event:
                self._try(before)
                self._take(before, event)
            case e.ModelCalled() | e.RunFinished() | e.UserSaid():
                self._try(before)
            case e.ToolReturned() as event:
                call = before.call(event.call)
                if call is not None:
                    key = (before.state or "", call.tool)
                    self.called[key] += 1
                    self.failed[key] += event.is_error
            case _:
                pass

    def _try(self, before: Snapshot) -> None:
        for row, _, why in tried_rows(before):
            self.tried[row_key(row)] += 1
            if why is not None:
                self.undecided[row_key(row)] += 1
                self.reasons_undecided.setdefault(row_key(row), why)

    def _take(self, before: Snapshot, event: e.Transitioned) -> None:
        rows = before.workflow.rows
        if event.row is not None and 0 <= event.row < len(rows):
            self.taken[row_key(rows[event.row])] += 1
        else:
            self.critical[before.state or "", event.to] += 1

    def _force(self, source: str, event: e.Transitioned) -> None:
        key = (source, event.to)
        self.forced[key] += 1
        self.forced_into.add(event.to)
        reasons = self.reasons.setdefault(key, [])
        if event.reason and event.reason not in reasons:
            reasons.append(event.reason)
