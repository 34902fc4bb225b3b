"""The items of one streamed response: which one an event is about, and what is told of them."""

from __future__ import annotations

from typing import Any

from tooltrace.core.model.ports import Delta, OnDelta
from tooltrace.models.wire.responses.stream_item import Place, StreamItem

__all__ = ["StreamItems"]


class StreamItems:
    """The items in the order in which they began.

    An event names its item by id and by place in the output; some servers get one of the two wrong,
    so the id counts where it is known. ``heard`` is told of each piece of text once.
    """

    def __init__(self, heard: OnDelta | None) -> None:
        self.all: list[StreamItem] = []
        self._heard = heard
        self._by_id: dict[str, StreamItem] = {}
        self._by_place: dict[int, StreamItem] = {}
        self._blocks: dict[tuple[int, int], int] = {}

    def find(self, event: dict[str, Any], name: object) -> StreamItem | None:
        """The item of this id, or else the last one at the place that the event names."""
        known = self._by_id.get(name) if isinstance(name, str) else None
        place = event.get("output_index")
        return known or (self._by_place.get(place) if type(place) is int else None)

    def open(self, event: dict[str, Any], fields: dict[str, Any]) -> StreamItem | None:
        """A new item that began as these fields; None if that one has begun already."""
        name, place = fields.get("id"), event.get("output_index")
        if isinstance(name, str) and name in self._by_id:
            return None
        item = StreamItem(fields)
        self.all.append(item)
        if isinstance(name, str):
            self._by_id[name] = item
        if type(place) is int:
            self._by_place[place] = item
        if item.kind != "text":
            self.tell(item, ("", 0), "")
        return item

    def call(self, name: object) -> StreamItem | None:
        """The call of this id; the one that is in doubt, if several have it."""
        calls = [item for item in self.all if item.field and item.fields.get("call_id") == name]
        return next((item for item in calls if item.wrong), None)

    def compare(self, output: list[Any]) -> None:
        """Doubt every call that is not in the output as it came."""
        left = [item for item in output if isinstance(item, dict)]
        for item in self.all:
            if item.field is None:
                continue
            same = [one for one in left if one.get("call_id") == item.fields.get("call_id")]
            if not same:
                item.doubt("it is not in the response in the end")
            else:
                item.compare(same[0])
                left.remove(same[0])

    def text(self, item: StreamItem, place: Place, more: str) -> None:
        """More text of an item."""
        item.add(place, more)
        self.tell(item, place, more)

    def whole(self, item: StreamItem, place: Place, text: str) -> None:
        """All the text of a place: what of it did not come in pieces is told now."""
        came = item.came(place)
        if text.startswith(came) and len(text) > len(came):
            self.tell(item, place, text[len(came) :])

    def tell(self, item: StreamItem, place: Place, text: str) -> None:
        """Tell of a piece. Each part of a message is a block, any other item is one."""
        if self._heard is None:
            return
        part = place[1] if item.kind == "text" else 0
        block = self._blocks.setdefault((id(item), part), len(self._blocks))
        if item.kind == "thinking" and text and item.apart(place):
            text = "\n\n" + text
        name = item.kind if item.kind in ("text", "thinking") else item.name
        self._heard(Delta(block, item.kind, text, name))
