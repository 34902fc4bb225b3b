"""What an exporter is given: a branch as plain values that never change, and nothing of a debugger.

What costs something to work out is worked out when it is first asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from tooltrace.core.caption.caption import Caption, caption_at
from tooltrace.core.compare.transcript import TranscriptStep, done_on
from tooltrace.core.fold.own_records import own_records
from tooltrace.core.fold.replaced import replaced
from tooltrace.core.fold.steps import Steps
from tooltrace.core.fold.tree import Branch, Tree
from tooltrace.core.graph.edges_taken import EdgesTaken, Taken
from tooltrace.core.graph.machine import Machine
from tooltrace.core.model.events import Outcome, Record, Settings
from tooltrace.core.model.snapshot import Snapshot, Usage
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.formats.frames.frame import DrawnBranch

__all__ = ["BranchData", "Draw"]

Draw = Callable[[Tree, int], DrawnBranch]
"""Draws the branch of a tree that ends at a record."""


class BranchData(Struct, frozen=True, dict=True):
    """A branch from its root to its tip.

    ``file`` is the session's name without its folder, ``name`` the branch's. ``records`` are the
    facts in order; the rest is what they come to at the tip. ``model`` stands in requests in place
    of the session's own, if a person named one. ``path`` leads to the session from where the export
    is written, and ``asserts`` names what a test of the branch is to hold. ``draw`` makes its
    frames, for formats that show it.
    """

    file: str
    name: str
    records: tuple[Record, ...]
    workflow: WorkflowSpec
    settings: Settings
    usage: Usage
    outcome: Outcome | None
    why: str
    state: str | None
    context: dict[str, JsonValue]
    model: str | None
    _tree: Tree
    path: str = ""
    asserts: tuple[str, ...] = ()
    draw: Draw | None = None

    @staticmethod
    def of(
        tree: Tree,
        tip: int,
        file: Path | str = "",
        model: str | None = None,
        path: str = "",
        asserts: tuple[str, ...] = (),
        draw: Draw | None = None,
    ) -> BranchData:
        """The branch of a tree that ends at a record. KeyError when there is no such record."""
        s, branch = tree.snapshot_at(tip), tree.branch_of(tip)
        return BranchData(
            file=Path(file).name,
            name=branch.name if branch is not None else "",
            records=tuple(tree.path(tip)),
            workflow=s.workflow,
            settings=s.settings,
            usage=s.usage,
            outcome=s.outcome,
            why=s.why,
            state=s.state,
            context=dict(s.context),
            model=model,
            _tree=tree,
            path=path or Path(file).name,
            asserts=asserts,
            draw=draw,
        )

    @cached_property
    def steps(self) -> tuple[TranscriptStep, ...]:
        """What was done, step by step: each reply, call, transition and word of a person."""
        return tuple(done_on(self._tree, Steps.to(self._tree, self.records[-1].id)))

    @property
    def request(self) -> dict[str, Any] | None:
        """The Messages API's JSON of the request with all that was done, the next one to send.

        How its reply is to come, ``stream``, is left to whoever sends it. None where the model was
        never asked. A reply that nothing followed yet is not part of it.
        """
        request = self._whole[0]
        return None if request is None else _unstreamed(request)

    @property
    def answer(self) -> dict[str, Any] | None:
        """The model's reply to ``request`` as it came; None while there is none."""
        return self._whole[1]

    @cached_property
    def _whole(self) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        from tooltrace.models.branch_request import whole_request

        return whole_request(self._tree, self.records[-1].id, self.model, "anthropic")

    def request_of(self, record: Record) -> dict[str, Any]:
        """The Messages API's JSON that a ``model_called`` of the branch stands for."""
        from tooltrace.models.branch_request import sent_request

        return _unstreamed(sent_request(self._tree, record.id, self.model, "anthropic"))

    @cached_property
    def drawing(self) -> DrawnBranch | None:
        """The branch as it is shown to people who watch; None where nobody drew it."""
        return None if self.draw is None else self.draw(self._tree, self.tip)

    @property
    def branches(self) -> tuple[Branch, ...]:
        """Every branch of the session, in the order in which they began."""
        return self._tree.branches()

    def at(self, branch: Branch) -> BranchData:
        """Another branch of the same session."""
        return BranchData.of(self._tree, branch.tip, self.file, self.model)

    @property
    def tip(self) -> int:
        """The record that the branch ends at."""
        return self.records[-1].id

    def edges_taken(self, machine: Machine) -> Taken:
        """How often each edge of the workflow's machine was taken, and each state entered."""
        return EdgesTaken(machine).update(self._tree, self._tree.snapshot_at(self.tip).visits)

    def own_records(self) -> Iterator[tuple[Snapshot | None, Record, Snapshot]]:
        """The records that no elder branch has, each between the snapshots around it."""
        branch = self._tree.branch_of(self.tip)
        return iter(()) if branch is None else own_records(self._tree, branch)

    def between(self, since: int, before: int) -> tuple[Record, ...]:
        """The records of the branch after one and before another, both named by their ids."""
        first = bisect_right(self.records, since, key=_id)
        return self.records[first : bisect_left(self.records, before, key=_id)]

    def record(self, number: int) -> Record:
        """The record of that id, on this branch. KeyError when there is none."""
        return self._by_id[number]

    def caption(self, number: int) -> Caption:
        """What the record of that id did, and why the next thing follows. KeyError without one."""
        return caption_at(self._tree, self._by_id[number].id)

    def replaced(self, record: Record) -> Record | None:
        """What an edited record stands in place of; None where it is no edit, or nothing was."""
        return replaced(self._tree, record)

    @cached_property
    def _by_id(self) -> dict[int, Record]:
        return {record.id: record for record in self.records}


def _unstreamed(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "stream"}


def _id(record: Record) -> int:
    return record.id
