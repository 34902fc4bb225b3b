"""Whether a budget in dollars can be kept: asked before a run begins, as afterwards is too late."""

from __future__ import annotations

from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import Settings

__all__ = ["check_cost_budget"]


def check_cost_budget(settings: Settings) -> None:
    """Raise BadCommand when nobody knows what a reply of the run would cost."""
    if settings.cost_budget is None and settings.priced_as is None:
        return
    if settings.model == "scripted":
        raise BadCommand("the scripted model costs nothing: leave out --max-cost and --priced-as")
    from tooltrace.models.priced import priced_as
    from tooltrace.models.prices import known
    from tooltrace.models.providers import split_model

    if settings.priced_as is not None:
        if priced_as(settings.priced_as, _SOME) is None:
            raise BadCommand(f"--priced-as: no price is known for {settings.priced_as}")
        return
    provider, model = split_model(settings.model)
    where, official = provider.host(settings)
    if not official:
        raise BadCommand(
            f"no price is known for what {where} serves: use --max-tokens, or name the model whose "
            "prices hold there with --priced-as"
        )
    if not known(model, provider.prices):
        raise BadCommand(
            f"no price is known for {settings.model}: use --max-tokens, or name the model whose "
            "prices hold with --priced-as"
        )


_SOME = {"input_tokens": 1, "output_tokens": 1}
