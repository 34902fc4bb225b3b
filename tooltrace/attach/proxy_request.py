"""A request as it came to the proxy, and who is told what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from msgspec import Struct

from tooltrace.attach.endpoint import Family, WireProtocol
from tooltrace.attach.headers import Headers

__all__ = ["Gate", "ProxyAnswer", "ProxyListener", "ProxyRequest"]


class ProxyRequest(Struct, frozen=True, eq=False):
    """A request of the client: its body as it came, ``path`` as its upstream knows it.

    ``number`` counts from 1; ``at`` is the time in UTC; ``protocol`` is None for what asks no model
    for a reply; ``run`` is the name in its path, or nothing.
    """

    number: int
    at: str
    family: Family
    method: str
    path: str
    headers: Headers
    body: bytes
    protocol: WireProtocol | None
    run: str = ""


class ProxyAnswer(Struct, frozen=True):
    """What came back: ``ms`` from sending to its end, ``first_ms`` to its first byte.

    ``broken`` says why it did not come to its end; ``status`` 0 that there was none at all.
    """

    at: str
    status: int
    headers: Headers
    body: bytes
    ms: float
    first_ms: float
    broken: str = ""


class ProxyListener(Protocol):
    """Is told what happens, in order, on the loop of the proxy; returns at once, raises nothing."""

    def came(self, request: ProxyRequest) -> None:
        """A request came, whole."""

    def sent(self, request: ProxyRequest, body: bytes) -> None:
        """It went on, with another body than it came with."""

    def answered(self, request: ProxyRequest, answer: ProxyAnswer) -> None:
        """Its answer has come, or never will."""

    def left(self, request: ProxyRequest, why: str) -> None:
        """A client went away before it had its answer."""


Gate = Callable[[ProxyRequest], Awaitable[bytes]]
"""Holds a request for as long as it likes, and says with which body it goes on."""
