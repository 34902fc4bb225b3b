"""A plain HTTP client for the servers, which knows nothing of the protocols."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from tests.loopback.base import ScriptedServer
from tests.loopback.openai_rules import KEY

__all__ = ["BEARER", "ask", "client", "refusal"]

BEARER = {"authorization": f"Bearer {KEY}"}


@contextmanager
def client(
    server: ScriptedServer, headers: dict[str, str] | None = None
) -> Iterator[httpx2.Client]:
    """A client of a server; it gives up long before a test does."""
    sent = BEARER if headers is None else headers
    made = httpx2.Client(base_url=server.url, headers=sent, timeout=20, trust_env=False)
    with made as one:
        yield one


def ask(server: ScriptedServer, path: str, body: Any, **headers: str) -> httpx2.Response:
    """The whole answer to one request."""
    with client(server, {**BEARER, **headers}) as one:
        return one.post(path, json=body)


def refusal(answer: httpx2.Response) -> tuple[str, str | None, str | None]:
    """What a refusal says: the text, the parameter and the code."""
    error = answer.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    return error["message"], error["param"], error["code"]
