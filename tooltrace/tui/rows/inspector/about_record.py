"""Any record in sections: what it says, what it changed, and where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import to_builtins

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.view import View
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.conversation.records import in_brief
from tooltrace.tui.rows.inspector.about_call import request_section
from tooltrace.tui.rows.inspector.effect_of import changed_facts, guard_words
from tooltrace.tui.rows.inspector.facet import Facet, Fact
from tooltrace.tui.rows.inspector.origin_of import line_section, siblings_section, source_fact
from tooltrace.tui.rows.inspector.request_of import RequestOf
from tooltrace.tui.rows.inspector.rows import size_words
from tooltrace.tui.rows.inspector.siblings import SessionIndex
from tooltrace.tui.rows.lines import Line
from tooltrace.tui.rows.selected import Selected

__all__ = ["context_sections", "record_sections"]

_ELSEWHERE = ("raw", "reply", "workflow", "text")
"""Fields of events that have a section of their own, or are in the line of the file."""

_MOST_CHANGES = 8


def record_sections(
    view: View, record: e.Record, index: SessionIndex, requests: RequestOf
) -> Iterator[Facet]:
    """All there is to know about a record of the current branch."""
    tree, about = view.tree, Selected(record.id)
    title: Line = ((in_brief(tree, record), "strong"), (f"  #{record.id}", "dim"))
    yield Facet("title", (), [Fact(title, indent=0)], about=about)
    yield from _content(record, about)
    changes = changed_facts(tree, [record.id])
    if changes:
        yield Facet("changed", (("what it changed", "title"),), changes, about=about)
    if isinstance(record.event, _IN_REQUESTS):
        yield request_section(view, record.id, None, requests)
    origin = [*_causes(tree, record), source_fact(tree, record)]
    yield Facet("origin", (("where it came from", "title"),), origin, about=about)
    yield Facet("times", (("times", "title"),), list(_times(record)), about=about)
    others = [] if record.parent is None else index.beside(tree, record.id)
    if (section := siblings_section(tree, record.id, others)) is not None:
        yield section
    yield from line_section(record, about)


_IN_REQUESTS = (e.UserSaid, e.ModelReplied, e.MessageAdded)


def _content(record: e.Record, about: Selected) -> Iterator[Facet]:
    """What stands in the event, the text of a message first."""
    match record.event:
        case e.ModelReplied(reply=reply) | e.ModelFailed(reply=dict(reply)):
            yield from _reply(reply, about)
        case e.UserSaid(text=text, content=content):
            said: JsonValue = content_text(content) if content else text
            heading: Line = (("what was said", "title"), (f"  {size_words(said)}", "dim"))
            yield Facet("said", heading, value=said, about=about)
        case e.RunStarted(workflow=spec):
            told = _listed(to_builtins(spec))
            yield Facet("workflow", (("workflow", "title"),), value=told, about=about)
        case _:
            pass
    rest = _rest(record.event)
    if rest:
        yield Facet("event", (("in the record", "title"),), value=rest, about=about)


def _reply(reply: dict[str, JsonValue], about: Selected) -> Iterator[Facet]:
    blocks = reply.get("content")
    for at, block in enumerate(blocks if isinstance(blocks, list) else [blocks]):
        name, value = f"block {at}", block
        match block:
            case {"type": "text", "text": str(text)}:
                title, value = "text", text
            case {"type": "thinking", "thinking": str(text)}:
                title, value = "thinking", text
            case {"type": "tool_use", "name": str(tool)}:
                title, value = f"calls {tool}", block.get("input")
            case {"type": str(kind)}:
                title = kind
            case _:
                title = "content"
        heading: Line = ((title, "title"), (f"  {size_words(value)}", "dim"))
        yield Facet(name, heading, value=value, about=about)
    rest = {key: value for key, value in reply.items() if key not in ("content", "role", "type")}
    yield Facet("usage", (("usage and end", "title"),), value=rest, about=about)


def _rest(event: e.Event) -> dict[str, JsonValue]:
    told = to_builtins(event, builtin_types=())
    if not isinstance(told, dict):
        return {}
    drop = (*_ELSEWHERE, "type") if not isinstance(event, e.Unknown) else ()
    if isinstance(event, e.UserSaid):
        drop = (*drop, "content")
    return {key: _listed(value) for key, value in told.items() if key not in drop}


def _listed(value: Any) -> JsonValue:
    """Plain JSON: what is a tuple in an event is a list."""
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(item) for item in value]
    return value


def _causes(tree: Tree, record: e.Record) -> Iterator[Fact]:
    match record.event:
        case e.Transitioned(cause=cause):
            if why := guard_words(tree, record.id):
                yield Fact(((why, "text"),))
            if cause is not None and cause in tree:
                yield _names("after ", tree, cause)
        case e.ModelReplied() | e.ModelFailed() if record.parent in tree:
            assert record.parent is not None
            yield _names("answers ", tree, record.parent)
        case _:
            if record.parent is not None and record.parent in tree:
                yield _names("stands after ", tree, record.parent)


def _names(how: str, tree: Tree, other: int) -> Fact:
    line: Line = ((how, "text"), (f"#{other} ", "key"), (in_brief(tree, tree[other]), "text"))
    return Fact(line, goes=other, about=Selected(other))


def _times(record: e.Record) -> Iterator[Fact]:
    yield Fact((("recorded  ", "dim"), (record.at, "text")), record.at)
    match record.event:
        case e.ModelReplied(ms=ms, first_ms=first) | e.ModelFailed(ms=ms, first_ms=first):
            begun = f", the first byte after {labels.duration(first)}" if first else ""
            yield Fact((("took  ", "dim"), (f"{labels.duration(ms)}{begun}", "text")), ms)
            used = labels.reply_usage(record.event)
            yield Fact((("used  ", "dim"), (used, "text")), used)
            if record.event.request_id:
                request = record.event.request_id
                yield Fact((("request id  ", "dim"), (request, "text")), request)
        case _:
            pass


def context_sections(view: View, name: str) -> Iterator[Facet]:
    """A value of the context where one stands, and the records of the way there that set it."""
    about, value = Selected(context=name), view.snapshot.context.get(name)
    title: Line = ((name, "strong"), ("  in the context", "dim"))
    yield Facet("title", (), [Fact(title, name, indent=0)], about=about)
    heading: Line = (("value", "title"), (f"  {size_words(value)}", "dim"))
    yield Facet("value", heading, value=value, about=about)
    found = list(_set_by(view, name))
    nothing = [Fact((("it is as the workflow defines it", "dim"),))]
    yield Facet("set", (("what set it", "title"),), found or nothing, about=about)


def _set_by(view: View, name: str) -> Iterator[Fact]:
    left = _MOST_CHANGES
    for record in view.tree.up(view.head):
        if not left:
            yield Fact((("… and earlier ones", "dim"),))
            return
        if isinstance(record.event, e.Transitioned | e.ContextEdited | e.ToolReturned):
            for fact in changed_facts(view.tree, [record.id]):
                if fact.line[0][0].strip() == name and fact.about == Selected(context=name):
                    left -= 1
                    yield fact
