"""A model port that somebody else wrote: what it takes and answers is looked at."""

from __future__ import annotations

from tooltrace.core.model.messages import Request
from tooltrace.core.model.port_check import awaited, check_model_port, model_answer
from tooltrace.core.model.ports import (
    Divergence,
    ModelAnswer,
    ModelPort,
    OnDelta,
    PortAnswer,
    Warmable,
)

__all__ = ["ForeignModel"]


class ForeignModel:
    """Asks ``port``. Raises BadPort where that cannot be asked, or gives no answer of a model."""

    def __init__(self, port: ModelPort) -> None:
        check_model_port(port)
        self.port = port

    async def ask(
        self, request: Request, heard: OnDelta | None = None
    ) -> PortAnswer[ModelAnswer] | Divergence:
        """The port's answer."""
        found = await awaited("model", self.port, self.port.ask(request, heard))
        return model_answer(self.port, found)

    def warm(self) -> None:
        """As the port does, if it has anything to load."""
        if isinstance(self.port, Warmable):
            self.port.warm()

    def cancel(self) -> bool:
        """As the port does."""
        return self.port.cancel()
