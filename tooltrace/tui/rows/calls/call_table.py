"""The tool calls of a session as rows of plain text, for a table that is printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tooltrace.tui.rows import labels
from tooltrace.tui.rows.calls.call_facts import CallFacts
from tooltrace.tui.rows.lines import fit
from tooltrace.tui.rows.values import brief

__all__ = ["show_rows"]


def show_rows(calls: Iterable[CallFacts]) -> Iterator[list[str]]:
    """Calls as a table of plain text, its heading first, for ``show``; every cell is safe."""
    yield ["#", "", "tool", "effect", "source", "time", "state", "arguments", "result"]
    for facts in calls:
        sign = labels.DOUBT if facts.abandoned or facts.status == "started" else labels.AHEAD
        if facts.status == "returned" and not facts.abandoned:
            sign = labels.BAD if facts.is_error else labels.DONE
        state = facts.state or ""
        if facts.transition:
            state = f"{state} → {facts.transition}" if state else f"→ {facts.transition}"
        content = facts.told if isinstance(facts.told, str) else brief(facts.told)
        row = [
            str(facts.record),
            sign,
            facts.tool,
            labels.effect_word(facts.effect)[0],
            f"{labels.TYPED} #{facts.edited}" if facts.edited else facts.source or "–",
            labels.duration(facts.ms) if facts.returned else "–",
            state,
            brief(facts.arguments),
            content if facts.returned else "",
        ]
        yield [fit(text, 400) for text in row]
