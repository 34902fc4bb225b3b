"""Whether a budget in dollars can be kept: asked before a run begins, as afterwards is too late."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import Settings

__all__ = ["check_cost_budget"]


def check_cost_budget(settings: Settings) -> None:
    """Raise BadCommand when nobody knows what a reply of the run would cost."""
    if settings.cost_budget is None and settings.priced_as is None:
        return
    if settings.model == "scripted":
        raise BadCommand("the scripted model costs nothing: leave out --max-cost and --priced-as")
    from tooltrace.models.anthropic.errors import OFFICIAL
    from tooltrace.models.prices import known

    if settings.priced_as is not None:
        if not known(settings.priced_as):
            raise BadCommand(f"--priced-as: no price is known for {settings.priced_as}")
        return
    url = settings.base_url or os.environ.get("ANTHROPIC_BASE_URL", "")
    if url and urlsplit(url).hostname != OFFICIAL:
        raise BadCommand(
            f"no price is known for what {url} serves: use --max-tokens, or name the model whose "
            "prices hold there with --priced-as"
        )
    if not known(settings.model):
        raise BadCommand(
            f"no price is known for {settings.model}: use --max-tokens, or name the model whose "
            "prices hold with --priced-as"
        )
