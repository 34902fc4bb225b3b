"""How a workflow's definition differs from the one before: what counts from the next step on, and
what only a new run begins with. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from tooltrace.core.model.workflow import ToolSpec, WorkflowSpec
from tooltrace.core.text.sanitize import one_line

__all__ = ["DefinitionChange", "definition_change"]


class DefinitionChange(Struct, frozen=True):
    """What differs, a few words each: ``now`` holds at the next step, ``later`` for a new run."""

    now: tuple[str, ...] = ()
    later: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = ["; ".join(self.now)] if self.now else []
        parts += [f"in a new run alone: {', '.join(self.later)}"] if self.later else []
        return "; ".join(parts) or "the same definition, the functions of now"


def definition_change(then: WorkflowSpec, now: WorkflowSpec) -> DefinitionChange:
    """What differs between two definitions of one workflow."""
    return DefinitionChange(tuple(_at_once(then, now)), tuple(_begun_with(then, now)))


def _at_once(then: WorkflowSpec, now: WorkflowSpec) -> Iterator[str]:
    before, after = {t.name: t for t in then.tools}, {t.name: t for t in now.tools}
    tools = [*_gone_and_new(before, after)]
    tools += [
        f"{name} {_tool_change(before[name], after[name])}"
        for name in after
        if name in before and before[name] != after[name]
    ]
    if tools:
        yield _listed("tools", tools)
    old, new = {s.name: s for s in then.states}, {s.name: s for s in now.states}
    states = [*_gone_and_new(old, new)]
    states += [f"{name} differs" for name in new if name in old and old[name] != new[name]]
    if states:
        yield _listed("states", states)
    if then.rows != now.rows:
        gone = sum(row not in now.rows for row in then.rows)
        new_rows = sum(row not in then.rows for row in now.rows)
        counts = [f"+{new_rows}"] * bool(new_rows) + [f"-{gone}"] * bool(gone)
        yield f"transitions {' '.join(counts) or 'in another order'}"
    if _system(then) != _system(now):
        yield "another system prompt"
    if then.request != now.request:
        yield "other settings of requests"
    fields = [*_gone_and_new({f.name: f for f in then.context}, {f.name: f for f in now.context})]
    if fields:
        yield _listed("context", fields)
    limits = (then.max_turns, then.stuck, then.critical_to)
    if limits != (now.max_turns, now.stuck, now.critical_to):
        yield "other limits"


def _begun_with(then: WorkflowSpec, now: WorkflowSpec) -> Iterator[str]:
    if then.input != now.input:
        yield "what is said first"
    if then.initial != now.initial:
        yield "the first state"
    before = {field.name: field.default for field in then.context}
    if any(before.get(f.name, f.default) != f.default for f in now.context):
        yield "the first values of the context"
    if then.world != now.world:
        yield "a world" if now.world else "no world"


def _system(spec: WorkflowSpec) -> tuple[str, tuple[dict[str, Any], ...], str]:
    return spec.system, spec.system_blocks, spec.system_from


def _gone_and_new(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    yield from (f"+{name}" for name in after if name not in before)
    yield from (f"-{name}" for name in before if name not in after)


def _tool_change(then: ToolSpec, now: ToolSpec) -> str:
    if then.effect != now.effect:
        return "is idempotent now" if now.effect == "idempotent" else f"{now.effect} now"
    if then.schema != now.schema:
        return "takes other arguments"
    return "is described otherwise" if then.description != now.description else "differs"


def _listed(what: str, parts: Sequence[str]) -> str:
    return one_line(f"{what}: {', '.join(parts)}")
