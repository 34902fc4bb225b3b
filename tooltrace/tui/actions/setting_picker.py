"""Adding a setting to the requests: a name from a list that says what each takes, then a value."""

from __future__ import annotations

from functools import partial

from tooltrace.core.decide.next_action import options_at
from tooltrace.core.model.request_settings import parse_setting
from tooltrace.core.model.setting_words import SETTING_WORDS
from tooltrace.core.text.exact_json import JsonValue, dumps
from tooltrace.debugger.edit import request
from tooltrace.tui.actions.group import OnSession, Then
from tooltrace.tui.screens import dialogs

__all__ = ["pick_setting"]


def pick_setting(on: OnSession, then: Then) -> None:
    """Let a person add a setting, or give one another value; ``then`` is called when it is set."""
    s = on.debugger.view().snapshot
    options = options_at(s)
    now: dict[str, JsonValue] = {} if options is None else options.as_json()
    choices = [
        dialogs.Choice(
            name,
            name,
            f"now {dumps(now[name])[:60]}" if name in now else words,
            ask=words,
            check=partial(_problem, on, name),
        )
        for name, words in SETTING_WORDS.items()
    ]

    def picked(choice: dialogs.Picked[str] | None) -> None:
        if choice is not None:
            name, value = _parsed(choice.value, choice.reason)
            on.ask(on.debugger.submit.edit.setting(name, value), then)

    on.show(dialogs.PickerScreen("Add a setting to what is asked from here on", choices), picked)


def _parsed(name: str, typed: str) -> tuple[str, JsonValue]:
    """The setting that a typed value means. Raises ValueError."""
    if name != "extra":
        return parse_setting(f"{name}={typed}")
    return parse_setting(f"extra.{typed.removeprefix('extra.')}")


def _problem(on: OnSession, name: str, typed: str) -> str | None:
    try:
        key, value = _parsed(name, typed)
    except ValueError as error:
        return str(error)
    return on.debugger.edit.request_problem(lambda s: request.edit_setting(s, key, value))
