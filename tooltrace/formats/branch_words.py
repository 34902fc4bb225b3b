"""What is said of a branch in more than one format, in words or as a value."""

from __future__ import annotations

from tooltrace.core.decide.budgets import dollars, token_words
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.model.snapshot import Usage
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["MARKS", "editable_content", "spent_words"]

MARKS = {
    "edited": "edited by a person",
    "forced": "forced by a person",
    "injected": "an injected fault",
    "recorded": "replayed",
    "imported": "imported",
}
"""What a step is marked with whose source is not the run itself."""


def spent_words(usage: Usage) -> str:
    """Tokens and money, as far as they are known."""
    first, *parts = token_words(usage)
    spent = [f"at least {first}" if usage.estimated else first, *parts]
    if usage.priced:
        spent.append(f"{'at least ' if usage.least else ''}{dollars(usage.cost)}")
    return " · ".join(spent)


def editable_content(event: e.Event) -> JsonValue:
    """What of an event a person can put something else in place of; None where that is nothing."""
    match event:
        case e.ToolReturned():
            content = content_text(event.content) if event.blocks else event.content
            return {"error": content} if event.is_error else content
        case e.ModelReplied():
            return event.reply.get("content")
        case e.UserSaid():
            return event.text
        case _:
            return None
