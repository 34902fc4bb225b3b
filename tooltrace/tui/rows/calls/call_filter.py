"""Which calls are shown and in which order: what a person may choose, and that in words. Pure.

Within a kind one choice or another must hold, and each kind that has choices must hold.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.decide.budgets import dollars
from tooltrace.core.model.errors import BadCommand
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.calls.call_facts import CallFacts
from tooltrace.tui.rows.calls.call_row import CallRow

__all__ = [
    "DEAR",
    "EVERYTHING",
    "FLAGS",
    "NAMED",
    "ORDERS",
    "SLOW",
    "CallFilter",
    "Flag",
    "Named",
    "Order",
    "counts_of",
    "in_order",
    "money",
    "time_of",
]

Flag = Literal["errors", "writes", "edited"]
Named = Literal["tool", "state", "source"]
Order = Literal["", "slowest", "dearest", "tool"]

_TIME = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(ms|s|min)?\s*", re.ASCII)
_MONEY = re.compile(r"\s*\$?\s*([0-9]{0,9}(?:\.[0-9]{1,9})?)\s*", re.ASCII)
_UNITS = {"ms": 1.0, "s": 1000.0, "min": 60_000.0, None: 1000.0}

FLAGS: dict[Flag, str] = {
    "errors": "failed, or given up",
    "writes": "do not only read",
    "edited": "by a person, or a fault",
}
"""What a call may be, in words."""
NAMED: tuple[Named, ...] = ("tool", "state", "source")
ORDERS: dict[Order, str] = {
    "slowest": "slowest first",
    "dearest": "dearest first",
    "tool": "by tool",
}
"""Orders other than that in which calls came."""
SLOW = (100.0, 1_000.0, 10_000.0)
"""Times in milliseconds that are offered."""
DEAR = (0.01, 0.1, 1.0)
"""Money in US dollars that is offered."""


class CallFilter(Struct, frozen=True):
    """What was chosen: ``slow`` is in milliseconds, ``dear`` in US dollars, at least.

    ``words`` stand in the call, its arguments or its result, each of them, in any case.
    """

    flags: frozenset[Flag] = frozenset()
    named: frozenset[tuple[Named, str]] = frozenset()
    slow: float | None = None
    dear: float | None = None
    words: str = ""
    order: Order = ""

    @property
    def narrows(self) -> bool:
        """Whether there may be calls that are not shown."""
        plain = not self.flags and not self.named and not self.words
        return not plain or self.slow is not None or self.dear is not None

    def shows(self, row: CallRow) -> bool:
        """Whether a call is shown."""
        facts = row.facts
        if self.slow is not None and (facts.returned is None or facts.ms < self.slow):
            return False
        if self.dear is not None and (facts.cost is None or facts.cost < self.dear):
            return False
        if not all(_HAS[flag](facts) for flag in self.flags):
            return False
        for kind in {kind for kind, _ in self.named}:
            if (kind, _name(kind, row)) not in self.named:
                return False
        if not self.words:
            return True
        text = row.text().casefold()
        return all(word in text for word in self.words.casefold().split())

    def toggled(self, flag: Flag) -> CallFilter:
        """With a flag, or without it if it was there."""
        return replace(self, flags=self.flags ^ {flag})

    def with_named(self, kind: Named, name: str) -> CallFilter:
        """With a tool, state or source, or without it if it was there."""
        return replace(self, named=self.named ^ {(kind, name)})

    def told(self) -> str:
        """What was chosen, in words; empty for all calls as they came."""
        parts: list[str] = [*sorted(self.flags)]
        for kind in NAMED:
            if names := sorted(name for of, name in self.named if of == kind):
                parts.append(f"{kind} {' or '.join(names)}")
        if self.slow is not None:
            parts.append(f"≥ {labels.duration(self.slow)}")
        if self.dear is not None:
            parts.append(f"≥ {dollars(self.dear)}")
        if self.words:
            parts.append(f"“{self.words}”")
        if self.order:
            parts.append(ORDERS[self.order])
        return ", ".join(parts)


EVERYTHING = CallFilter()
"""All calls, as they came."""

_HAS: dict[Flag, Callable[[CallFacts], bool]] = {
    "errors": lambda facts: facts.is_error or facts.abandoned,
    "writes": lambda facts: facts.effect != "reads",
    "edited": lambda facts: bool(facts.edited) or facts.source in ("edited", "injected"),
}


def _name(kind: Named, row: CallRow) -> str:
    if kind == "source":
        return row.source
    return row.facts.tool if kind == "tool" else row.facts.state or "–"


def in_order(rows: Sequence[CallRow], order: Order) -> list[CallRow]:
    """The rows in another order than that in which they came."""

    def key(row: CallRow) -> tuple[float, float] | tuple[str, float]:
        facts = row.facts
        match order:
            case "slowest":
                return -facts.ms if facts.returned is not None else 1.0, 0.0
            case "dearest":
                return -facts.cost if facts.cost is not None else 1.0, -float(facts.tokens)
            case _:
                return facts.tool, 0.0

    return sorted(rows, key=key) if order else list(rows)


def counts_of(rows: Iterable[CallRow]) -> Counter[tuple[str, str]]:
    """How many calls there are of each tool, state and source, and with each flag.

    Also of each power of ten in time and money that a call reaches: ``slow 100 ms``.
    """
    calls = list(rows)
    facts = [row.facts for row in calls]
    found: Counter[tuple[str, str]] = Counter()
    # One kind after the other: 45,000 calls take a third of the time that call by call takes.
    names: tuple[tuple[Named, Counter[str]], ...] = (
        ("tool", Counter(each.tool for each in facts)),
        ("state", Counter(each.state or "–" for each in facts)),
        ("source", Counter(row.source for row in calls)),
    )
    for kind, counted in names:
        for name, count in counted.items():
            found[kind, name] = count
    for flag, has in _HAS.items():
        found["flag", flag] = sum(map(has, facts))
    slow = [each.ms for each in facts if each.ms >= SLOW[0] and each.returned is not None]
    for ms in SLOW:
        found["slow", str(ms)] = sum(took >= ms for took in slow)
    dear = [each.cost for each in facts if each.cost is not None and each.cost >= DEAR[0]]
    for cost in DEAR:
        found["dear", str(cost)] = sum(paid >= cost for paid in dear)
    return found


def time_of(text: str) -> float:
    """A time that a person typed, in milliseconds; without a unit, seconds. Raises BadCommand."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise BadCommand("write a time: 500 ms, 2 s, 1 min")
    return float(found[1]) * _UNITS[found[2]]


def money(text: str) -> float:
    """Money that a person typed, in US dollars. Raises BadCommand."""
    found = _MONEY.fullmatch(text)
    if found is None or not any(char.isdigit() for char in found[1]):
        raise BadCommand("write an amount in dollars: 0.01, $2")
    return float(found[1])
