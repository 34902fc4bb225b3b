"""Check a workflow definition: every mistake, each with the part it is in.

Total and pure: whatever a spec holds, asking neither raises nor runs anything. A spec without
problems always has a next action, and never moves between states for ever without asking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

from msgspec import Struct
from msgspec.structs import asdict

from tooltrace.core.expressions.condition_check import complaints
from tooltrace.core.model.workflow import AT_ONCE, Transition, WorkflowSpec
from tooltrace.core.text.exact_json import dumps
from tooltrace.core.text.sanitize import one_line
from tooltrace.core.text.suggest import quoted, unknown

__all__ = ["Mistake", "problems"]

TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
PLAIN_NAME = re.compile(r"\w(?:[\w.-]{0,62}\w)?")
CONTEXT_NAME = re.compile(r"[A-Za-z_]\w{0,63}")


class Mistake(Struct, frozen=True):
    """One mistake: ``part`` is the place (``states[2]``, ``rows[3].when``), ``text`` one line."""

    part: str
    text: str

    def __str__(self) -> str:
        return f"{self.part}: {self.text}"


def problems(spec: WorkflowSpec) -> list[Mistake]:
    """Everything wrong with a definition, in the order of its parts; empty when it can run."""
    found = [*_about_workflow(spec), *_about_tools(spec), *_about_states(spec)]
    found += _about_rows(spec)
    found += _about_shadows(spec)
    found += _about_context(spec)
    # Whether states can be reached is only worth saying once the table itself makes sense.
    if spec.states and not found:
        found += _about_ways(spec)
    return found


def _twice(kind: str, part: str, names: Sequence[str]) -> Iterator[Mistake]:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in first:
            why = f"there is a {kind} {quoted(name)} already: {part}[{first[name]}]"
            yield Mistake(f"{part}[{index}]", why)
        first.setdefault(name, index)


def _about_workflow(spec: WorkflowSpec) -> Iterator[Mistake]:
    if not PLAIN_NAME.fullmatch(spec.name):
        yield Mistake("name", f"{quoted(spec.name)} is no name: {_NAME_RULE}")
    if spec.max_turns < 1:
        yield Mistake("max_turns", f"is {spec.max_turns}; a run needs at least 1 model turn")
    for name, count in asdict(spec.stuck).items():
        if isinstance(count, int) and count < 0:
            yield Mistake(f"stuck.{name}", f"is {count}; 0 turns the check off")
    names = [state.name for state in spec.states]
    if spec.states and spec.initial is None:
        yield Mistake("initial", "no initial state is named")
    for part, state in (("initial", spec.initial), ("critical_to", spec.critical_to)):
        if state is not None and state not in names:
            yield Mistake(part, unknown("state", state, names))


_NAME_RULE = "use letters, digits and _ . - (no spaces), at most 64"


def _about_tools(spec: WorkflowSpec) -> Iterator[Mistake]:
    names = [tool.name for tool in spec.tools]
    yield from _twice("tool", "tools", names)
    for index, tool in enumerate(spec.tools):
        part = f"tools[{index}]"
        if not TOOL_NAME.fullmatch(tool.name):
            why = "the Messages API takes letters, digits, _ and -, at most 128"
            yield Mistake(part, f"{quoted(tool.name)} is no tool name: {why}")
        if tool.timeout is not None and not tool.timeout > 0:
            yield Mistake(f"{part}.timeout", f"is {tool.timeout} s; leave it out for no limit")
        for other in tool.after:
            if other not in names:
                yield Mistake(f"{part}.after", unknown("tool", other, names))
    circle = _circle({tool.name: set(tool.after) & set(names) for tool in spec.tools})
    if circle:
        part = f"tools[{names.index(circle[0])}].after"
        yield Mistake(part, f"tools wait for each other: {' → '.join(map(one_line, circle))}")


def _circle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter({name: sorted(before) for name, before in graph.items()}).prepare()
    except CycleError as error:
        # graphlib names each after what waits for it; people read it the other way round.
        return list(reversed(error.args[1]))
    return []


def _about_states(spec: WorkflowSpec) -> Iterator[Mistake]:
    tools = [tool.name for tool in spec.tools]
    yield from _twice("state", "states", [state.name for state in spec.states])
    for index, state in enumerate(spec.states):
        part = f"states[{index}]"
        if not PLAIN_NAME.fullmatch(state.name):
            yield Mistake(part, f"{quoted(state.name)} is no state name: {_NAME_RULE}")
        for tool in state.tools:
            if tool not in tools:
                yield Mistake(f"{part}.tools", unknown("tool", tool, tools))
        if state.failure and not state.terminal:
            yield Mistake(part, f"{quoted(state.name)} is a failure but not terminal")
    if spec.states and not any(state.terminal for state in spec.states):
        yield Mistake("states", "no state is terminal, so the workflow can never end")


def _about_rows(spec: WorkflowSpec) -> Iterator[Mistake]:
    states = [state.name for state in spec.states]
    for index, row in enumerate(spec.rows):
        part = f"rows[{index}]"
        for end, name in (("source", row.source), ("target", row.target)):
            if name not in states:
                yield Mistake(f"{part}.{end}", unknown("state", name, states))
        yield from _about_on(spec, part, row)
        source = spec.state(row.source)
        if source is not None and source.terminal:
            yield Mistake(part, f"leaves {quoted(row.source)}, which is terminal")
        if row.when is not None:
            yield from _about_expression(spec, f"{part}.when", row.when, row)
        for name, text in row.save.items():
            if all(item.name != name for item in spec.context):
                known = [item.name for item in spec.context]
                yield Mistake(f"{part}.save", unknown("context name", name, known))
            yield from _about_expression(spec, f"{part}.save", text, row)


def _about_on(spec: WorkflowSpec, part: str, row: Transition) -> Iterator[Mistake]:
    names = [tool.name for tool in spec.tools]
    source = spec.state(row.source)
    if _at_once(row):
        if row.source == row.target:
            yield Mistake(part, "leads at once to its own state, so it is never taken")
        if row.error:
            yield Mistake(part, "an error row needs the tool that may fail")
        return
    for tool in row.on:
        if tool not in names:
            yield Mistake(f"{part}.on", unknown("tool", tool, names))
        elif source is not None and not source.terminal and tool not in source.tools:
            why = f"{quoted(tool)} is not allowed in state {quoted(row.source)}"
            yield Mistake(f"{part}.on", f"{why}, so the row is never taken")
    if row.error and len(row.on) > 1:
        yield Mistake(f"{part}.on", "an error row takes one tool; write one row for each")


def _about_expression(
    spec: WorkflowSpec, part: str, text: str, row: Transition
) -> Iterator[Mistake]:
    for why in complaints(text, spec, row.on):
        yield Mistake(part, why)


def _at_once(row: Transition) -> bool:
    return not row.on or row.on == (AT_ONCE,)


def _about_shadows(spec: WorkflowSpec) -> Iterator[Mistake]:
    for index, row in enumerate(spec.rows):
        for earlier in range(index):
            why = _shadow(spec.rows[earlier], row, f"rows[{earlier}]")
            if why:
                yield Mistake(f"rows[{index}]", why)
                break


def _shadow(first: Transition, second: Transition, place: str) -> str | None:
    """How the earlier of two rows takes the place of the later one; None when it does not."""
    if first.source != second.source or first.error != second.error:
        return None
    same_on = set(first.on) - {AT_ONCE} == set(second.on) - {AT_ONCE}
    of = f"{'failure' if first.error else 'result'} of {', '.join(map(one_line, first.on))}"
    of = "way out at once" if _at_once(first) else of
    if same_on and _guard(first) == _guard(second):
        return f"is never taken: {place} has the same guard for the same {of}"
    if first.when is None and same_on:
        return f"is never taken: {place} has no guard and takes every {of}"
    if first.when is None and not _at_once(first) and set(first.on) < set(second.on):
        return f"comes too late: {place} takes every {of} by itself; put this one before it"
    return None


def _guard(row: Transition) -> str | None:
    return None if row.when is None else " ".join(row.when.split())


def _about_context(spec: WorkflowSpec) -> Iterator[Mistake]:
    yield from _twice("context name", "context", [item.name for item in spec.context])
    for index, item in enumerate(spec.context):
        part = f"context[{index}]"
        if not CONTEXT_NAME.fullmatch(item.name):
            yield Mistake(part, f"{quoted(item.name)} is no name that an expression can speak of")
        try:
            dumps(item.default)
        except ValueError as error:
            why = one_line(str(error))
            yield Mistake(f"{part}.default", f"of {quoted(item.name)} is {why}")


def _about_ways(spec: WorkflowSpec) -> Iterator[Mistake]:
    ways = {state.name: _ways_out(spec, state.name) for state in spec.states}
    reached = set()
    pending = [spec.initial or spec.states[0].name]
    while pending:
        here = pending.pop()
        if here not in reached:
            reached.add(here)
            pending += ways[here]
    for index, state in enumerate(spec.states):
        if state.name not in reached:
            yield Mistake(f"states[{index}]", f"nothing leads to state {quoted(state.name)}")
        elif not state.terminal and not ways[state.name]:
            yield Mistake(f"states[{index}]", f"there is no way out of state {quoted(state.name)}")
    yield from _about_rounds(spec)


def _ways_out(spec: WorkflowSpec, state: str) -> set[str]:
    ways = {row.target for row in spec.rows if row.source == state} - {state}
    allowed = next(item.tools for item in spec.states if item.name == state)
    may_fail = any(tool.critical and tool.name in allowed for tool in spec.tools)
    if may_fail and spec.critical_to not in (None, state):
        ways.add(str(spec.critical_to))
    return ways


def _about_rounds(spec: WorkflowSpec) -> Iterator[Mistake]:
    at_once: dict[str, set[str]] = {}
    for row in spec.rows:
        if _at_once(row) and row.when is None:
            at_once.setdefault(row.source, set()).add(row.target)
    circle = _circle(at_once)
    if circle:
        index = next(
            index
            for index, row in enumerate(spec.rows)
            if _at_once(row) and row.source in circle and row.target in circle
        )
        shown = " → ".join(map(one_line, reversed(circle)))
        yield Mistake(f"rows[{index}]", f"states follow each other at once, for ever: {shown}")
