"""A Messages API on 127.0.0.1 that answers by script and is as strict about requests as the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.loopback.base import Answer, Received, ScriptedServer
from tests.loopback.bindings import Bindings
from tests.loopback.rules import complaint
from tests.loopback.steps import Step, events, fault, sse

__all__ = ["KEY", "Loopback", "Received"]

KEY = "sk-ant-loopback-0123456789abcdef"
"""The one key this server accepts, unless it is told another."""


class Loopback(ScriptedServer):
    """The server of the Messages API.

    ``key`` None accepts any bearer. ``models`` are the ones it knows; ``system_turns`` says whether
    they take them. ``bound`` refuses thinking that has changed, or whose conversation has.
    """

    def __init__(
        self,
        *script: Answer,
        policy: Callable[[dict[str, Any]], Step] | None = None,
        key: str | None = KEY,
        models: Iterable[str] = ("claude-sonnet-5-5", "claude-opus-4-6"),
        system_turns: bool = True,
        bound: bool = True,
    ) -> None:
        super().__init__(*script, policy=policy)
        self._key = key
        self._models = frozenset(models)
        self._system_turns = system_turns
        self._bindings = Bindings() if bound else None
        if self._bindings:
            bind = self._bindings.give
            self.given = lambda request, message: bind(request, message["content"])

    def streamed(self, message: dict[str, Any], request: dict[str, Any]) -> Step:
        """A message as its events."""
        return sse(events(message))

    def fault(self, status: int, said: str) -> Step:
        """An error of the API itself."""
        return fault(status, "api_error", said)

    def refusal(self, received: Received) -> Step | None:
        """The answer to a request that the API would refuse."""
        sent = received.headers
        if received.path.split("?")[0] != "/v1/messages":
            return fault(404, "not_found_error", "Not Found")
        scheme, _, bearer = sent.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not bearer or (self._key and bearer != self._key):
            return fault(401, "authentication_error", "invalid bearer token")
        if not sent.get("anthropic-version") or sent.get("content-type") != "application/json":
            return fault(400, "invalid_request_error", "anthropic-version: header is required")
        betas = tuple(sent.get("anthropic-beta", "").split(","))
        problem = complaint(received.body, system_turns=self._system_turns, betas=betas)
        if not problem and received.body["model"] not in self._models:
            return fault(404, "not_found_error", f"model: {received.body['model']}")
        if not problem and self._bindings:
            problem = self._bindings.complaint(received.body)
        return fault(400, "invalid_request_error", problem) if problem else None
