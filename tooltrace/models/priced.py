"""A model port whose answers carry what they cost, where that is known."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import Divergence, ModelAnswer, OnDelta, PortAnswer, Warmable
from tooltrace.models import prices
from tooltrace.models.provider import HostedModel
from tooltrace.models.providers import provider_names, split_model

__all__ = ["Priced", "priced_as"]


class Priced:
    """Asks ``port`` and prices what comes back, also of a reply that broke off.

    ``model`` is the name that was asked for, ``provider`` who has a list of prices for it. Another
    host than the provider's own has no known price, unless a person said whose prices hold there:
    ``priced_as``.
    """

    def __init__(
        self,
        port: HostedModel,
        model: str,
        priced_as: str | None = None,
        provider: str = "anthropic",
    ) -> None:
        self._port = port
        self._model = model
        self._priced_as = priced_as
        self._provider = provider

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

    def warm(self) -> None:
        """As the port does, and the list of prices."""
        if isinstance(self._port, Warmable):
            self._port.warm()
        prices.load()

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
            return priced_as(self._priced_as, usage)
        if not self._port.official:
            return None
        if not _standard(message):
            return None
        answered = message.get("model")  # An alias is answered by a release; a fallback by another.
        model = answered if isinstance(answered, str) and answered else self._model
        return prices.price(model, usage, self._provider)


def priced_as(model: str, usage: object) -> float | None:
    """What a reply costs by the prices of a model that a person named, whoever has it."""
    provider, name = split_model(model)
    if name != model:
        return prices.price(name, usage, provider.prices)
    lists = dict.fromkeys(split_model(f"{one}:")[0].prices for one in provider_names())
    found = (prices.price(model, usage, each) for each in lists)
    return next((cost for cost in found if cost is not None), None)


def _standard(message: dict[str, object]) -> bool:
    """Whether a reply was served as listed prices are meant: OpenAI says so beside its usage."""
    rest = message.get("rest")
    for kept in rest.values() if isinstance(rest, dict) else ():
        fields = kept.get("fields") if isinstance(kept, dict) else None
        tier = fields.get("service_tier") if isinstance(fields, dict) else None
        if tier not in (None, "default", "auto", "standard"):
            return False
    return True
