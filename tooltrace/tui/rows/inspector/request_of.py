"""The part of a request that a record became: what the model was given of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from tooltrace.core.compare.request_parts import RequestPart, request_parts
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import CallRef, ModelCalled, ModelReplied
from tooltrace.core.model.reply import calls
from tooltrace.models.branch_request import asked_at, sent_as, traced_request

__all__ = ["RequestOf", "next_request"]


def next_request(tree: Tree, path: Sequence[int], record: int) -> int | None:
    """The first request behind a record of a path; None where none was made yet."""
    for number in path[bisect_right(path, record) :]:
        if isinstance(tree[number].event, ModelCalled):
            return number
    return None


class RequestOf:
    """Finds parts of requests. The last request is kept: neighbours are in the same one."""

    def __init__(self) -> None:
        self._tree: Tree | None = None
        self._called = 0
        self._parts: list[RequestPart] = []

    def parts(self, tree: Tree, called: int, record: int) -> list[RequestPart]:
        """The parts of a request that come from a record."""
        if tree is not self._tree or called != self._called:
            s = asked_at(tree, called)
            how = sent_as(tree, s.settings, called)
            traced = traced_request(s, how)
            self._parts = request_parts(traced.body, traced.records, how.protocol)
            self._tree, self._called = tree, called
        return [part for part in self._parts if part.record == record]

    def of_call(self, tree: Tree, called: int, record: int, ref: CallRef) -> list[RequestPart]:
        """The same, of a call alone where its record is a reply with several."""
        found = self.parts(tree, called, record)
        event = tree[record].event
        if not isinstance(event, ModelReplied):
            return found
        uses = calls(event.reply)
        wanted = uses[ref.index].get("id") if ref.index < len(uses) else None
        return [
            part
            for part in found
            if isinstance(part.content, dict)
            and wanted in (part.content.get("id"), part.content.get("call_id"))
        ]
