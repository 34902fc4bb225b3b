"""What is known of a streamed reply while its events arrive, and the end of one that is broken."""

from __future__ import annotations

from tooltrace.core.text.sanitize import clip
from tooltrace.models.wire.form import BrokenStream

__all__ = ["StreamVerdict"]


class StreamVerdict:
    """The part of a ``ReplyStream`` that is the same in every protocol.

    ``over`` is set by the event that ends it; ``counted`` says that the tokens were told once the
    reply had come, ``idle`` that there was nothing yet but what keeps a connection open.
    """

    def __init__(self) -> None:
        self.over = False
        self.counted = False
        self.idle = True
        self.events = 0
        self.broken: BrokenStream | None = None

    def _at(self, name: str) -> str:
        return f"{self.events} ({clip(name, 60)})" if name else f"{self.events}"

    def _break(self, why: str, retryable: bool = True, advice: str = "ask again") -> None:
        self.over, self.idle = True, False
        self.broken = BrokenStream(why, retryable, advice)

    def _not_whole(self, why: str, stop_reason: object, limit: str = "max_tokens") -> None:
        """It came to its end and is no whole reply; where the limit cut it, more room may do."""
        if stop_reason == "max_tokens":
            self._break(f"it was cut at {limit}, and {why}", False, f"ask again with more {limit}")
        else:
            self._break(why)
