"""The system fails around a call, or the process is killed: nothing is lost, doubled or untrue."""

from __future__ import annotations

import pytest

from tests.cli import faulty


@pytest.mark.long
def test_any_call_to_the_system_may_fail() -> None:
    assert faulty.run(80) == []


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_kill_at_any_moment_around_a_call() -> None:
    assert faulty.kills(12) == []
