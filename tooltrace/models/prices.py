"""What a reply cost, by a kept list of public prices that is part of an installed package.

genai-prices holds the list; nothing is fetched. It matches names loosely (a prefix is enough), so a
name that is not the model it found, or a release of it, has no price here: never a guess.
"""

from __future__ import annotations

import math
import re
from typing import Any

__all__ = ["context_window", "known", "load", "price"]

_PROVIDER = "anthropic"
_RELEASE = re.compile(r"(-\d{8}|-latest|-0)$")
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


def known(model: str) -> bool:
    """Whether a price is known for a model of that name."""
    return price(model, {"input_tokens": 1, "output_tokens": 1}) is not None


def price(model: str, usage: object) -> float | None:
    """US dollars for one reply of the Anthropic API, by today's prices; None where none is known.

    ``usage`` is the reply's block of that name: tokens in and out, read from the cache, and written
    to it for 5 minutes or an hour.
    """
    from genai_prices import extract_usage

    if not isinstance(usage, dict) or not _standard(usage):
        return None
    try:
        used: Any = extract_usage({"model": model, "usage": usage}, provider_id=_PROVIDER)
        if used.model is None or not _same(model, used.model.id):
            return None
        cost = float(used.calc_price().total_price)
    except (LookupError, ValueError, ArithmeticError):
        return None
    return cost if math.isfinite(cost) else None


def context_window(model: str) -> int | None:
    """How many tokens a model of the Anthropic API takes at once, as the same list says.

    None where that is not known, or where the list has another model under a like name.
    """
    from genai_prices import extract_usage

    try:
        used: Any = extract_usage({"model": model, "usage": _NOTHING}, provider_id=_PROVIDER)
    except (LookupError, ValueError):
        return None
    if used.model is None or not _same(model, used.model.id):
        return None
    window = used.model.context_window
    return window if isinstance(window, int) and window > 0 else None


def _same(asked: str, found: str) -> bool:
    return _RELEASE.sub("", asked.lower()) == _RELEASE.sub("", found)


def _standard(usage: dict[str, Any]) -> bool:
    # A list or an object cannot be looked up in a set, hence tuples.
    return all(usage.get(name) in allowed for name, allowed in _STANDARD.items())
