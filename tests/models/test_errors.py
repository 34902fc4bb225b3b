"""Given what came back, expect what a person is told, and no secret in it."""

from __future__ import annotations

import json

import pytest

from tooltrace.core.text.sanitize import one_line
from tooltrace.models.anthropic.errors import refusal
from tooltrace.models.live.failure_words import hider, secrets_in, unreached

KEY = "sk-ant-é\"a'b\\c\x1b-0123456789"


@pytest.mark.parametrize(
    "form", [KEY, repr(KEY), json.dumps(KEY), one_line(KEY), f"a{KEY}b {KEY}", repr(KEY.encode())]
)
def test_a_secret_is_hidden_in_every_form(form: str) -> None:
    hidden = hider([KEY])(f"<{form}>")
    assert "[secret]" in hidden
    assert "0123456789" not in hidden


def test_the_longer_secret_goes_first() -> None:
    assert hider(["0123456789", "0123456789-abc"])("0123456789-abc 0123456789") == (
        "[secret] [secret]"
    )


def test_short_values_are_words() -> None:
    assert hider(["local", "", "   \n     "])("local   \n     server") == "local   \n     server"


def test_which_headers_hold_secrets() -> None:
    headers = {
        "Authorization": "Bearer abcdefgh",
        "X-Api-Key": "k-1",
        "Cookie": "c=1",
        "X-Gateway-Token": "t",
        "anthropic-version": "2026-10-21",
    }
    assert {value for value in secrets_in(headers) if value} == {
        "Bearer abcdefgh",
        "abcdefgh",
        "k-1",
        "c=1",
        "t",
    }


@pytest.mark.parametrize(
    ("status", "official", "expected"),
    [
        (
            404,
            True,
            "No model m{0}: unknown or retired (404 from w): pick another: --model claude-",
        ),
        (404, False, "No model m{0}, or no /v1/messages there (404 from w): check --model and"),
    ],
)
def test_an_unknown_model(status: int, official: bool, expected: str) -> None:
    said = refusal(status, {}, "{gone}", model="m{0}", where="w", official=official)
    assert said.startswith(expected)
    assert said.endswith(". It said: {gone}")


def test_the_first_of_many_causes_is_told() -> None:
    causes = ExceptionGroup("many", [ExceptionGroup("more", [OverflowError("port")])])
    assert unreached(causes, "w").endswith("OverflowError: port")
    assert (
        unreached(None, "")
        == "Cannot ask an empty address: check --base-url and the key: nothing is known"
    )
