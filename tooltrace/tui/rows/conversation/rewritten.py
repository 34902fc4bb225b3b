"""Messages that a person edited where they stand: what is sent now, with the original to be opened.

What an edit changed is told by the conversation before it and after it, so that what it took along
is marked as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.model.messages import Assistant, Message, Result, Results, UserText
from tooltrace.core.model.reply import blocks, calls
from tooltrace.core.text.exact_json import DEEPEST, JsonValue, pretty
from tooltrace.tui.rows.conversation.entry import Entry, Part, call_key, part_key
from tooltrace.tui.rows.conversation.records import entries
from tooltrace.tui.rows.lines import Line

__all__ = ["Rewritten", "RewrittenMessages", "rewritten_entries"]

_FURTHER = 4096
"""Places of parts beyond those that a reply has itself."""


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
        if now is not was:
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


def rewritten_entries(tree: Tree, record: e.Record, rewritten: Rewritten) -> Sequence[Entry]:
    """The entries of a record as it is sent now, its first one marked."""
    now, event = rewritten.now, record.event
    shown = entries(tree, record)
    if now is None:
        mark: Line = ((f"  − taken out by #{rewritten.by}", "edited"),)
        return [_marked(each, mark if at == 0 else (), True) for at, each in enumerate(shown)]
    was: JsonValue
    match event, now:
        case e.UserSaid(text=was), UserText(text=text, content=content):
            event = e.UserSaid(text, content or [])
        case e.ToolReturned(), Result(content=given, is_error=failed, blocks=as_blocks):
            was = content_text(event.content) if event.blocks else event.content
            event = replace(event, content=given, is_error=failed, blocks=as_blocks, error=None)
        case e.ModelReplied(), Assistant(content=said):
            was = _said(blocks(event.reply))
            shown = _renumbered(
                entries(
                    tree,
                    replace(record, event=replace(event, reply={**event.reply, "content": said})),
                ),
                event,
                said,
            )
            return _with_original(shown, rewritten.by, was)
        case _:
            return shown
    return _with_original(entries(tree, replace(record, event=event)), rewritten.by, was)


def _said(content: Sequence[dict[str, JsonValue]]) -> str:
    return "\n\n".join(_text(block.get("text") or block) for block in content)


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else pretty(value, DEEPEST)


def _with_original(shown: Sequence[Entry], by: int, was: JsonValue) -> Sequence[Entry]:
    first, *rest = shown
    first = _marked(first, ((f"  ✎ edited by #{by}", "edited"),), False)
    original = Part(f"as it was:\n{_text(was)}", "dim", 0, 4)
    return [replace(first, parts=(*first.parts, original)), *rest]


def _marked(entry: Entry, mark: Line, struck: bool) -> Entry:
    *said, number = entry.heading
    parts = entry.parts
    if struck:
        parts = tuple([replace(part, style="old", most=min(part.most, 2)) for part in parts])
    return replace(entry, heading=(*said, *mark, number), parts=parts, measured={})


def _renumbered(
    shown: Sequence[Entry], event: e.ModelReplied, said: list[dict[str, JsonValue]]
) -> Sequence[Entry]:
    """The entries of an edited reply, where each call that is left is the call that it was."""
    places = {use.get("id"): index for index, use in enumerate(calls(event.reply))}
    uses = calls({"content": said})
    found = []
    for entry in shown:
        ref = entry.ref
        if ref is None:
            found.append(entry)
            continue
        index = places.get(uses[ref.index].get("id"))
        if index is None:
            key = part_key(entry.record, _FURTHER + ref.index)
            found.append(replace(entry, key=key, ref=None))
        else:
            ref = e.CallRef(ref.reply, index)
            found.append(replace(entry, key=call_key(ref), ref=ref))
    return found
