"""What records changed: the state and the values of the context, before and after."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from tooltrace.core.compare.json_diff import same
from tooltrace.core.fold.tree import Tree
from tooltrace.core.graph.machine import machine_of
from tooltrace.core.model.events import Transitioned
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tui.rows.inspector.facet import Fact
from tooltrace.tui.rows.lines import Line, Span
from tooltrace.tui.rows.selected import Selected
from tooltrace.tui.rows.values import brief, narrowed

__all__ = ["Changed", "changed_by", "changed_facts", "guard_words"]

_MOST = 56


class Changed(Struct, frozen=True):
    """A value of the context that a record changed; None stands for what was not there."""

    record: int
    name: str
    was: JsonValue
    now: JsonValue


def changed_by(tree: Tree, record_id: int) -> list[Changed]:
    """The values of the context that are others after a record."""
    parent = tree[record_id].parent
    if parent is None:
        return []
    before, after = tree.snapshot_at(parent).context, tree.snapshot_at(record_id).context
    if before is after:
        return []
    names = dict.fromkeys((*before, *after))
    return [
        Changed(record_id, name, before.get(name), after.get(name))
        for name in names
        if not same(before.get(name), after.get(name))
    ]


def guard_words(tree: Tree, record_id: int) -> str:
    """Why the workflow changed state there, in words; empty where it did not."""
    record = tree[record_id]
    event = record.event
    if not isinstance(event, Transitioned):
        return ""
    if event.row is None:
        return event.reason or ("forced by a person" if record.source == "forced" else "")
    spec = tree.snapshot_at(record_id).workflow
    edge = machine_of(spec).of_row.get(event.row)
    row = spec.rows[event.row] if 0 <= event.row < len(spec.rows) else None
    if row is not None and row.when:
        return f"because {row.when}"
    return "" if edge is None else f"by {edge.label}"


def changed_facts(tree: Tree, records: Iterable[int]) -> list[Fact]:
    """Each change in a line: a value as ``was → now``, a state and which guard led to it."""
    facts: list[Fact] = []
    for record_id in records:
        event = tree[record_id].event
        if isinstance(event, Transitioned):
            facts.append(_moved(tree, record_id, event))
        for change in changed_by(tree, record_id):
            was, now = narrowed(change.was, change.now, _MOST, _MOST)
            line: Line = (
                (f"{change.name}  ", "strong"),
                (was if len(was) <= _MOST else brief(change.was, _MOST), "dim"),
                (" → ", "dim"),
                (now, "new"),
                (f"  #{record_id}", "dim"),
            )
            about = Selected(context=change.name)
            facts.append(Fact(line, change.now, record_id, about))
    return facts


def _moved(tree: Tree, record_id: int, event: Transitioned) -> Fact:
    parent = tree[record_id].parent
    was = None if parent is None else tree.snapshot_at(parent).state
    why = guard_words(tree, record_id)
    line: list[Span] = [("state  ", "strong"), (f"{was or '–'}", "dim"), (" → ", "dim")]
    line += [(event.to, "state.done"), (f"  {why}" if why else "", "text")]
    return Fact((*line, (f"  #{record_id}", "dim")), event.to, record_id, Selected(record_id))
