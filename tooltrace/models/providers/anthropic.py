"""Anthropic, and whoever speaks the Messages API: ``anthropic:MODEL``, or a model's bare name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tooltrace.core.model.events import Settings
from tooltrace.core.model.messages import Request
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.models.anthropic.errors import OFFICIAL, refusal
from tooltrace.models.anthropic.port import AnthropicModel
from tooltrace.models.anthropic.request_body import placed, traced_body
from tooltrace.models.anthropic.request_check import problems
from tooltrace.models.anthropic.settings_check import refused_settings
from tooltrace.models.provider import HostedModel, Provider
from tooltrace.models.request.traced import TracedBody
from tooltrace.models.request.turns import Placed
from tooltrace.models.request.wire_request import wire_request
from tooltrace.models.wire.messages.codec import MessagesCodec

__all__ = ["PROVIDER"]


class _Anthropic(Provider):
    protocol = "messages"
    prices = "anthropic"
    binds_thinking = True

    def port(self, model: str, settings: Settings) -> HostedModel:
        return AnthropicModel(
            model, settings.base_url, settings.placement, key_env=settings.key_env
        )

    def keyless(self, model: str, settings: Settings) -> str | None:
        return AnthropicModel(model, settings.base_url, key_env=settings.key_env).keyless()

    def host(self, settings: Settings) -> tuple[str, bool]:
        address = settings.base_url or os.environ.get("ANTHROPIC_BASE_URL")
        if not address:
            return OFFICIAL, True
        try:
            url = urlsplit(address)
        except ValueError:
            return "the server", False
        host = url.netloc.rpartition("@")[2]
        if host == OFFICIAL:
            return OFFICIAL, True
        return f"{url.scheme}://{host}{url.path}".rstrip("/"), False

    def body(self, request: Request, model: str) -> dict[str, Any]:
        return self.traced(request, model).body

    def placed(self, model: str, settings: Settings) -> Placed:
        # Whether a variable names another host is no matter of a session's.
        return placed(settings.placement, model, settings.base_url is None)

    def traced(self, request: Request, model: str) -> TracedBody:
        settings = request.settings
        where, official = self.placed(model, settings), settings.base_url is None
        return traced_body(request, model=model, placement=where, official=official)

    def problems(self, body: dict[str, Any]) -> list[str]:
        return problems(body)

    def refused(self, options: RequestSettings, model: str, settings: Settings) -> list[str]:
        why = refused_settings(options, model, self.host(settings)[1])
        return [] if why is None else [why]

    def unsaid(self, request: Request, model: str) -> list[str]:
        lines = MessagesCodec().unsaid(wire_request(request, model, "beside"))
        if not any(line.endswith("thinking, unsigned") for line in lines):
            return []
        return ["what was thought before, which another API gave out"]

    def refusal(
        self, status: int, headers: Mapping[str, str], model: str, settings: Settings
    ) -> str:
        where, official = self.host(settings)
        return refusal(status, headers, "", model=model, where=where, official=official)

    def error(self, kind: str, said: str) -> dict[str, Any]:
        return {"type": "error", "error": {"type": kind, "message": said}}


PROVIDER = _Anthropic()
