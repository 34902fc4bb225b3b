"""The items of a Responses input as they can be sent again, wherever they came from.

Nothing is stored at the server, so the ids that it gave out name nothing there: a request that
holds one may be refused for an item that is not found, for one that is there twice, or for thinking
that is not followed by what it was followed by. Without ids none of that is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["sendable_items"]

_UNNAMED = ("message", "reasoning", "function_call", "custom_tool_call", None)
"""The types that are as good without an id; those of built-in tools have to keep it."""


def sendable_items(items: Iterable[Any]) -> Iterator[Any]:
    """The items, without ids where they can be, and without thinking that cannot be read again."""
    seen: set[str] = set()
    for item in items:
        if not isinstance(item, dict):
            yield item
            continue
        kind, name = item.get("type"), item.get("id")
        if kind == "reasoning" and not (item.get("encrypted_content") or item.get("content")):
            continue
        if isinstance(name, str) and (kind in _UNNAMED or name in seen):
            yield {key: value for key, value in item.items() if key != "id"}
            continue
        seen.update([name] if isinstance(name, str) else [])
        yield item
