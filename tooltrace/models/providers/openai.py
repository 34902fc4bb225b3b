"""OpenAI's Responses API, and whoever speaks it: ``openai:MODEL``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tooltrace.core.model.events import Settings
from tooltrace.core.model.messages import Request
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.models.live.failure_words import refusal
from tooltrace.models.openai.api import RESPONSES, Api, placed
from tooltrace.models.openai.host import Host
from tooltrace.models.openai.port import HttpModel
from tooltrace.models.provider import HostedModel, Provider
from tooltrace.models.request.traced import TracedBody
from tooltrace.models.request.turns import Placed

__all__ = ["PROVIDER", "OpenAIProvider"]


class OpenAIProvider(Provider):
    """Asks in a protocol of OpenAI's, at its own host or another one."""

    prices = "openai"

    def __init__(self, api: Api) -> None:
        self.protocol = api.codec.name
        self._api = api

    def port(self, model: str, settings: Settings) -> HostedModel:
        """See ``Provider``."""
        return HttpModel(self._api, model, _host(settings), settings.placement)

    def keyless(self, model: str, settings: Settings) -> str | None:
        """See ``Provider``."""
        return _host(settings).keyless()

    def host(self, settings: Settings) -> tuple[str, bool]:
        """See ``Provider``."""
        host = _host(settings)
        return host.where, host.official

    def placed(self, model: str, settings: Settings) -> Placed:
        """See ``Provider``."""
        return placed(settings.placement, _host(settings))

    def body(self, request: Request, model: str) -> dict[str, Any]:
        """See ``Provider``."""
        settings = request.settings
        where = self.placed(model, settings)
        return self._api.body(request, model, where, _host(settings))

    def traced(self, request: Request, model: str) -> TracedBody:
        """See ``Provider``."""
        settings = request.settings
        where = self.placed(model, settings)
        return self._api.traced(request, model, where, _host(settings))

    def problems(self, body: dict[str, Any]) -> list[str]:
        """See ``Provider``."""
        return self._api.problems(body)

    def refused(self, options: RequestSettings, model: str, settings: Settings) -> list[str]:
        """See ``Provider``."""
        return self._api.refused(options, _host(settings))

    def unsaid(self, request: Request, model: str) -> list[str]:
        """See ``Provider``."""
        return self._api.unsaid(request, model, self.placed(model, request.settings))

    def refusal(
        self, status: int, headers: Mapping[str, str], model: str, settings: Settings
    ) -> str:
        """See ``Provider``."""
        host = _host(settings)
        words = self._api.words(host)
        where, official = host.where, host.official
        return refusal(status, headers, "", words, model=model, where=where, official=official)

    def error(self, kind: str, said: str) -> dict[str, Any]:
        """See ``Provider``."""
        return {"error": {"message": said, "type": kind, "param": None, "code": None}}


def _host(settings: Settings) -> Host:
    return Host.of(settings.base_url, settings.key_env)


PROVIDER = OpenAIProvider(RESPONSES)
