"""Settings for every test: Hypothesis never times out or keeps a database, memory is cheap."""

from __future__ import annotations

import gc

from hypothesis import HealthCheck, settings

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
