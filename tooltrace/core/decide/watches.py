"""Watches: expressions whose value now is shown, with what it was a step before."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from tooltrace.core.decide.breakpoint_hits import ALLOWANCE, Moment, shown
from tooltrace.core.decide.breakpoints import compile_at_point
from tooltrace.core.expressions.evaluate import allowance
from tooltrace.core.model.errors import BadExpression

__all__ = ["Watch", "WatchValue", "parse_watch", "watch_values"]


class Watch(Struct, frozen=True, omit_defaults=True):
    """An expression that is shown while it is enabled."""

    expression: str
    enabled: bool = True

    def __str__(self) -> str:
        return f"watch {self.expression}"


class WatchValue(Struct, frozen=True):
    """What a watch shows: the value as text, and what it was at the place before; None if none."""

    expression: str
    text: str
    before: str | None = None

    @property
    def changed(self) -> bool:
        """Whether the last step changed it."""
        return self.before is not None and self.before != self.text


def parse_watch(text: str) -> Watch:
    """A watch from what was typed, with ``watch`` before it or not. Raises BadExpression."""
    expression = text.strip()
    if expression.startswith("watch "):
        expression = expression.removeprefix("watch ").strip()
    if not expression:
        raise BadExpression("a watch needs an expression, as in context.total")
    compile_at_point(expression, "watch")
    return Watch(expression)


def watch_values(
    watches: Iterable[Watch], now: Moment, before: Moment | None
) -> tuple[WatchValue, ...]:
    """The values of the watches that are enabled, at a moment and at the one before it."""
    with allowance(ALLOWANCE):
        return tuple(
            WatchValue(
                watch.expression,
                shown(watch.expression, now),
                None if before is None else shown(watch.expression, before),
            )
            for watch in watches
            if watch.enabled
        )
