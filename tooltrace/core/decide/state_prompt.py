"""Write the state prompt: what the model is told of the workflow before each reply.

State, finished steps in order, data, next action. Its size is bounded, and so is the work to make
it, so that a long run's requests and records do not grow with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tooltrace.core.fold.call_order import in_order
from tooltrace.core.model.request_forms import as_json
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.model.workflow import StateSpec
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["state_prompt"]

MOST_STEPS = 12
MOST_CHARS = 240


def state_prompt(s: Snapshot) -> str | None:
    """The block for this snapshot; None for a free workflow."""
    if s.state is None:
        return None
    lines = ["[workflow]", f"state: {s.state}"]
    here = [c.step for c in in_order(s.workflow, s.calls) if c.returned is not None]
    done = [*s.steps[-MOST_STEPS:], *here][-MOST_STEPS:]
    if done:
        earlier = len(s.steps) + len(here) - len(done)
        lines.append(f"finished: {f'({earlier} earlier) → ' if earlier else ''}{' → '.join(done)}")
    data = {name: value for name, value in s.context.items() if value is not None}
    if data:
        lines.append("data:")
        lines += [f"  {name}: {_brief(value, s.form)}" for name, value in data.items()]
    if s.error:
        lines.append(f"error: {s.error}")
    lines.append(f"next: {_next(s.workflow.state(s.state))}")
    return "\n".join(lines)


def _next(state: StateSpec | None) -> str:
    hint = state.hint if state is not None else ""
    if state is not None and state.terminal:
        return hint or "say how it ended; call no more tools"
    tools = state.tools if state is not None else ()
    allowed = f"allowed tools: {', '.join(tools)}" if tools else "no tool is allowed here"
    return f"{hint} ({allowed})" if hint else allowed


def _brief(value: JsonValue, form: int) -> str:
    """The value as JSON, of which only as much is made as is shown."""
    text = ""
    for piece in _pieces(value, form):
        text += piece
        if len(text) > MOST_CHARS:
            return f"{text[: MOST_CHARS - 1]}…"
    return text


def _pieces(value: JsonValue, form: int) -> Iterator[str]:
    match value:
        case dict():
            yield "{"
            for index, (key, item) in enumerate(value.items()):
                yield f"{',' if index else ''}{as_json(key[: MOST_CHARS + 1], form)}:"
                yield from _pieces(item, form)
            yield "}"
        case list():
            yield "["
            for index, item in enumerate(value):
                yield "," if index else ""
                yield from _pieces(item, form)
            yield "]"
        case str():
            yield as_json(value[: MOST_CHARS + 1], form)
        case _:
            yield as_json(value, form)
