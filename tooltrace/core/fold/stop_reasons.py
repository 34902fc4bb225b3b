"""Tell from how a reply stopped why the run cannot go on with it.

The stop reasons and the categories of a refusal are those of the Messages API; one that is not
known here is a reason to stop, never to go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tooltrace.core.expressions.expression_names import brief
from tooltrace.core.fold.reply_check import broken
from tooltrace.core.model.reply import stop, stop_details
from tooltrace.core.model.snapshot import FailedReply

__all__ = ["trouble_in", "trouble_of"]

_GOES_ON = frozenset({"end_turn", "tool_use", "stop_sequence", "pause_turn"})
_TROUBLES = {
    "max_tokens": FailedReply("incomplete", "the reply was cut at max_tokens"),
    "model_context_window_exceeded": FailedReply(
        "incomplete", "the reply was cut where the model's context window is full"
    ),
    None: FailedReply("incomplete", "the reply ended without a stop reason"),
}
_REFUSED = {
    "bio": "it could help biological harm",
    "cyber": "it could help a cyber attack",
    "frontier_llm": "it could help build a competing model",
    "general_harms": "it could be harmful",
    "reasoning_extraction": "it asks for the model's own reasoning",
}
"""The categories of ``stop_details`` in words."""


def trouble_of(reply: Mapping[str, Any]) -> FailedReply | None:
    """Why a reply cannot be gone on with because of how it stopped; None when it can."""
    stop_reason = stop(reply)
    if isinstance(stop_reason, str) and stop_reason in _GOES_ON:
        return None
    if stop_reason == "refusal":
        return FailedReply("refused", f"the model refused{_about(stop_details(reply))}")
    known = _TROUBLES.get(stop_reason) if isinstance(stop_reason, str | None) else None
    return known or FailedReply("unknown", f"unknown stop reason {brief(stop_reason)!r}")


def trouble_in(reply: Mapping[str, Any], form: int) -> FailedReply | None:
    """Why nothing of a reply may run, in a run whose requests are of that form; None when it may.

    Runs of form 1 went on with a reply that is no whole one, and are folded as they were.
    """
    trouble = trouble_of(reply)
    if trouble is None and form > 1 and (why := broken(reply)) is not None:
        return FailedReply("incomplete", f"the reply is no whole one: {why}")
    return trouble


def _about(details: Mapping[str, Any]) -> str:
    category, said = details.get("category"), details.get("explanation")
    about = ""
    if isinstance(category, str) and category:
        about = (
            f" because {_REFUSED[category]}" if category in _REFUSED else f" ({brief(category)})"
        )
    return f"{about}: {brief(said).rstrip('.')}" if isinstance(said, str) and said else about
