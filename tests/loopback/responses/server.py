"""A Responses API on 127.0.0.1 that answers by script and is as strict about requests as the API.

It keeps what it gave out, so that a request may go on from a response; the calls of that are open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.loopback.base import Answer, Received, ScriptedServer
from tests.loopback.openai_rules import KEY, openai_fault, refused_by_all
from tests.loopback.responses.rules import complaint
from tests.loopback.responses.steps import events
from tests.loopback.steps import Step, sse

__all__ = ["ResponsesLoopback"]


class ResponsesLoopback(ScriptedServer):
    """The server of the Responses API; ``key`` None accepts any, ``models`` are those it knows."""

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
        self._open: dict[str, tuple[str, ...]] = {}
        self.given = self._keep

    def _keep(self, request: dict[str, Any], made: dict[str, Any]) -> None:
        calls = [item["call_id"] for item in made["output"] if item["type"] == "function_call"]
        if request.get("store") is not False:
            self._open[made["id"]] = tuple(calls)

    def streamed(self, message: dict[str, Any], request: dict[str, Any]) -> Step:
        """A response as its events."""
        return sse(events(message))

    def fault(self, status: int, said: str) -> Step:
        """An error of the API itself."""
        return openai_fault(status, said, kind="server_error")

    def refusal(self, received: Received) -> Step | None:
        """The answer to a request that the API would refuse."""
        step = refused_by_all(received, "/v1/responses", self._key)
        if step is not None:
            return step
        body = received.body
        before = body.get("previous_response_id")
        if before is not None and before not in self._open:
            said = f"Previous response with id '{before}' not found."
            param, code = "previous_response_id", "previous_response_not_found"
            return openai_fault(400, said, param=param, code=code)
        problem = complaint(body, self._open.get(before, ()) if before else ())
        if problem is not None:
            return openai_fault(400, problem.said, param=problem.param, code=problem.code)
        if body["model"] not in self._models:
            said = f"The requested model '{body['model']}' does not exist."
            return openai_fault(400, said, param="model", code="model_not_found")
        return None
