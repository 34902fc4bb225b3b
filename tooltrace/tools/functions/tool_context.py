"""What a tool may ask about the call it serves: read-only, and its own copy.

A tool gets one by declaring a parameter of this type; the model never sees that parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tooltrace.core.text.exact_json import JsonValue

__all__ = ["ToolContext"]


@dataclass(frozen=True, slots=True)
class ToolContext:
    """The call's surroundings: ``world`` is the workflow's World, ``state`` a name.

    ``idempotency_key`` is the same for this call in every branch; hand it to services that take
    one. ``world`` and ``state`` are None where the workflow has none.
    Changing a value inside ``context`` or ``arguments`` changes nothing elsewhere.
    """

    world: Any
    idempotency_key: str
    state: str | None
    context: Mapping[str, JsonValue]
    arguments: Mapping[str, JsonValue]
