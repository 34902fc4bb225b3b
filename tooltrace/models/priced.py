"""A model port whose answers carry what they cost, where that is known."""

from __future__ import annotations

import asyncio
from typing import Protocol

from msgspec.structs import replace

from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import Divergence, ModelAnswer, ModelPort, OnDelta, PortAnswer
from tooltrace.models import prices

__all__ = ["Priced"]


class _Hosted(ModelPort, Protocol):
    """A model port that knows whether the public prices hold where it asks."""

    @property
    def official(self) -> bool: ...


class Priced:
    """Asks ``port`` and prices what comes back, also of a reply that broke off.

    ``model`` is the name that was asked for. Another host than the API's own has no known price,
    unless a person said whose prices hold there: ``priced_as``.
    """

    def __init__(self, port: _Hosted, model: str, priced_as: str | None = None) -> None:
        self._port = port
        self._model = model
        self._priced_as = priced_as

    async def ask(
        self, request: Request, heard: OnDelta | None = None
    ) -> PortAnswer[ModelAnswer] | Divergence:
        """The port's answer, with its cost."""
        # Before, because an answer that has come must not wait for anything: a cancelled wait
        # would lose it.
        await asyncio.to_thread(prices.load)
        answer = await self._port.ask(request, heard)
        if isinstance(answer, Divergence):
            return answer
        return replace(answer, event=self._priced(answer.event))

    def cancel(self) -> bool:
        """As the port does."""
        return self._port.cancel()

    def _priced(self, event: ModelAnswer) -> ModelAnswer:
        match event:
            case ModelReplied(reply=message, estimate=estimate):
                return replace(event, cost=self._cost(message, estimate))
            case ModelFailed(reply=partial, estimate=estimate) if partial or estimate:
                return replace(event, cost=self._cost(partial or {}, estimate))
            case _:
                return event

    def _cost(self, message: dict[str, object], estimate: dict[str, int] | None) -> float | None:
        usage = message.get("usage")
        if estimate:
            usage = {**usage, **estimate} if isinstance(usage, dict) else estimate
        if self._priced_as is not None:
            return prices.price(self._priced_as, usage)
        if not self._port.official:
            return None
        answered = message.get("model")  # An alias is answered by a release; a fallback by another.
        model = answered if isinstance(answered, str) and answered else self._model
        return prices.price(model, usage)
