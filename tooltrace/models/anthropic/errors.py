"""What the Messages API refuses, in words for a person, without its SDK."""

from __future__ import annotations

from collections.abc import Mapping

from tooltrace.models.live import failure_words
from tooltrace.models.live.failure_words import RefusalWords

__all__ = ["OFFICIAL", "WORDS", "refusal"]

OFFICIAL = "api.anthropic.com"
"""The API's own host: the one whose prices and rules are known."""

WORDS = RefusalWords(
    credentials="ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN",
    another_model="pick another: --model claude-sonnet-5-5",
    path="/v1/messages",
    special=(
        (
            400,
            "bound to a different conversation",
            "Thinking in this conversation was given in another one",
            "go back before the change, or let the API leave it out: --drop-bound-thinking",
        ),
    ),
)


def refusal(
    status: int, headers: Mapping[str, str], said: str, *, model: str, where: str, official: bool
) -> str:
    """Words for an HTTP status that is no reply; ``said`` is the server's own explanation.

    ``official`` is false for a server that only speaks the Messages API.
    """
    return failure_words.refusal(
        status, headers, said, WORDS, model=model, where=where, official=official
    )
