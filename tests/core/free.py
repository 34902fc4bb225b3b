"""A workflow without states, and its requests in a word for each message."""

from __future__ import annotations

from tests.core.given import Given
from tooltrace.core.model.messages import Assistant, Results, StatePrompt, UserText
from tooltrace.core.model.workflow import ToolSpec, WorkflowSpec

__all__ = ["FREE", "free", "texts"]

FREE = WorkflowSpec(
    "free",
    system="Be brief.",
    tools=(ToolSpec("look", read_only=True), ToolSpec("write"), ToolSpec("pay", critical=True)),
)


def free() -> Given:
    """A run that has just been begun."""
    return Given(FREE).user("Go.")


def texts(given: Given) -> list[str]:
    """The request, one word for each message."""
    words = []
    for message in given.request:
        match message:
            case UserText():
                words.append(f"user:{message.text}")
            case Assistant():
                words.append(f"assistant:{message.record}")
            case Results():
                words += [f"result:{r.text}" for r in message.results]
            case StatePrompt():
                words.append("state")
    return words
