"""The conversation pane's items: what is on the way, what is recorded ahead, what comes next.

Items follow the path in time that grows with what is new. An item is replaced when its record is
passed by the head, never changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tooltrace.core.decide.next_action import AwaitUser, RunTools, asks_model
from tooltrace.core.fold.rewritten import RewrittenMessages
from tooltrace.core.fold.steps import common, place_of
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import ModelFailed
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.debugger.edit.request_cost import edit_cost, pending_edit
from tooltrace.debugger.run.partial_reply import PartialBlock
from tooltrace.debugger.view import View
from tooltrace.tui.rows.conversation.entry import Entry, Part, Place
from tooltrace.tui.rows.conversation.records import entries
from tooltrace.tui.rows.conversation.reply_entries import arguments_part
from tooltrace.tui.rows.conversation.rewritten import rewritten_entries
from tooltrace.tui.rows.labels import DOUBT, NEXT, RUNS, SAID, happens_next, in_flight
from tooltrace.tui.rows.lines import Line, Span

__all__ = ["PENDING", "ConversationRows", "pending"]

_ARRIVES = {"text": "…", "thinking": "thinking …", "input": "ƒ calling", "other": "…"}
_LAST_LINES, _LAST_CHARS = 12, 1500

PENDING = -1
"""The key of what stands below the last record."""


class ConversationRows:
    """Builds the items for one view after another; ``items`` is one list that changes in place.

    ``window`` are the places on the path that are shown, where not all are.
    """

    def __init__(self, window: range | None = None) -> None:
        self._window = window
        self.items: list[Entry] = []
        self._tree: Tree | None = None
        self._path: Sequence[int] = ()
        self._starts: list[int] = [0]
        self._past = 0
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
        del self._starts[same + 1 :], self.items[self._starts[-1] :]
        keep = len(self.items)
        self._tree, self._path = view.tree, view.path
        keep = self._star(view.tree, same, view.bookmarks, keep)
        for place in range(same, len(view.path)):
            if self._window is None or place in self._window:
                self._append(view.tree, view.path[place], place > here)
            else:
                self._starts.append(len(self.items))
        keep = self._place(keep, here)
        if self._at_tip:
            self.items += [self._as_left(entry) for entry in pending(view, _cost(view))]
        return self.items, keep

    def arriving(self, view: View, blocks: Sequence[PartialBlock]) -> tuple[Sequence[Entry], int]:
        """The items with the reply that is on its way below them; as ``update``."""
        keep = self._starts[-1]
        self.items[keep:] = [*map(_block, range(len(blocks)), blocks), *pending(view)]
        return self.items, keep

    def _star(self, tree: Tree, same: int, stars: Mapping[int, str], keep: int) -> int:
        """Follow the bookmarks among what is kept; how much of it is as before."""
        old, self._stars = self._stars, stars
        if old is stars:
            return keep
        for record_id in {record_id for record_id, _ in old.items() ^ stars.items()}:
            place = tree.depth(record_id) if record_id in tree else same
            if place < same and self._path[place] == record_id:
                index = self._starts[place]
                if index < self._starts[place + 1] and self.items[index].key == record_id:
                    self.items[index] = self.items[index].starred(stars.get(record_id))
                    keep = min(keep, index)
        return keep

    def _append(self, tree: Tree, record_id: int, ahead: bool) -> None:
        record, rewritten = tree[record_id], self._rewritten.now.get(record_id)
        shown = (
            entries(tree, record)
            if rewritten is None
            else rewritten_entries(tree, record, rewritten)
        )
        for entry in shown:
            entry = self._as_left(entry).starred(self._stars.get(entry.key))
            self.items.append(entry.at("ahead") if ahead else entry)
        self._starts.append(len(self.items))

    def _as_left(self, entry: Entry) -> Entry:
        return entry.toggled() if entry.key in self._open else entry

    def _place(self, keep: int, here: int) -> int:
        """Put what lies between the old head and the new one on its side; how many were kept.

        The head itself is marked only inside a recording: at the tip, what comes next stands there.
        """
        items, past, was_past = self.items, self._starts[here + 1], self._past
        low, high = min(past, was_past, keep), min(max(past, was_past), keep)
        moved = set(range(low, high))
        if not self._at_tip:
            moved.add(was_past - 1)
        self._past, self._at_tip = past, here == len(self._path) - 1
        mark = -1 if self._at_tip else past - 1
        moved.add(mark)
        for index in moved:
            if 0 <= index < len(items):
                place: Place = "past" if index < past else "ahead"
                items[index] = items[index].at("here" if index == mark else place)
        return min(index for index in (keep, *moved) if index >= 0)

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
        index = self._starts[place_of(self._tree, self._path, record_id) + 1] - 1
        return index if index >= 0 else None


def _cost(view: View) -> str:
    """What an edit costs that the next request reads; empty where nothing is lost."""
    if view.running or not asks_model(view.action) or not pending_edit(view.tree, view.head):
        return ""
    return str(edit_cost(view.tree, view.head))


def pending(view: View, cost: str = "") -> list[Entry]:
    """What stands below the last record: what runs, what comes next, or what is asked of you.

    ``cost`` is that of an edit which the next request reads.
    """
    s = view.snapshot
    if view.running:
        what = "n asks again now · p stops" if view.retry is not None else _running(s)
        return [_entry(s, (f"  {RUNS} {what}", "warn"))]
    said = view.stop.text if view.stop.kind in ("confirm", "divergence", "error") else ""
    below = (Part(said, "warn"),) if said else ()
    match view.action:
        case AwaitUser(why="finished"):
            return []
        case AwaitUser(why="unknown_outcome", text=text, call=ref):
            advice = Part("S: type its result · R: make it again · N: go back", "dim")
            line: Line = ((f"  {DOUBT} {text}", "warn"),)
            return [Entry(PENDING, s.at, line, (advice, *below), ref, wraps=True)]
        case AwaitUser(why="input") if view.replaying:
            return [_entry(s, (f"{NEXT} before {SAID}", "key"), parts=below)]
        case AwaitUser(why="model_failed" | "incomplete"):
            advice = Part(_after_failure(view), "dim")
            return [_entry(s, (f"{NEXT} waiting for you", "key"), parts=(advice, *below))]
        case AwaitUser(text=text):
            return [_entry(s, (f"{NEXT} waiting for you: ", "key"), (text, "strong"), parts=below)]
        case RunTools(levels=levels) as action:
            first, many = levels[0][0], len(levels[0]) > 1
            # Right below its own call, the arguments would only be there twice.
            seen = many or first.ref.reply == s.at
            parts = () if seen else arguments_part(first.arguments, 4)
            together: Line = ((" side by side", "dim"),) if many else ()
            name = (happens_next(action, s), "tool")
            heading: Line = ((f"  {NEXT} before ", "key"), name, *together)
            return [Entry(PENDING, s.at, heading, (*parts, *below), first.ref, wraps=True)]
        case action:
            lost = (Part(cost, "warn"),) if cost else ()
            what = f"{NEXT} before {happens_next(action, s)}"
            return [_entry(s, (what, "key"), parts=(*lost, *below))]


def _block(index: int, block: PartialBlock) -> Entry:
    """A block that is not complete: its end is what is new, so that is what is shown."""
    heading: Line = (
        ("assistant ", "assistant") if block.kind == "text" else ("  ", ""),
        (_ARRIVES.get(block.kind, block.kind), "dim"),
        (f" {block.name}" if block.kind in ("input", "other") else "", "tool"),
        (f" · {block.size:,} characters", "dim"),
    )
    cut = "… " if block.size > len(block.tail) else ""
    style = "result" if block.kind == "input" else "dim" if block.kind == "thinking" else "text"
    lines = (cut + block.tail).split("\n")[-_LAST_LINES:]
    text = "\n".join(lines)[-_LAST_CHARS:]
    parts = (Part(text, style, most=_LAST_LINES),) if text else ()
    return Entry(PENDING - 1 - index, 0, heading, parts, selectable=False)


def _entry(s: Snapshot, *heading: Span, parts: tuple[Part, ...] = ()) -> Entry:
    return Entry(PENDING, s.at, heading, parts, wraps=True)


def _after_failure(view: View) -> str:
    event = view.tree[view.head].event
    match event.status if isinstance(event, ModelFailed) else None:
        case 401 | 403:
            return "check the API key in ANTHROPIC_API_KEY · then n asks again"
        case 400 | 404 | 413 | 422:
            return "the request was refused: N goes back, e edits what is in it · n asks again"
        case _:
            return "n asks again · N goes back"


def _running(s: Snapshot) -> str:
    calls = in_flight(s)
    if calls:
        return f"running {calls} · esc esc gives it up"
    return "asking the model · esc esc cuts it off" if s.awaiting_model else "running"
