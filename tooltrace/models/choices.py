"""The models that a person may choose from, by name: those of the session, of the workflow, known
ones, and what packages add. Any other name can be typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.models.providers import provider_names
from tooltrace.plugins.entry_points import PREFIX, plugin_names

__all__ = ["ModelChoice", "model_choices", "prefixes", "typed_model"]


_Asked = tuple[str, str | None, str | None]
"""A model, its host, and the variable with its key."""


class ModelChoice(Struct, frozen=True):
    """A model, where it is asked, and what is to be said of it; ``group`` is whose it is.

    ``key_env`` is the variable with the key for that host.
    """

    model: str
    base_url: str | None = None
    key_env: str | None = None
    detail: str = ""
    group: str = ""


def model_choices(tree: Tree, head: int) -> list[ModelChoice]:
    """Each model once, those of this session first. Reads the list of prices, imports no plugin."""
    now = tree.snapshot_at(head).settings
    found = [
        ModelChoice(*asked, _where(asked, now), "of this session") for asked in _of_session(tree)
    ]
    seen = {(one.model, one.base_url) for one in found}
    found += [
        ModelChoice(name, detail=detail, group="known models")
        for name, detail in _known()
        if (name, None) not in seen
    ]
    found += [
        ModelChoice(f"{PREFIX}{name}", detail="of an installed package", group="plugins")
        for name in plugin_names("tooltrace.models")
    ]
    return found


def prefixes() -> list[str]:
    """What a name may begin with to be asked of another provider: ``openai:``."""
    return [f"{name}:" for name in provider_names()]


def _known() -> Iterable[tuple[str, str]]:
    """The models that the list of prices knows and that are still asked, as they are named here."""
    from genai_prices import data

    for provider in data.providers:
        if provider.id == "anthropic":
            # Of those that were retired the list keeps no window.
            yield from ((model.id, "") for model in provider.models if model.context_window)
    for provider in data.providers:
        if provider.id == "openai":
            names = [model.id for model in provider.models if model.context_window]
            answers = [name for name in names if _ANSWERS.match(name) and not _ELSE.search(name)]
            yield from ((f"openai:{name}", "by the Responses API") for name in reversed(answers))


_ANSWERS = re.compile(r"gpt-[4-9]|o\d")
"""How the names of OpenAI's models begin that take part in a conversation."""
_ELSE = re.compile(r"audio|realtime|transcribe|search|vision|research|-\d{4}-")
"""Those that are for something else, and dated names of the same."""


def _of_session(tree: Tree) -> Iterable[_Asked]:
    settings = (
        record.event.settings
        for record in tree.records.values()
        if isinstance(record.event, e.RunStarted | e.SettingsChanged)
    )
    return dict.fromkeys((one.model, one.base_url, one.key_env) for one in settings)


def _where(asked: _Asked, now: e.Settings) -> str:
    _, url, key = asked
    here = "asked now" if asked == (now.model, now.base_url, now.key_env) else ""
    return " · ".join(filter(None, (url or "", key and f"the key in {key}", here)))


def typed_model(text: str) -> _Asked:
    """``MODEL [URL [VARIABLE]]`` as all three. Raises ValueError in words for a person."""
    words = text.split()
    if not 1 <= len(words) <= 3:
        raise ValueError(
            "a model, and after a space the URL of its server if it is another one, and after "
            "another the variable that has its key"
        )
    model, url, key = (*words, None, None)[:3]
    assert model is not None
    if url is not None and not url.startswith(("http://", "https://")):
        raise ValueError(f"{url} is no http:// or https:// address")
    if key is not None and not re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII):
        raise ValueError("after the URL comes the name of the variable with its key, not the key")
    return model, url, key
