"""Choosing another model: one of those that are known, or any by its name."""

from __future__ import annotations

from collections.abc import Callable

from tooltrace.models.choices import ModelChoice, model_choices, prefixes, typed_model
from tooltrace.tui.actions.group import OnSession
from tooltrace.tui.screens import dialogs

__all__ = ["pick_model"]

_ANOTHER = ModelChoice("")


def pick_model(
    on: OnSession, title: str, then: Callable[[str, str | None, str | None], None]
) -> None:
    """Let a person pick a model; ``then`` is given its name, its host, and its key's variable."""
    view = on.debugger.view()
    with on.debugger.session.lock:
        known = model_choices(view.tree, view.head)
    names = ", ".join(f"{one}NAME" for one in prefixes())
    choices = [
        dialogs.Choice(
            _ANOTHER,
            "another one, by its name",
            f"NAME, {names}, the URL of its server, and the variable with its key",
            group="any",
            ask="its name; after spaces, if it has them, its server's URL and its key's variable",
            check=_problem,
        ),
        *(dialogs.Choice(one, one.model, one.detail, group=one.group) for one in known),
    ]

    def picked(choice: dialogs.Picked[ModelChoice] | None) -> None:
        if choice is None:
            return
        if choice.value is _ANOTHER:
            then(*typed_model(choice.reason))
        else:
            then(choice.value.model, choice.value.base_url, choice.value.key_env)

    on.show(dialogs.PickerScreen(title, choices), picked)


def _problem(text: str) -> str | None:
    try:
        typed_model(text)
    except ValueError as error:
        return str(error)
    return None
