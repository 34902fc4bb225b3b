"""What counts as a message of the Messages API, and what is an error of it."""

from __future__ import annotations

import pytest

from tooltrace.models.wire.messages.reply import as_message, passing


@pytest.mark.parametrize(
    "value",
    [
        {"content": []},
        {"content": [{"type": "new"}], "stop_reason": None, "usage": None, "error": None},
        {"content": [{"type": "tool_use", "id": "", "name": "", "input": "{broken"}]},
    ],
)
def test_what_counts_as_a_message(value: object) -> None:
    assert as_message(value) is value


def test_what_may_pass() -> None:
    assert passing("overloaded_error") and passing("api_error") and passing("rate_limit_error")
    assert not passing("invalid_request_error") and not passing(None) and not passing([])
