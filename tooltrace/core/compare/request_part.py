"""A part of a request's body, whatever its protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from tooltrace.core.text.exact_json import JsonValue

__all__ = ["SECTIONS", "Records", "RequestPart", "Section", "kind_of", "list_of", "text_of"]

Section = Literal["settings", "tools", "system", "messages"]

SECTIONS: tuple[Section, ...] = ("settings", "tools", "system", "messages")
"""In this order parts are listed; a cache holds them in the same, settings aside."""

Records = Sequence[Sequence[int | None]]


class RequestPart(Struct, frozen=True, gc=False):
    """A part of a body: ``path`` leads to it, keys and indices from the outside in.

    ``name`` is that of a setting or a tool, or the kind of a block; ``content`` is what stands
    there. ``record`` is the record that it comes from, as far as it comes from one, ``cache`` what
    asks the server to cache the request up to here.
    """

    section: Section
    name: str
    content: JsonValue
    path: tuple[str | int, ...]
    role: str = ""
    record: int | None = None
    cache: JsonValue = None

    @property
    def said(self) -> JsonValue:
        """What of it the model is given: where a cache ends, or whether a text stands in a block
        of its own, says nothing to a model."""
        content = self.content
        if not isinstance(content, dict):
            return content
        if "cache_control" in content:
            content = {key: value for key, value in content.items() if key != "cache_control"}
        bare = content.keys() == {"type", "text"} and content["type"] == "text"
        return content["text"] if bare else content


def list_of(value: JsonValue) -> list[JsonValue]:
    """The value if it is a list, else nothing."""
    return value if isinstance(value, list) else []


def text_of(value: JsonValue, key: str) -> str:
    """The text under a key of an object, else none."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def kind_of(block: JsonValue) -> str:
    """The type that a piece says it is of."""
    return text_of(block, "type") or "block"
