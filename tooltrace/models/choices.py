"""The models that a person may choose from, by name: those of the session, of the workflow, known
ones, and what packages add. Any other name can be typed.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.models.providers import provider_names
from tooltrace.plugins.entry_points import PREFIX, plugin_names

__all__ = ["ModelChoice", "model_choices", "prefixes", "typed_model"]


class ModelChoice(Struct, frozen=True):
    """A model, where it is asked, and what is to be said of it; ``group`` is whose it is."""

    model: str
    base_url: str | None = None
    detail: str = ""
    group: str = ""


def model_choices(tree: Tree, head: int) -> list[ModelChoice]:
    """Each model once, those of this session first. Reads the list of prices, imports no plugin."""
    now = tree.snapshot_at(head).settings
    found = [
        ModelChoice(model, url, _where(model, url, now), "of this session")
        for model, url in _of_session(tree)
    ]
    seen = {(one.model, one.base_url) for one in found}
    found += [
        ModelChoice(name, None, "", "known models") for name in _known() if (name, None) not in seen
    ]
    found += [
        ModelChoice(f"{PREFIX}{name}", None, "of an installed package", "plugins")
        for name in plugin_names("tooltrace.models")
    ]
    return found


def prefixes() -> list[str]:
    """What a name may begin with to be asked of another provider: ``openai:``."""
    return [f"{name}:" for name in provider_names()]


def _known() -> Iterable[str]:
    """The models of the Anthropic API that the list of prices knows and that are still asked."""
    from genai_prices import data

    for provider in data.providers:
        if provider.id == "anthropic":
            # Of those that were retired the list keeps no window.
            yield from (model.id for model in provider.models if model.context_window)


def _of_session(tree: Tree) -> Iterable[tuple[str, str | None]]:
    settings = (
        record.event.settings
        for record in tree.records.values()
        if isinstance(record.event, e.RunStarted | e.SettingsChanged)
    )
    return dict.fromkeys((one.model, one.base_url) for one in settings)


def _where(model: str, url: str | None, now: e.Settings) -> str:
    here = "asked now" if (model, url) == (now.model, now.base_url) else ""
    return " · ".join(filter(None, (url or "", here)))


def typed_model(text: str) -> tuple[str, str | None]:
    """``MODEL`` or ``MODEL URL`` as both. Raises ValueError in words for a person."""
    words = text.split()
    if not 1 <= len(words) <= 2:
        raise ValueError("a model, and after a space the URL of its server if it is another one")
    url = words[1] if words[1:] else None
    if url is not None and not url.startswith(("http://", "https://")):
        raise ValueError(f"{url} is no http:// or https:// address")
    return words[0], url
