"""What a provider of models is: everything that differs from one to the next, in one place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Protocol

from tooltrace.core.model.events import Settings
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import ModelPort
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.models.request.traced import TracedBody
from tooltrace.models.request.turns import Placed

__all__ = ["HostedModel", "Provider"]


class HostedModel(ModelPort, Protocol):
    """A model port that knows whether the public prices hold where it asks."""

    @property
    def official(self) -> bool:
        """Whether the provider's own host is asked."""
        ...


class Provider(ABC):
    """A row of the registry; ``model`` is a name without the provider's prefix.

    ``protocol`` is the name of its codec, ``prices`` that of its list in genai-prices.
    ``binds_thinking`` says that it refuses thinking whose conversation was changed.
    """

    protocol: str
    prices: str
    binds_thinking = False

    @abstractmethod
    def port(self, model: str, settings: Settings) -> HostedModel:
        """The port that asks a model; imports no SDK and no HTTP library yet."""

    @abstractmethod
    def keyless(self, model: str, settings: Settings) -> str | None:
        """Why nothing could be asked, in one line; None when something can."""

    @abstractmethod
    def host(self, settings: Settings) -> tuple[str, bool]:
        """The server that is asked, without a password, and whether it is the provider's own."""

    @abstractmethod
    def placed(self, model: str, settings: Settings) -> Placed:
        """Where the state prompts of a request go: as asked, else where the model takes them."""

    @abstractmethod
    def body(self, request: Request, model: str) -> dict[str, Any]:
        """The JSON body as it would be sent."""

    @abstractmethod
    def traced(self, request: Request, model: str) -> TracedBody:
        """The same, and which records it comes from."""

    @abstractmethod
    def problems(self, body: dict[str, Any]) -> list[str]:
        """Why the provider would refuse a body, one line each."""

    @abstractmethod
    def refused(self, options: RequestSettings, model: str, settings: Settings) -> list[str]:
        """The settings that it does not take, and why, one line each."""

    @abstractmethod
    def unsaid(self, request: Request, model: str) -> list[str]:
        """What of a request its protocol has no words for, one line each."""

    @abstractmethod
    def refusal(
        self, status: int, headers: Mapping[str, str], model: str, settings: Settings
    ) -> str:
        """Words for an HTTP status that is no reply, of which the server says nothing."""

    @abstractmethod
    def error(self, kind: str, said: str) -> dict[str, Any]:
        """The body of an error, as its servers write it."""
