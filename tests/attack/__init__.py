"""Attacks on the whole product, larger than a test suite runs: ``python -m tests.attack``."""
