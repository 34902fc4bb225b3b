"""About how many tokens each part of a request has: no server tells that of a part.

What a server tells is the sum, so estimates are made to add up to it where it is known.
"""

from __future__ import annotations

from collections.abc import Sequence

from tooltrace.core.compare.request_parts import RequestPart
from tooltrace.core.model.content_blocks import dimensions
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.models.usage_estimates import BYTES, heard, tokens_of

__all__ = ["part_tokens", "shared_out"]

_NO_TEXT = frozenset({"signature", "data", "cache_control", "id", "tool_use_id", "type"})
"""Keys of a block whose value no model reads as text."""

_PIXELS, _MOST = 750, 1600
"""Pixels of a picture for a token, and what one costs at most, being made smaller: "Vision" in the
Claude documentation."""

_PDF = 40
"""Bytes of a PDF for a token, roughly: a page of text has some 60 KB, and is read as 1,500."""


def part_tokens(parts: Sequence[RequestPart], total: int | None = None) -> list[int | None]:
    """Tokens of each part, together ``total`` if the server told it; None for a setting."""
    sizes = [0 if part.section == "settings" else _weight(part.content) for part in parts]
    counts = [tokens_of(size) for size in sizes] if total is None else shared_out(total, sizes)
    pairs = zip(parts, counts, strict=True)
    return [None if part.section == "settings" else count for part, count in pairs]


def _weight(content: JsonValue) -> int:
    """A part in bytes of text: what is no text counts as the text that costs as much."""
    match content:
        case {"type": "tool_result", "content": list(blocks)}:
            return sum(map(_weight, blocks))
        case {"type": "image", "source": {"data": str(data)}}:
            wide, high = dimensions(data) or (0, 0)
            return min(_MOST, -(-wide * high // _PIXELS) or _MOST) * BYTES
        case {"type": "document", "source": {"type": "base64", "data": str(data)}}:
            return len(data) * 3 // 4 // _PDF * BYTES
        case dict():
            content = [value for key, value in content.items() if key not in _NO_TEXT]
    return len(heard(content))


def shared_out(total: int, weights: Sequence[int]) -> list[int]:
    """Whole shares of a total by weight, which add up to it; the largest remainders get the rest.

    All 0 where nothing weighs anything.
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    rest = total - sum(shares)
    behind = sorted(range(len(weights)), key=lambda at: -(total * weights[at] % whole))
    for at in behind[:rest]:
        shares[at] += 1
    return shares
