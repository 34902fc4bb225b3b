"""How many tokens the model of a run takes at once, where that is known."""

from __future__ import annotations

from functools import lru_cache

from tooltrace.core.model.events import Settings
from tooltrace.models import prices
from tooltrace.models.providers import split_model
from tooltrace.models.registry import asked_provider

__all__ = ["asked_as", "window_of"]


def asked_as(settings: Settings) -> str | None:
    """The name under which a model's own figures hold: its own, or whose prices a person named.

    None for what is no model of a provider's, or is one of another host.
    """
    if settings.priced_as is not None:
        return settings.priced_as
    asked = settings.base_url is None and asked_provider(settings.model) is not None
    return settings.model if asked else None


def window_of(settings: Settings) -> int | None:
    """Tokens of the context window; None where unknown. The first answer takes a fifth of a second,
    and may be asked for from a thread."""
    model = asked_as(settings)
    return None if model is None else _window(model)


@lru_cache(maxsize=64)
def _window(model: str) -> int | None:
    provider, name = split_model(model)
    return prices.context_window(name, provider.prices)
