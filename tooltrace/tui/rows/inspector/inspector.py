"""The inspector's items: all there is to know about what the cursor of another pane is on.

Made anew when that, or the branch around it, changes; what was folded stays folded for whatever is
selected next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tooltrace.core.fold.rewritten import RewrittenMessages
from tooltrace.core.fold.steps import Steps, common, place_of
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.debugger.view import View
from tooltrace.tui.rows.calls.call_facts import CallFacts, edited_as_of, turn_calls
from tooltrace.tui.rows.inspector.about_call import call_sections
from tooltrace.tui.rows.inspector.about_record import context_sections, record_sections
from tooltrace.tui.rows.inspector.facet import Facet, facet_rows
from tooltrace.tui.rows.inspector.request_of import RequestOf
from tooltrace.tui.rows.inspector.rows import InspectorRow, RestRow, ValueRow
from tooltrace.tui.rows.inspector.siblings import SessionIndex
from tooltrace.tui.rows.inspector.value_tree import FIRST, Folds
from tooltrace.tui.rows.selected import Selected

__all__ = ["InspectorRows"]

_SEEN = 80
"""Rows that are compared with those before, to draw only what differs."""


class InspectorRows:
    """Builds the rows for one selection after another; ``items`` is a list of its own each time."""

    def __init__(self, steps: Steps) -> None:
        self.items: list[InspectorRow] = []
        self.heading = ""
        self._steps = steps
        self._index = SessionIndex()
        self._requests = RequestOf()
        self._messages = RewrittenMessages()
        self._tree: Tree | None = None
        self._path: Sequence[int] = ()
        self._turned: set[int] = set()
        self._more: dict[int, int] = {}
        self._sections: list[Facet] = []
        self._mark: tuple[object, ...] = ()

    def update(self, view: View, selected: Selected) -> bool:
        """Whether there are other rows for this selection than before."""
        about = _about(view, selected)
        mark = (
            id(view.tree),
            about,
            view.tip,
            len(view.tree),
            view.head * bool(about.context),
            self._edited(view),
        )
        if mark == self._mark:
            return False
        self._mark = mark
        self._steps.update(view.tree, view.path)
        self._index.update(view.tree)
        self._sections = list(self._made(view, about))
        self._fold()
        return True

    def _edited(self, view: View) -> frozenset[tuple[int, int]]:
        """What a person edited where it stands, as of the head: each record, and by which."""
        path = view.path
        same = common(self._path, path) if view.tree is self._tree else 0
        self._tree, self._path = view.tree, path
        self._messages.update(view.tree, path, same, place_of(view.tree, path, view.head))
        return frozenset((record, one.by) for record, one in self._messages.now.items())

    def _made(self, view: View, about: Selected) -> Iterator[Facet]:
        if about.context is not None:
            self.heading = about.context
            return context_sections(view, about.context)
        record = view.tree[view.head if about.record is None else about.record]
        ref = about.ref if about.ref is not None else _ref_of(record.event)
        facts = None if ref is None else self._call(view, ref)
        if facts is not None:
            self.heading = f"{facts.tool} #{facts.record}"
            return call_sections(view, facts, self._index, self._requests)
        self.heading = f"{record.event.name.replace('_', ' ')} #{record.id}"
        return record_sections(view, record, self._index, self._requests)

    def _call(self, view: View, ref: e.CallRef) -> CallFacts | None:
        """The call as the whole branch has it; None where its reply is on another one."""
        tree, path = view.tree, view.path
        if ref.reply not in tree:
            return None
        place = tree.depth(ref.reply)
        if place >= len(path) or path[place] != ref.reply:
            return None
        found = turn_calls(tree, self._steps, place, len(path))
        facts = next((facts for facts in found if facts.ref == ref), None)
        return None if facts is None else edited_as_of(tree, self._messages.now, facts)

    def toggle(self, item: InspectorRow) -> None:
        """Fold what a row stands for, or unfold it; show more where there is more."""
        if isinstance(item, RestRow):
            self._more[item.owner] = self._more.get(item.owner, FIRST) + 10 * FIRST
        else:
            self._turned ^= {item.key}
        self._fold()

    def reads_on(self, item: InspectorRow) -> bool:
        """Whether a row is a text of which more is there than a row shows."""
        return isinstance(item, ValueRow) and item.is_long and item.is_open

    def _fold(self) -> None:
        folds = Folds(self._turned, self._more)
        self.items = [row for section in self._sections for row in facet_rows(section, folds)]

    def kept(self, before: Sequence[object], width: int) -> int:
        """How many rows at the front look as those before did."""
        if width <= 0:
            return 0
        most = min(len(before), len(self.items), _SEEN)
        for index in range(most):
            old, new = before[index], self.items[index]
            if type(old) is not type(new) or not isinstance(old, type(new)):
                return index
            if old.key != new.key or list(old.lines(width)) != list(new.lines(width)):
                return index
        return most


def _about(view: View, selected: Selected) -> Selected:
    """What is selected; where one stands where it is nothing, or nothing that is there."""
    if selected.context is not None:
        return Selected(context=selected.context)
    if selected.record is not None and selected.record in view.tree:
        return Selected(selected.record, selected.ref)
    return Selected(view.head)


def _ref_of(event: e.Event) -> e.CallRef | None:
    match event:
        case e.ToolStarted(call=ref) | e.ToolReturned(call=ref):
            return ref
        case _:
            return None
