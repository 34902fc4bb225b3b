"""Messages that a person edited where they stand: what is sent now in place of what was recorded.

What an edit changed is told by the conversation before it and after it, so that what it took along
is marked as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.messages import Assistant, Message, Result, Results, UserText
from tooltrace.core.model.reply import calls

__all__ = ["Rewritten", "RewrittenMessages", "call_edited"]


class Rewritten(Struct, frozen=True):
    """What became of a message or a result by the edit ``by``; ``now`` is None for taken out."""

    by: int
    now: UserText | Assistant | Result | None


class RewrittenMessages:
    """By record what was edited on a path up to a place; kept as the path grows."""

    def __init__(self) -> None:
        self._edits: list[tuple[int, int]] = []
        self._known: dict[int, dict[int, Rewritten]] = {}
        self.now: Mapping[int, Rewritten] = {}

    def update(self, tree: Tree, path: Sequence[int], same: int, here: int) -> set[int]:
        """Follow a path of which ``same`` records are as before, up to the place ``here``.

        Gives the records of which something else is to be shown than before.
        """
        while self._edits and self._edits[-1][0] >= same:
            self._known.pop(self._edits.pop()[1], None)
        for place in range(same, len(path)):
            if isinstance(tree[path[place]].event, e.MessageEdited):
                self._edits.append((place, path[place]))
        if not self._edits and not self.now:
            return set()
        now: dict[int, Rewritten] = {}
        for place, edit in self._edits:
            if place <= here:
                if edit not in self._known:
                    self._known[edit] = dict(_changed_by(tree, edit))
                now |= self._known[edit]
        before, self.now = self.now, now
        return {record for record in {*before, *now} if before.get(record) != now.get(record)}


def _changed_by(tree: Tree, edit: int) -> Iterator[tuple[int, Rewritten]]:
    parent = tree[edit].parent
    before = {} if parent is None else dict(_by_record(tree.snapshot_at(parent).messages))
    after = dict(_by_record(tree.snapshot_at(edit).messages))
    for record, was in before.items():
        now = after.get(record)
        if now is not was and now != was:
            yield record, Rewritten(edit, now)


def _by_record(
    messages: Sequence[Message] | Iterator[Message],
) -> Iterator[tuple[int, UserText | Assistant | Result]]:
    for message in messages:
        if isinstance(message, Results):
            for result in message.results:
                yield result.record, result
        elif isinstance(message, UserText | Assistant):
            yield message.record, message


def call_edited(
    tree: Tree, now: Mapping[int, Rewritten], ref: e.CallRef, result: int | None
) -> int:
    """The record by which what the model reads of a call became another, 0 for none.

    ``now`` is what became of the messages, ``result`` the record of the call's result.
    """
    if result is not None and result in now:
        return now[result].by
    reply, event = now.get(ref.reply), tree[ref.reply].event if now else None
    if reply is None or not isinstance(event, e.ModelReplied):
        return 0
    left = calls({"content": reply.now.content}) if isinstance(reply.now, Assistant) else []
    return 0 if calls(event.reply)[ref.index] in left else reply.by
