"""Settings for every test: nobody's environment, no deadline or database, cheap memory."""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.environment import forget_the_person

# Every app and session of a worker's tests is among what would be looked through, again and again.
gc.set_threshold(100_000, 50, 100)

settings.register_profile(
    "tooltrace",
    deadline=None,
    database=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tooltrace")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """After pytest has read how its own output is to look, before any test is imported."""
    home = tempfile.TemporaryDirectory(prefix="tooltrace-home-")
    config.add_cleanup(home.cleanup)
    forget_the_person(Path(home.name))
