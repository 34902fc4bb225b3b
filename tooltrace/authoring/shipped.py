"""The workflows that come along, by name: a list of them needs no workflow."""

from __future__ import annotations

from pathlib import Path

__all__ = ["SHIPPED", "script_of", "shipped"]

SHIPPED = {
    "refund": "A customer wants money back: one step after the other, with a way out.",
    "loan": "A loan application is approved, referred or declined: branches on results.",
    "release": "Three reports are read at once and published as one release: aggregation.",
    "backfill": "Old rows are imported batch by batch until none remains: a loop.",
}


def shipped() -> list[tuple[str, str]]:
    """The workflows that come along, as (name, description); loads none of them."""
    return list(SHIPPED.items())


def script_of(name: str) -> Path | None:
    """The file with the beats of a shipped workflow, as ``demo --present`` plays them."""
    if name not in SHIPPED:
        return None
    return Path(__file__).parents[1] / "workflows" / "scripts" / f"{name}.script"
