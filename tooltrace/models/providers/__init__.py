"""The providers of models: each a file of this folder, found by being there.

A new one needs no other file: put ``NAME.py`` here with a ``PROVIDER`` in it, and ``--model
NAME:MODEL`` asks it. A name that begins with no provider's is a model of Anthropic's, as some
models have a colon in theirs (``qwen3:8b``).
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from tooltrace.models.provider import Provider

__all__ = ["provider_names", "split_model"]

_USUAL = "anthropic"


@cache
def provider_names() -> tuple[str, ...]:
    """The prefixes that count, in order; imports none of them."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__)))


def split_model(model: str) -> tuple[Provider, str]:
    """Who is asked for a model, and by which name."""
    prefix, colon, name = model.partition(":")
    if colon and prefix in provider_names():
        return _provider(prefix), name
    return _provider(_USUAL), model


@cache
def _provider(name: str) -> Provider:
    found = import_module(f"{__name__}.{name}").PROVIDER
    assert isinstance(found, Provider)
    return found
