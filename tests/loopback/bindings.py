"""Thinking as the API guards it: it comes back as it went out, and in its conversation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

__all__ = ["Bindings"]

_KEYS = {"thinking": "signature", "redacted_thinking": "data"}


class Bindings:
    """What thinking was given out, in which form and in which conversation; no other is valid."""

    def __init__(self) -> None:
        self._prefix: dict[str, str] = {}
        self._form: dict[str, str] = {}
        self._beside: dict[str, list[str]] = {}

    def give(self, request: dict[str, Any], content: list[dict[str, Any]]) -> None:
        """Bind the thinking in a reply to the request that it answers."""
        given = []
        for block in content:
            if (key := _key(block)) is not None:
                self._prefix[key] = _prefix(request, len(request["messages"]))
                self._form[key] = json.dumps(block)
                given.append(key)
            elif block.get("type") == "tool_use":
                self._beside[str(block.get("id"))] = list(given)

    def complaint(self, request: dict[str, Any]) -> str | None:
        """The refusal of the first thinking block that is not as it was given, or not where."""
        dropping = request.get("thinking", {}).get("block_binding", {})
        dropped = dropping.get("prefix_mismatch_behavior") == "drop_block"
        for index, message in enumerate(request["messages"]):
            for place, block in _blocks(message):
                at = f"messages.{index}.content.{place}"
                key = _key(block)
                if key is not None and self._form.get(key) != json.dumps(block):
                    return f"{at}: `thinking` or `redacted_thinking` blocks cannot be modified"
                if key is not None and not dropped and self._prefix[key] != _prefix(request, index):
                    return f"{at}: The block is bound to a different conversation"
        return self._missing(request["messages"])

    def _missing(self, messages: list[dict[str, Any]]) -> str | None:
        """Thinking that led to a call has to stand before it, while its results are the latest."""
        last = [m for m in messages if m["role"] == "assistant"][-1:]
        for message in last:
            here: list[str] = []
            for _, block in _blocks(message):
                if (key := _key(block)) is not None:
                    here.append(key)
                given = self._beside.get(str(block.get("id")), [])
                if block.get("type") == "tool_use" and given != here[-len(given) or len(here) :]:
                    return "Expected `thinking` or `redacted_thinking`, but found `tool_use`"
        return None


def _blocks(message: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    for place, block in enumerate(message["content"]):
        if isinstance(block, dict):
            yield place, block


def _key(block: dict[str, Any]) -> str | None:
    name = _KEYS.get(str(block.get("type")))
    return None if name is None else str(block.get(name))


def _prefix(request: dict[str, Any], length: int) -> str:
    parts = [request.get("system"), request.get("tools"), request["messages"][:length]]
    return json.dumps(parts, sort_keys=True)
