"""A shipped workflow run against a strict server of any protocol, which decides by its policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tooltrace
from tests.loopback import KEY as ANTHROPIC_KEY
from tests.loopback import Loopback, reply, text, tool_use
from tests.loopback.base import ScriptedServer
from tests.loopback.openai_rules import KEY as OPENAI_KEY
from tests.loopback.steps import Step
from tests.models.openai_live import CHAT, RESPONSES
from tooltrace.core.decide.next_action import request_at
from tooltrace.core.model.messages import UserText
from tooltrace.debugger.debugger import Debugger
from tooltrace.models.scripted import Seen

__all__ = ["PROTOCOLS", "VARIABLES", "Served", "begun", "serving"]

Answer = Callable[..., Step]


@dataclass(frozen=True)
class Served:
    """A protocol: how its model is named, its server, its base URL and its key's variable."""

    name: str
    model: str
    server: type[Any]
    answer: Answer
    version: str
    key: str


PROTOCOLS = {
    "messages": Served("messages", "claude-sonnet-5-5", Loopback, reply, "", ANTHROPIC_KEY),
    "chat": Served("chat", "chat:gpt-5.6", CHAT.server, CHAT.whole, "/v1", OPENAI_KEY),
    "responses": Served(
        "responses", "openai:gpt-5.6", RESPONSES.server, RESPONSES.whole, "/v1", OPENAI_KEY
    ),
}
VARIABLES = {"messages": "ANTHROPIC_SERVED_KEY", "chat": "SERVED_KEY", "responses": "SERVED_KEY"}
"""The variables to put the keys into."""


class Decides:
    """What the server says: what the workflow's policy does where the debugger stands."""

    def __init__(self, name: str, served: Served) -> None:
        policy = tooltrace.load(name).policy
        assert policy is not None
        self._policy = policy
        self._answer = served.answer
        self.debugger: Debugger | None = None

    def __call__(self, body: dict[str, Any]) -> Step:
        assert self.debugger is not None
        request = request_at(self.debugger.view().snapshot)
        messages = list(request.messages)
        said = [at for at, one in enumerate(messages) if isinstance(one, UserText)]
        move = self._policy(Seen(request, said[-1] if said else -1))
        blocks: list[dict[str, Any]] = [text(move.text)] if move.text else []
        for place, (tool, arguments) in enumerate(move.calls):
            # Each reply counts from 0, as those of some servers do.
            blocks.append({**tool_use(f"call_{place}", tool), "input": arguments})
        return self._answer(*blocks)


@contextmanager
def serving(name: str, served: Served) -> Iterator[tuple[ScriptedServer, Decides]]:
    """A server that plays the model of a workflow, once its debugger is known."""
    decides = Decides(name, served)
    with served.server(policy=decides) as server:
        yield server, decides


@contextmanager
def begun(name: str, served: Served, file: Path) -> Iterator[tuple[Debugger, ScriptedServer]]:
    """A run of a workflow, paused before its first step, whose model is such a server."""
    with serving(name, served) as (server, decides):
        settings = tooltrace.Settings(
            model=served.model,
            base_url=f"{server.url}{served.version}",
            key_env=VARIABLES[served.name],
        )
        with tooltrace.debug(name, session=file, settings=settings) as debugger:
            decides.debugger = debugger
            yield debugger, server
