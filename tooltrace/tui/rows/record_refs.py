"""Places in a session as people write them: ``#17`` or ``17`` is a record, as ``--at`` takes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import chain, islice

from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import ModelFailed, Record, ToolReturned, Transitioned
from tooltrace.debugger.view import View
from tooltrace.tui.rows.conversation.reply_entries import tool_of

__all__ = [
    "Kind",
    "bookmark_beside",
    "is_error",
    "is_transition",
    "is_write",
    "place_named",
    "place_of",
]

_PLACE = re.compile(r"\s*#?\s*([0-9]{1,18})\s*", re.ASCII)


def place_named(text: str, view: View) -> int:
    """The record that is meant. Raises BadCommand when there is none."""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise BadCommand("write the number of a record: #17, or 17")
    number = int(found[1])
    if number not in view.tree:
        raise BadCommand(
            f"there is no record #{number} in this session: its last is #{view.tree.last_id}"
        )
    return number


def bookmark_beside(view: View, forward: bool) -> int | None:
    """The next bookmark after the head, or the one before it, round the end: by record number."""
    marks: Iterable[int] = view.bookmarks if forward else reversed(list(view.bookmarks))
    beyond = [m for m in marks if (m > view.head if forward else m < view.head)]
    return next(iter(beyond), None) or next((m for m in marks if m != view.head), None)


Kind = Callable[[View, Record], bool]


def is_error(view: View, record: Record) -> bool:
    """Whether a call or a request failed there."""
    event = record.event
    return isinstance(event, ModelFailed) or (isinstance(event, ToolReturned) and event.is_error)


def is_write(view: View, record: Record) -> bool:
    """Whether a tool returned there that does not only read."""
    event = record.event
    if not isinstance(event, ToolReturned):
        return False
    return view.snapshot.workflow.effect(tool_of(view.tree, event.call)) != "reads"


def is_transition(view: View, record: Record) -> bool:
    """Whether the workflow changed state there."""
    return isinstance(record.event, Transitioned)


def place_of(view: View, kind: Kind) -> int | None:
    """The next record of a kind behind the head on this branch, round the end; None without one."""
    at = view.path.index(view.head) + 1
    for number in chain(islice(view.path, at, None), islice(view.path, at)):
        if kind(view, view.tree[number]):
            return number
    return None
