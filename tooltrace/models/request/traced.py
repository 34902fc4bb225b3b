"""A body, and which records it comes from."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

__all__ = ["TracedBody"]


class TracedBody(Struct, frozen=True):
    """A body, and for each of its messages the record that each of its blocks comes from."""

    body: dict[str, Any]
    records: tuple[tuple[int, ...], ...]
