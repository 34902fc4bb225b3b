"""What a block keeps of another protocol, as far as it is shaped as the codecs write it.

A session file, an edit and a tool can hold anything under ``rest``; no codec is given that.
"""

from __future__ import annotations

from typing import Any

__all__ = ["marked"]

_SHAPES: dict[str, type] = {
    "fields": dict,
    "spelled": dict,
    "absent": list,
    "begins": dict,
    "whole": str,
    "string": bool,
    "custom": bool,
    "instructions": bool,
    "thought": str,
}


def marked(block: dict[str, Any]) -> dict[str, Any]:
    """The block, without a ``rest`` that no codec wrote; the same object where that is fine."""
    content = block.get("content")
    if isinstance(content, list):
        inner = [marked(one) if isinstance(one, dict) else one for one in content]
        if any(one is not other for one, other in zip(inner, content, strict=True)):
            block = {**block, "content": inner}
    if "rest" not in block or _written(block["rest"]):
        return block
    return {key: value for key, value in block.items() if key != "rest"}


def _written(rest: object) -> bool:
    return isinstance(rest, dict) and all(_kept(kept) for kept in rest.values())


def _kept(kept: object) -> bool:
    if not isinstance(kept, dict):
        return False
    if not all(isinstance(value, _SHAPES.get(key, object)) for key, value in kept.items()):
        return False
    names = kept.get("absent", ())
    begun = "begins" not in kept or _kept(kept["begins"])
    return begun and all(isinstance(name, str) for name in names)
