"""A Chat Completions API on 127.0.0.1 that answers by script and is as strict as the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.loopback.base import Answer, Received, ScriptedServer
from tests.loopback.chat.rules import complaint
from tests.loopback.chat.steps import events
from tests.loopback.openai_rules import KEY, openai_fault, refused_by_all
from tests.loopback.steps import Step, sse

__all__ = ["ChatLoopback"]


class ChatLoopback(ScriptedServer):
    """The server of Chat Completions; ``key`` None accepts any, ``models`` are those it knows."""

    def __init__(
        self,
        *script: Answer,
        policy: Callable[[dict[str, Any]], Step] | None = None,
        key: str | None = KEY,
        models: Iterable[str] = ("gpt-5.6",),
    ) -> None:
        super().__init__(*script, policy=policy)
        self._key = key
        self._models = frozenset(models)

    def streamed(self, message: dict[str, Any], request: dict[str, Any]) -> Step:
        """A completion as its chunks, with the usage if that is asked for."""
        options = request.get("stream_options") or {}
        return sse(events(message, usage=bool(options.get("include_usage"))))

    def fault(self, status: int, said: str) -> Step:
        """An error of the API itself."""
        return openai_fault(status, said, kind="server_error")

    def refusal(self, received: Received) -> Step | None:
        """The answer to a request that the API would refuse."""
        step = refused_by_all(received, "/v1/chat/completions", self._key)
        if step is not None:
            return step
        problem = complaint(received.body)
        if problem is not None:
            return openai_fault(400, problem.said, param=problem.param, code=problem.code)
        model = received.body["model"]
        if model not in self._models:
            said = f"The model `{model}` does not exist or you do not have access to it."
            return openai_fault(404, said, code="model_not_found")
        return None
