"""The conversation pane's items: what is on the way, what is recorded ahead, what comes next.

Items follow the path in time that grows with what is new. An item is replaced when its record is
passed by the head, never changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from tooltrace.core.fold.rewritten import RewrittenMessages
from tooltrace.core.fold.steps import common, place_of
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import (
    CallRef,
    Event,
    ModelCalled,
    ModelFailed,
    ModelReplied,
    RunStarted,
    ToolReturned,
    UserSaid,
)
from tooltrace.debugger.run.partial_reply import PartialBlock
from tooltrace.debugger.view import View
from tooltrace.tui.rows.conversation.entry import Entry, Place, call_key
from tooltrace.tui.rows.conversation.pending import arriving_block, cost_of, pending
from tooltrace.tui.rows.conversation.records import entries
from tooltrace.tui.rows.conversation.reply_entries import below_call
from tooltrace.tui.rows.conversation.rewritten import rewritten_entries

__all__ = ["ConversationRows"]


_BEGIN = frozenset({ModelReplied, ModelCalled, ModelFailed, UserSaid, RunStarted})
"""What does not belong to the turn that it follows."""


class ConversationRows:
    """Builds the items for one view after another; ``items`` is one list that changes in place.

    A turn is a unit: a result stands below its call, wherever it came in it. ``window`` are the
    places on the path that are shown, where not all are. ``rendered`` says that Markdown is laid
    out.
    """

    def __init__(self, window: range | None = None, rendered: bool = True) -> None:
        self._window = window
        self._rendered = rendered
        self.items: list[Entry] = []
        self._tree: Tree | None = None
        self._path: Sequence[int] = ()
        self._starts: list[int] = [0]
        self._units: list[int] = []
        self._turns: list[int] = []
        self._here = -1
        self._mark: int | None = None
        self._at_tip = True
        self._open: set[int] = set()
        self._stars: Mapping[int, str] = {}
        self._rewritten = RewrittenMessages()

    def update(self, view: View) -> tuple[Sequence[Entry], int]:
        """The items for this view, and how many at the front are those of the last one."""
        same = common(self._path, view.path) if view.tree is self._tree else 0
        if view.tree is not self._tree:
            self._open.clear()
        here = place_of(view.tree, view.path, view.head)
        # What stands otherwise from an edit on is made anew, with all that comes after it.
        for record in self._rewritten.update(view.tree, view.path, same, here):
            same = min(same, view.tree.depth(record))
        if same < len(self._units):
            same = self._units[same]
        del self._starts[same + 1 :], self.items[self._starts[-1] :]
        del self._units[same:], self._turns[same:]
        keep = len(self.items)
        self._tree, self._path = view.tree, view.path
        keep = self._star(view.tree, same, view.bookmarks, keep)
        for place in range(same, len(view.path)):
            keep = min(keep, self._append(view.tree, place, place > here))
        keep = self._place(keep, same, here)
        if self._at_tip:
            self.items += [self._as_left(entry) for entry in pending(view, cost_of(view))]
        return self.items, keep

    def arriving(self, view: View, blocks: Sequence[PartialBlock]) -> tuple[Sequence[Entry], int]:
        """The items with the reply that is on its way below them; as ``update``."""
        keep = self._starts[-1]
        self.items[keep:] = [*map(arriving_block, range(len(blocks)), blocks), *pending(view)]
        return self.items, keep

    def _star(self, tree: Tree, same: int, stars: Mapping[int, str], keep: int) -> int:
        """Follow the bookmarks among what is kept; how much of it is as before."""
        old, self._stars = self._stars, stars
        if old is stars:
            return keep
        for record_id in {record_id for record_id, _ in old.items() ^ stars.items()}:
            place = tree.depth(record_id) if record_id in tree else same
            if place < same and self._path[place] == record_id:
                for index in self._unit(place):
                    if self.items[index].key == record_id:
                        self.items[index] = self.items[index].starred(stars.get(record_id))
                        keep = min(keep, index)
        return keep

    def _unit(self, place: int) -> range:
        """The items of the unit that a place of the path is in."""
        end = place + 1
        while end < len(self._units) and self._units[end] < end:
            end += 1
        return range(self._starts[self._units[place]], self._starts[end])

    def _append(self, tree: Tree, place: int, ahead: bool) -> int:
        """Take in what is at a place of the path; how many items before it are as they were."""
        record = tree[self._path[place]]
        self._units.append(self._units[-1] if place and type(record.event) not in _BEGIN else place)
        if self._window is not None and place not in self._window:
            self._turns.append(0)
            self._starts.append(len(self.items))
            return len(self.items)
        self._turns.append(self._turn(tree, place, record.event))
        rewritten = self._rewritten.now.get(record.id)
        shown = (
            entries(tree, record)
            if rewritten is None
            else rewritten_entries(tree, record, rewritten)
        )
        at, call = len(self.items), None
        if isinstance(record.event, ToolReturned) and at:
            at = self._below_call(record.event.call, self._starts[self._units[place]])
            call = self.items[at - 1]
        new = []
        for entry in shown:
            if entry.turn is not None:
                entry = replace(entry, turn=self._turns[place])
            if call is not None and call.ref == entry.ref:
                entry = below_call(entry, call)
            entry = self._as_left(entry).starred(self._stars.get(entry.key))
            new.append(entry.at("ahead") if ahead else entry)
        self.items[at:at] = new
        self._starts.append(len(self.items))
        return at

    def _below_call(self, ref: CallRef, start: int) -> int:
        """Where a result belongs: below its call and what came of it already, else at the end."""
        items, key = self.items, call_key(ref)
        for index in range(len(items) - 1, start - 1, -1):
            if items[index].key == key:
                while index < len(items) and items[index].ref == ref:
                    index += 1
                return index
        return len(items)

    def _turn(self, tree: Tree, place: int, event: Event) -> int:
        """How many replies there are up to a place, as the fold counts them."""
        if isinstance(event, RunStarted) or not place:
            before = 0
        elif self._window is not None and place - 1 not in self._window:
            before = tree.snapshot_at(self._path[place - 1]).turn
        else:
            before = self._turns[-1]
        return before + isinstance(event, ModelReplied)

    def _as_left(self, entry: Entry) -> Entry:
        if not self._rendered:
            entry = entry.as_rendered(False)
        return entry.toggled() if entry.key in self._open else entry

    def _place(self, keep: int, same: int, here: int) -> int:
        """Put what lies between the old head and the new one on its side; how many were kept.

        The head itself is marked only inside a recording: at the tip, what comes next stands there.
        """
        was, self._here = self._here, here
        self._at_tip = here == len(self._path) - 1
        before = self._mark if self._mark is not None and self._mark < keep else None
        if was != here and same:
            low, high = sorted((min(was, same - 1), min(here, same - 1)))
            for index in range(self._unit(max(0, low)).start, self._unit(max(0, high)).stop):
                place = self._place_of(index)
                if self._put(index, "past" if place <= here else "ahead"):
                    keep = min(keep, index)
        self._mark = None if self._at_tip else self.last_of(self._path[here])
        if before is not None and before != self._mark:
            side: Place = "past" if self._place_of(before) <= here else "ahead"
            self._put(before, side)
            keep = min(keep, before)
        if self._mark is not None and self._put(self._mark, "here"):
            keep = min(keep, self._mark)
        return keep

    def _put(self, index: int, place: Place) -> bool:
        """Put an item on a side of the head; whether it was on another."""
        item = self.items[index]
        self.items[index] = item.at(place)
        return item.place != place

    def _place_of(self, index: int) -> int:
        """The place on the path of what an item shows."""
        assert self._tree is not None
        return self._tree.depth(self.items[index].record)

    def lay_out(self, rendered: bool) -> tuple[Sequence[Entry], int]:
        """Lay Markdown out, or show it as it was written; as ``update``."""
        self._rendered, keep = rendered, len(self.items)
        for index in range(keep - 1, -1, -1):
            entry = self.items[index].as_rendered(rendered)
            if entry is not self.items[index]:
                self.items[index], keep = entry, index
        return self.items, keep

    def toggle(self, key: int) -> tuple[Sequence[Entry], int]:
        """Open or close an item; as ``update``."""
        for index in range(len(self.items) - 1, -1, -1):
            entry = self.items[index]
            if entry.key == key and entry.opens:
                self._open ^= {key}
                self.items[index] = entry.toggled()
                return self.items, index
        return self.items, len(self.items)

    def last_of(self, record_id: int) -> int | None:
        """The last item of a record of the path, or of those before it; None when there is none."""
        if self._tree is None or record_id not in self._tree:
            return None
        place = place_of(self._tree, self._path, record_id)
        while place >= 0:
            unit = self._unit(place)
            found = [(self._place_of(i), i) for i in unit if self._place_of(i) <= place]
            if found:
                return max(found)[1]
            place = self._units[place] - 1
        return None
