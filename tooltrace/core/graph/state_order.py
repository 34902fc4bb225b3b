"""The order in which the states of a workflow are read.

First the longest chain from the initial state to a good end, loops and failed tools left out; where
two are as long, the table's order decides. Then what leaves it, chain by chain; ends that are
failures come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tooltrace.core.model.workflow import WorkflowSpec

__all__ = ["reading_order"]


def reading_order(spec: WorkflowSpec, edges: Iterable[tuple[str, str, bool]]) -> tuple[str, ...]:
    """The name of each state once. ``edges`` are (from, to, whether no tool failed)."""
    good: dict[str, dict[str, None]] = {state.name: {} for state in spec.states}
    if not good:
        return ()
    targets: dict[str, dict[str, None]] = {name: {} for name in good}
    for source, target, went_well in edges:
        targets[source][target] = None
        if went_well:
            good[source][target] = None
    start = spec.initial if spec.initial in targets else next(iter(targets))
    failures = {state.name for state in spec.states if state.failure and not targets[state.name]}
    order = _Order(targets, _follow(spec, good))
    order.add(start, failures - {start})
    for state in targets:
        if state not in failures:
            order.add(state, failures)
    for state in targets:
        order.add(state, set())
    return tuple(order.names)


class _Order:
    """Names in order, which grow chain by chain."""

    def __init__(self, targets: dict[str, dict[str, None]], follow: dict[str, str]) -> None:
        self.names: list[str] = []
        self._targets = targets
        self._follow = follow
        self._there: set[str] = set()

    def add(self, state: str, later: set[str]) -> None:
        """Take in the chain from a state, those that leave it, and so on, but not ``later``."""
        begin = len(self.names)
        self._chain(state, set())  # The first chain has its end, whichever it is.
        index = begin
        while index < len(self.names):
            for target in self._targets[self.names[index]]:
                self._chain(target, later)
            index += 1

    def _chain(self, start: str, later: set[str]) -> None:
        state: str | None = start
        while state is not None and state not in self._there and state not in later:
            self._there.add(state)
            self.names.append(state)
            state = self._follow.get(state)


def _follow(spec: WorkflowSpec, targets: dict[str, dict[str, None]]) -> dict[str, str]:
    """After each state the next of the longest chain to an end, without going round."""
    ends = {state.name: not state.failure for state in spec.states if state.terminal}
    best: dict[str, tuple[bool, int]] = {}
    follow: dict[str, str] = {}
    open_now: set[str] = set()
    stack: list[tuple[str, Iterator[str]]] = []

    def enter(state: str) -> None:
        open_now.add(state)
        stack.append((state, iter(targets[state])))

    def leave(state: str) -> None:
        open_now.discard(state)
        best[state] = (ends.get(state, False), 1)
        for target in targets[state]:
            # A state that is still open is one that this would go back to.
            if target in best and target not in open_now and target != state:
                good, length = best[target]
                if (good, length + 1) > best[state] or state not in follow:
                    best[state], follow[state] = (good, length + 1), target

    for start in dict.fromkeys([spec.initial or "", *targets]):
        if start in targets and start not in best:
            enter(start)
        while stack:
            state, following = stack[-1]
            target = next(following, None)
            if target is None:
                stack.pop()
                leave(state)
            elif target not in best and target not in open_now:
                enter(target)
    return follow
