"""What the conversation shows of a model's reply, and of one that did not come or broke off.

Total: whatever a provider put into a reply is shown as what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from tooltrace.core.fold.stop_reasons import trouble_in
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.reply import arguments, blocks, call_at, is_call, tool_name
from tooltrace.core.model.request_forms import FORM
from tooltrace.core.model.snapshot import FailedReply
from tooltrace.tui.rows.conversation.entry import Entry, call_key, part_key
from tooltrace.tui.rows.conversation.part import Part, said
from tooltrace.tui.rows.labels import BAD, DOUBT
from tooltrace.tui.rows.lines import Line, Span

__all__ = ["arguments_part", "below_call", "failed", "mark", "number", "replied", "tool_of"]

_BEYOND_NAMES = 80


def replied(tree: Tree, record: e.Record, event: e.ModelReplied) -> Sequence[Entry]:
    """The entries of a reply: its first text below the heading, then each block and call."""
    heading: Line = (("assistant", "assistant"), *mark(record), number(record))
    content = event.reply.get("content")
    blocks = content if isinstance(content, list) else []
    texts = [b for b in blocks[:1] if isinstance(b, dict) and b.get("type") == "text"]
    parts = (*_asked(tree, record), *(_text(b) for b in texts))
    found = [Entry(record.id, record.id, heading, parts, turn=0, answer=event)]
    made = 0
    if len(blocks) > 1:
        made = sum([isinstance(block, dict) and is_call(block) for block in blocks])
    calls = 0
    for index, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        if is_call(block):
            found.append(_call(record, e.CallRef(record.id, calls), block, made))
            calls += 1
        elif index or not texts:
            found.append(_block(record, index, block))
    trouble = _trouble(tree, record, event.reply)
    if trouble is not None:
        what: Line = ((f"  {DOUBT} {trouble.why}: no tool of it will run", "warn"),)
        found.append(Entry(part_key(record.id, len(blocks)), record.id, what))
    return found


def _asked(tree: Tree, record: e.Record) -> tuple[Part, ...]:
    """The state prompt of the request that was answered: there when it is opened."""
    asked = tree.records.get(record.parent or 0)
    if asked is None or not isinstance(asked.event, e.ModelCalled) or not asked.event.prompt:
        return ()
    return (Part(asked.event.prompt, "dim", 0, 4),)


def _trouble(tree: Tree, record: e.Record, reply: dict[str, Any]) -> FailedReply | None:
    # The form is asked for only where it can matter: it stands at the root, and that may be far.
    if trouble_in(reply, FORM) is None:
        return None
    return trouble_in(reply, tree.snapshot_at(record.id).form)


def _text(block: dict[str, Any]) -> Part:
    text = block.get("text")
    return said(text, most=40) if isinstance(text, str) else Part(block, most=40)


def _block(record: e.Record, index: int, block: dict[str, Any]) -> Entry:
    key = part_key(record.id, index)
    match block:
        case {"type": "text", "text": str(text)}:
            return Entry(key, record.id, (("  …", "dim"),), (said(text, most=40),))
        case {"type": "thinking", "thinking": str(text)}:
            words = f"  thinking · {len(text):,} characters …"
            return Entry(key, record.id, ((words, "dim"),), (said(text, "dim", 0, 4),))
        case {"type": "redacted_thinking"}:
            return Entry(key, record.id, (("  thinking, which the API keeps to itself", "dim"),))
        case _:
            kind = str(block.get("type"))[:_BEYOND_NAMES]
            return Entry(key, record.id, ((f"  {kind}", "warn"),), (Part(block, "dim", 6, 4),))


def _call(record: e.Record, ref: e.CallRef, block: dict[str, Any], made: int) -> Entry:
    parts = arguments_part(arguments(block), 4)
    heading: Line = (("  ƒ ", "tool"), (_name(block), "tool"))
    bracket = _bracket(ref.index, made) if made > 1 else ("", "")
    return Entry(call_key(ref), record.id, heading, parts, ref, terse=True, bracket=bracket)


def _bracket(index: int, made: int) -> tuple[str, str]:
    """What holds the calls of one reply together, and what stands below each of them."""
    if index == made - 1:
        return "└", " "
    return "├" if index else "┌", "│"


def below_call(entry: Entry, call: Entry) -> Entry:
    """An entry of a result as it stands below its call, which has said the name already."""
    heading = tuple(span for span in entry.heading if span[1] not in ("tool", "arg"))
    lead = call.bracket[1]
    return replace(entry, heading=heading, bracket=(lead, lead), measured={})


def failed(tree: Tree, record: e.Record, event: e.ModelFailed) -> Sequence[Entry]:
    """The entry of a failure: why, and what came of the reply before it broke off."""
    status = f" ({event.status})" if event.status and event.status >= 300 else ""
    verb = {"incomplete": "did not finish", "cancelled": "was cut off"}.get(
        event.kind, "did not answer"
    )
    what: Span = (f"{BAD} the model {verb}{status}", "error")
    why = (Part(event.error, "error"),) if event.error else ()
    came = _what_came(event.reply)
    raw = (Part(event.raw, "dim", 0 if came else 2),) if event.raw else ()
    heading = (what, *mark(record), number(record))
    parts = (*_asked(tree, record), *why, *came, *raw)
    return (Entry(record.id, record.id, heading, parts),)


def _what_came(reply: dict[str, Any] | None) -> tuple[Part, ...]:
    """What a person can read of a reply that broke off; the raw text is below, when opened."""
    found = []
    for block in blocks(reply):
        match block:
            case {"type": "text", "text": str(text)} if text:
                found.append(said(text, most=20))
            case {"type": "thinking", "thinking": str(text)}:
                found.append(Part(f"thinking: {text}", "dim", 2))
            case {"type": "tool_use", "name": name}:
                given = block.get("input", block.get("partial_json", ""))
                found.append(Part({"not called": name, "input": given}, "dim", 4, 4))
            case _:
                pass
    return tuple(found)


def tool_of(tree: Tree, ref: e.CallRef) -> str:
    """The name of the tool that a call is made to; a dash when no reply makes it."""
    reply = tree.records.get(ref.reply)
    if reply is not None and isinstance(reply.event, e.ModelReplied):
        call = call_at(reply.event.reply, ref.index)
        if call is not None:
            return _name(call)
    return "–"


def arguments_part(given: Any, indent: int) -> tuple[Part, ...]:
    """Arguments below a call; none when there are none."""
    return (Part(given, "arg", indent=indent),) if given not in (None, {}) else ()


def _name(use: dict[str, Any]) -> str:
    return tool_name(use) or "(a tool without a name)"


def number(record: e.Record) -> Span:
    """The record's number, as it stands at the end of a heading."""
    return (f"  #{record.id}", "dim")


def mark(record: e.Record) -> Line:
    """How a record came about, where that is not the ordinary way."""
    match record.source:
        case "edited":
            return (("  ± edited", "edited"),)
        case "forced":
            return (("  ⇨ forced", "forced"),)
        case "injected":
            return (("  ϟ injected", "injected"),)
        case "recorded" | "imported":
            return ((f"  {record.source}", record.source),)
        case _:
            return ()
