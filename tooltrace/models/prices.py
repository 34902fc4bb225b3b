"""What a reply cost, by a kept list of public prices that is part of an installed package.

genai-prices holds the list; nothing is fetched. It matches names loosely (a prefix is enough), so a
name that is not the model it found, or a release of it, has no price here: never a guess.
"""

from __future__ import annotations

import math
import re
from typing import Any

__all__ = ["context_window", "known", "load", "price"]

_RELEASE = re.compile(r"(-\d{8}|-\d{4}-\d{2}-\d{2}|-latest|-0)$")
_NOTHING = {"input_tokens": 0, "output_tokens": 0}
_STANDARD = {
    "service_tier": (None, "standard"),
    "speed": (None, "standard"),
    "inference_geo": (None, "", "global", "not_available"),
}
"""What the listed prices hold for; other tiers, speeds and places are charged otherwise."""


def load() -> None:
    """Read the list, which takes a tenth of a second; may be called from a thread."""
    price("", {})


def known(model: str, provider: str = "anthropic") -> bool:
    """Whether a price is known for a model of that name."""
    return price(model, {"input_tokens": 1, "output_tokens": 1}, provider) is not None


def price(model: str, usage: object, provider: str = "anthropic") -> float | None:
    """US dollars for one reply of a provider's API, by today's prices; None where none is known.

    ``usage`` is the reply's block of that name, as the Messages API shapes it: tokens in and out,
    read from the cache, and written to it for 5 minutes or an hour.
    """
    if not isinstance(usage, dict) or not _standard(usage):
        return None
    try:
        counted = _anthropic if provider == "anthropic" else _any_other
        found = counted(model, usage, provider)
        cost = None if found is None else float(found)
    except (LookupError, ValueError, ArithmeticError):
        return None
    return cost if cost is not None and math.isfinite(cost) else None


def _anthropic(model: str, usage: dict[str, Any], provider: str) -> Any:
    from genai_prices import extract_usage

    used: Any = extract_usage({"model": model, "usage": usage}, provider_id=provider)
    if used.model is None or not _same(model, used.model.id):
        return None
    return used.calc_price().total_price


def _any_other(model: str, usage: dict[str, Any], provider: str) -> Any:
    """The price by the counts alone: what came in is all of it there, the cache's part included."""
    from genai_prices import Usage, calc_price

    read, written = (_count(usage.get(f"cache_{name}_input_tokens")) for name in _CACHE)
    used = Usage(
        input_tokens=_count(usage.get("input_tokens")) + read + written,
        output_tokens=_count(usage.get("output_tokens")),
        **({"cache_read_tokens": read} if read else {}),
        **({"cache_write_tokens": written} if written else {}),
    )
    found: Any = calc_price(used, model, provider_id=provider)
    return found.total_price if _same(model, found.model.id) else None


_CACHE = ("read", "creation")


def _count(value: object) -> int:
    return value if type(value) is int else 0


def context_window(model: str, provider: str = "anthropic") -> int | None:
    """How many tokens a model of a provider's API takes at once, as the same list says.

    None where that is not known, or where the list has another model under a like name.
    """
    from genai_prices import Usage, calc_price

    try:
        found: Any = calc_price(Usage(**_NOTHING), model, provider_id=provider).model
    except (LookupError, ValueError):
        return None
    if not _same(model, found.id):
        return None
    window = found.context_window
    return window if isinstance(window, int) and window > 0 else None


def _same(asked: str, found: str) -> bool:
    return _RELEASE.sub("", asked.lower()) == _RELEASE.sub("", found)


def _standard(usage: dict[str, Any]) -> bool:
    # A list or an object cannot be looked up in a set, hence tuples.
    return all(usage.get(name) in allowed for name, allowed in _STANDARD.items())
