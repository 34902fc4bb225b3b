"""Which requests there are to look at on a branch, and which of them is meant by a record. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from tooltrace.core.decide.next_action import asks_model
from tooltrace.core.model.events import ModelCalled
from tooltrace.debugger.view import View

__all__ = ["place_at", "requests_of"]


def requests_of(view: View) -> list[int]:
    """The records of the branch's requests in order; the tip stands for one that comes next."""
    calls = [at for at in view.path if isinstance(view.tree[at].event, ModelCalled)]
    comes = view.at_tip and asks_model(view.action) and view.head not in calls
    return [*calls, view.head] if comes else calls


def place_at(view: View, places: Sequence[int], record: int) -> int:
    """The place of the request that a record is about: the one made at or before it.

    At the head it is the one that comes next, if the model is asked next; before the first
    request, it is the first one.
    """
    if record == view.head and asks_model(view.action):
        after = bisect_right(places, record - 1)
        return min(after, len(places) - 1)
    return max(0, bisect_right(places, record) - 1)
