"""``tooltrace`` alone: the home screen."""

from __future__ import annotations

__all__ = ["home"]


def home() -> int:
    """Show shipped workflows, recent sessions and what to press."""
    from tooltrace.cli.app import run_home

    return run_home("tooltrace list, or tooltrace --help")
