"""Settings for every test: Hypothesis neither times out on a busy machine nor keeps a database."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "tooltrace",
    deadline=None,
    database=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tooltrace")
