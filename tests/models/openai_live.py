"""Asking the live port in both of OpenAI's protocols, on a machine without keys of its own."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.loopback import chat, responses
from tests.loopback.base import ScriptedServer
from tests.loopback.openai_rules import KEY
from tests.loopback.steps import Step
from tests.models.build import request, user
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.messages import Request
from tooltrace.models.openai import api
from tooltrace.models.openai.host import Host
from tooltrace.models.openai.port import HttpModel

MODEL = "gpt-5.6"
GO = request(user("Refund 1001."))
VARIABLE = "LOOPBACK_KEY"


@dataclass(frozen=True)
class Protocol:
    """One of the two: its server, and answers of it made of blocks of the Messages API."""

    name: str
    api: api.Api
    server: type[Any]
    answer: Callable[[Iterable[dict[str, Any]]], Step]
    events: Callable[[dict[str, Any]], list[bytes]]

    def whole(self, *blocks: dict[str, Any]) -> Step:
        """A reply, streamed if that is asked for."""
        return self.answer(blocks)


def _chat(blocks: Iterable[dict[str, Any]]) -> Step:
    texts = [block["text"] for block in blocks if block["type"] == "text"]
    calls = [
        chat.call(block["id"], block["name"], json.dumps(block["input"]))
        for block in blocks
        if block["type"] == "tool_use"
    ]
    return chat.completion("\n".join(texts) or None, *calls)


def _responses(blocks: Iterable[dict[str, Any]]) -> Step:
    made = []
    for place, block in enumerate(blocks):
        if block["type"] == "text":
            made.append(responses.message(block["text"], place=place))
        else:
            raw = json.dumps(block["input"])
            made.append(responses.function_call(block["id"], block["name"], raw))
    return responses.response(responses.reasoning("Let me see.", sealed="gAAAA-sealed"), *made)


CHAT = Protocol("chat", api.CHAT, chat.ChatLoopback, _chat, chat.events)
RESPONSES = Protocol(
    "openai", api.RESPONSES, responses.ResponsesLoopback, _responses, responses.events
)


@pytest.fixture(params=[CHAT, RESPONSES], ids=["chat", "responses"])
def protocol(request: pytest.FixtureRequest) -> Protocol:
    """Each of the two in turn."""
    made: Protocol = request.param
    return made


@pytest.fixture(autouse=True)
def keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key but the one for the server on this machine."""
    for name in [name for name in os.environ if name.startswith("OPENAI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(VARIABLE, KEY)


def host_of(server: ScriptedServer, key_env: str | None = VARIABLE) -> Host:
    """The server, with the key that a person named for it."""
    return Host.of(f"{server.url}/v1", key_env)


@asynccontextmanager
async def asking(
    protocol: Protocol, server: ScriptedServer, key_env: str | None = VARIABLE, **more: Any
) -> AsyncIterator[HttpModel]:
    """A port that asks the server; its connections are closed at the end."""
    model = HttpModel(protocol.api, MODEL, host_of(server, key_env), **more)
    try:
        yield model
    finally:
        await model.aclose()


async def ask(
    protocol: Protocol, *script: Step, sent: Request = GO, **more: Any
) -> ModelReplied | ModelFailed:
    """What becomes of one request to a server with this script."""
    with protocol.server(*script) as server:
        async with asking(protocol, server, **more) as model:
            answer = (await model.ask(sent)).event
        assert server.refused == []
    return answer


async def failed(protocol: Protocol, *script: Step, **more: Any) -> ModelFailed:
    """The failure of one request."""
    answer = await ask(protocol, *script, **more)
    assert isinstance(answer, ModelFailed)
    return answer
