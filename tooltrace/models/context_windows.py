"""How many tokens the model of a run takes at once, where that is known."""

from __future__ import annotations

from functools import lru_cache

from tooltrace.core.model.events import Settings
from tooltrace.models import prices

__all__ = ["asked_as", "window_of"]

_NO_MODELS = ("scripted", "given")


def asked_as(settings: Settings) -> str | None:
    """The name under which a model's own figures hold: its own, or whose prices a person named.

    None for what is no model of the Anthropic API, or is one of another host.
    """
    if settings.priced_as is not None:
        return settings.priced_as
    own = settings.base_url is None and ":" not in settings.model
    return settings.model if own and settings.model not in _NO_MODELS else None


def window_of(settings: Settings) -> int | None:
    """Tokens of the context window; None where unknown. The first answer takes a fifth of a second,
    and may be asked for from a thread."""
    model = asked_as(settings)
    return None if model is None else _window(model)


@lru_cache(maxsize=64)
def _window(model: str) -> int | None:
    return prices.context_window(model)
