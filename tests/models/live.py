"""Asking the live port on a machine without keys or profiles of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.loopback import KEY, Loopback, Step, fault
from tests.models.build import request, user
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import Divergence, ModelAnswer, PortAnswer
from tooltrace.models.anthropic.port import AnthropicModel

MODEL = "claude-sonnet-5-5"
GO = request(user("Refund 1001."))


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_")]:
        monkeypatch.delenv(name)
    # Without a profile in it.
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


@asynccontextmanager
async def asking(server: Loopback, **more: Any) -> AsyncIterator[AnthropicModel]:
    model = AnthropicModel(MODEL, **{"base_url": server.url, **more})
    try:
        yield model
    finally:
        await model.aclose()


async def ask(*script: Any, sent: Request = GO, **more: Any) -> ModelReplied | ModelFailed:
    with Loopback(*script) as server:
        async with asking(server, **more) as model:
            return (await model.ask(sent)).event


def event_in(answer: PortAnswer[ModelAnswer] | Divergence) -> ModelAnswer:
    """What was answered, by a port that compares with nothing recorded."""
    assert not isinstance(answer, Divergence)
    return answer.event


def no(status: int, message: str, after: str | None = None) -> Step:
    return fault(status, "some_error", message, headers={"retry-after": after} if after else {})
