"""Places in a session as people write them: ``#17`` is a record, ``17`` a step of this branch."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tooltrace.core.fold.steps import Steps
from tooltrace.core.model.errors import BadCommand
from tooltrace.debugger.view import View

__all__ = ["bookmark_beside", "place_named"]

_PLACE = re.compile(r"\s*(#?)\s*([0-9]{1,18})\s*", re.ASCII)


def place_named(text: str, view: View, steps: Steps) -> int:
    """The record that is meant. Raises BadCommand when there is none."""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise BadCommand("write #17 for a record, 17 for a step of this branch")
    number = int(found[2])
    if found[1]:
        if number not in view.tree:
            raise BadCommand(f"there is no record #{number} in this session")
        return number
    steps.update(view.tree, view.path)
    if number > steps.total or number >= len(steps.ends):
        raise BadCommand(f"this branch has no step {number}: its last is {steps.total}")
    return view.path[steps.ends[number]]


def bookmark_beside(view: View, forward: bool) -> int | None:
    """The next bookmark after the head, or the one before it, round the end: by record number."""
    marks: Iterable[int] = view.bookmarks if forward else reversed(list(view.bookmarks))
    beyond = [m for m in marks if (m > view.head if forward else m < view.head)]
    return next(iter(beyond), None) or next((m for m in marks if m != view.head), None)
