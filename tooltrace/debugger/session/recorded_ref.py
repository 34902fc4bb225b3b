"""Say how a session's workflow was named when it was run, and is to be named again."""

from __future__ import annotations

import shlex

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import RunStarted
from tooltrace.core.text.sanitize import one_line

__all__ = ["BY_HAND", "open_with", "recorded_ref"]

BY_HAND = "or with --by-hand to give results yourself"
"""What else can be done there."""

_LONGEST = 200
"""Letters above which what a file says is nothing that a person would have typed."""


def recorded_ref(tree: Tree, run: int) -> str:
    """What was said when a run began, as a shell takes it; empty if that is not known."""
    event = tree[run].event
    if not isinstance(event, RunStarted) or not event.ref or len(event.ref) > _LONGEST:
        return ""
    return shlex.quote(one_line(event.ref))


def open_with(tree: Tree, run: int) -> str:
    """What to do where a session was opened without its workflow; ``run`` is the record of it."""
    return f"open the session with --workflow {recorded_ref(tree, run) or 'REF'}"
