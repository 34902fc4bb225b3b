"""Settings the Messages API is known to refuse are named before a request is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tooltrace import RequestSettings
from tooltrace.models.anthropic.settings_check import refused_settings

MODEL = "claude-sonnet-5-5"


@pytest.mark.parametrize(
    ("setting", "model", "why"),
    [
        ({"temperature": 0.0}, MODEL, "temperature is set, which the API has not taken"),
        ({"top_p": 0.5}, "claude-opus-4-8", "top_p is set"),
        ({"thinking": {"type": "disabled"}}, MODEL, "claude-sonnet-5-5 always thinks"),
        ({"tool_choice": {"type": "any"}}, "claude-opus-5-5-20261102", "refuses, as it always"),
        ({"tool_choice": {"type": "auto"}}, MODEL, None),
        ({"thinking": {"type": "disabled"}}, "claude-haiku-4-5", None),
        ({"effort": "low", "extra": {"temperature2": 1}}, MODEL, None),
    ],
)
def test_what_is_known_to_be_refused(setting: Any, model: str, why: str | None) -> None:
    found = refused_settings(RequestSettings(**setting), model, official=True)
    assert found is None if why is None else why in str(found)
    assert refused_settings(RequestSettings(**setting), model, official=False) is None
    assert refused_settings(None, model, official=True) is None
