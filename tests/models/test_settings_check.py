"""Settings the Messages API is known to refuse are named before a request is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tooltrace import RequestSettings
from tooltrace.core.model.request_settings import parse_setting, with_setting
from tooltrace.models.anthropic.body_settings import settings_body
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
    behind = refused_settings(RequestSettings(**setting), model, official=False)
    assert behind is None if why is None else why in str(behind), "a proxy asks the same model"
    there = refused_settings(RequestSettings(**setting), "qwen3:8b", official=False)
    assert there is None, "another model is another server's"
    assert refused_settings(None, model, official=True) is None


def test_what_a_proxy_takes_all_the_same_is_sent_as_it_is() -> None:
    assert "extra.temperature sends it to a server that takes it" in str(
        refused_settings(RequestSettings(temperature=0), f"anthropic/{MODEL}", official=False)
    )
    asked = with_setting(None, *parse_setting("extra.temperature=0"))
    assert refused_settings(asked, MODEL, official=False) is None
    assert settings_body(asked) == {"temperature": 0}
