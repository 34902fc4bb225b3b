"""The same recorded session that the tests of the command line read."""

from __future__ import annotations

from tests.cli.conftest import recorded

__all__ = ["recorded"]
