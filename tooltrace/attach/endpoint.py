"""What a request is for, by its path: one of the three protocols, or something beside them."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

__all__ = ["Family", "WireProtocol", "asks_model", "upstream_path"]

Family = Literal["anthropic", "openai"]
"""Whose base URL a client was given; each goes to an upstream of its own."""

WireProtocol = Literal["messages", "chat", "responses"]
"""The codec that reads a request and its reply."""

_ENDS: dict[str, WireProtocol] = {
    "/messages": "messages",
    "/chat/completions": "chat",
    "/responses": "responses",
}


def asks_model(method: str, path: str) -> WireProtocol | None:
    """The protocol in which a request asks for a reply.

    None for anything else: token counts, lists of models, batches, files, embeddings.
    """
    if method != "POST":
        return None
    found = urlsplit(path).path.rstrip("/")
    return next((name for end, name in _ENDS.items() if found.endswith(end)), None)


def upstream_path(family: Family, path: str) -> str:
    """The path as its upstream knows it, whose URL has ``/v1`` for OpenAI, and not for Anthropic.

    Clients differ in whether they take it for part of a base URL.
    """
    if family == "anthropic" and path.split("?")[0].rstrip("/") == "/messages":
        return f"/v1{path}"
    if family == "openai" and path.startswith("/v1/"):
        return path.removeprefix("/v1")
    return path
