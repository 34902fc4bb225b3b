"""Messages edited where they stand: what is sent now, with the original to be opened."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from tooltrace.core.fold.rewritten import Rewritten
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.model.messages import Assistant, Result, UserText
from tooltrace.core.model.reply import blocks, calls
from tooltrace.core.text.exact_json import DEEPEST, JsonValue, pretty
from tooltrace.tui.rows.conversation.entry import Entry, call_key, part_key
from tooltrace.tui.rows.conversation.part import Part
from tooltrace.tui.rows.conversation.records import entries
from tooltrace.tui.rows.lines import Line

__all__ = ["rewritten_entries"]

_FURTHER = 4096
"""Places of parts beyond those that a reply has itself."""


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
    first = _marked(first, ((f"  ± edited by #{by}", "edited"),), False)
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
