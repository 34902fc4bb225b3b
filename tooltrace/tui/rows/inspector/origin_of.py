"""Where a record came from, its place on other branches, and the record itself, as sections."""

from __future__ import annotations

from functools import partial

from tooltrace.core.compare.json_diff import MISSING, Missing
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.store.lines import encode
from tooltrace.tui.rows.conversation.records import in_brief
from tooltrace.tui.rows.inspector.facet import Facet, Fact
from tooltrace.tui.rows.inspector.rows import size_words
from tooltrace.tui.rows.lines import Line
from tooltrace.tui.rows.selected import Selected
from tooltrace.tui.rows.value_diff import diff_lines

__all__ = ["SOURCES", "branch_name", "line_section", "siblings_section", "source_fact"]

SOURCES: dict[str, str] = {
    "live": "it really happened",
    "recorded": "it comes from the recording: nothing ran",
    "edited": "a person wrote it",
    "forced": "a person made it happen",
    "imported": "it was read from another program's file",
    "scripted": "the offline stand-in for the model said it",
    "injected": "a fault that a person asked for: nothing ran",
    "client": "an agent that others wrote ran it, and said so",
}

_MOST_SIBLINGS, _MOST_LINES, _DIFF_WIDTH = 6, 12, 200
_EDITED = ("edited", "forced", "injected")


def source_fact(tree: Tree, record: e.Record) -> Fact:
    """How a record came about, and which record it repeats."""
    line: Line = ((record.source, record.source), (f" · {SOURCES[record.source]}", "text"))
    if record.of is None:
        return Fact(line)
    known = f" · {in_brief(tree, tree[record.of])}" if record.of in tree else ""
    return Fact((*line, (f" · repeats #{record.of}{known}", "dim")), goes=record.of)


def branch_name(tree: Tree, record_id: int) -> str:
    """The branch that a record stands on."""
    branch = tree.branch_of(record_id)
    return "" if branch is None else branch.name


def siblings_section(tree: Tree, record_id: int, others: list[int]) -> Facet | None:
    """What stands in a record's place on other branches, each with what differs."""
    if not others:
        return None
    facts: list[Fact] = []
    for other in others[:_MOST_SIBLINGS]:
        record = tree[other]
        line: Line = (
            (f"#{other} ", "key"),
            (in_brief(tree, record), "strong"),
            (f" on {branch_name(tree, other)}", "branch"),
            (f" · {record.source}", record.source),
        )
        facts.append(Fact(line, goes=other, about=Selected(other)))
        facts += [
            Fact(shown, about=Selected(other), indent=4)
            for shown in _difference(tree[record_id], record)
        ]
    if len(others) > _MOST_SIBLINGS:
        facts.append(Fact(((f"and {len(others) - _MOST_SIBLINGS} more: v", "dim"),)))
    heading: Line = (("on other branches", "title"), (f"  {len(others)}", "dim"))
    return Facet("siblings", heading, facts, about=Selected(record_id))


def _difference(here: e.Record, there: e.Record) -> list[Line]:
    """What one has (−) and the other (+); nothing where they are of two kinds."""
    old, new = _said(here), _said(there)
    if old is MISSING or new is MISSING or type(here.event) is not type(there.event):
        return []
    lines = diff_lines(old, new, _DIFF_WIDTH, _MOST_LINES)
    return [(("the same", "dim"),)] if lines == diff_lines(0, 0, _DIFF_WIDTH) else lines


def _said(record: e.Record) -> JsonValue | Missing:
    match record.event:
        case e.ToolReturned(content=content, is_error=True):
            return {"is_error": True, "content": content}
        case e.ToolReturned(content=content):
            return content
        case e.ModelReplied(reply=reply):
            return reply.get("content")
        case e.UserSaid(text=text, content=content):
            return content or text
        case e.ContextEdited(key=key, value=value):
            return {key: value}
        case e.Transitioned(to=to, reason=reason):
            return {"to": to, "reason": reason}
        case _:
            return MISSING


def line_section(record: e.Record, about: Selected) -> list[Facet]:
    """The bytes of a record: what came over the wire, and its line in the session's file."""
    sections: list[Facet] = []
    raw = getattr(record.event, "raw", None)
    if isinstance(raw, str):
        heading: Line = (("bytes of the reply", "title"), (f"  {size_words(raw)}", "dim"))
        sections.append(Facet("raw", heading, value=raw, about=about, begins_open=False))
    heading = (("line in the file", "title"), (f"  #{record.id}", "dim"))
    later = partial(_line_of, record)
    return [
        *sections,
        Facet(f"line {record.id}", heading, about=about, begins_open=False, later=later),
    ]


def _line_of(record: e.Record) -> JsonValue:
    try:
        return encode(record).decode().rstrip("\n")
    except (ValueError, RecursionError) as error:
        return f"it cannot be written as a line: {error}"
