"""One item of a streamed response, from the event that adds it to the one that says it is done.

Text is collected in parts and joined when it is read, so that a long item costs what is new. What
came in parts and what is said at the end have to be the same for a call, since it is acted on; for
text the end counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from tooltrace.core.text.sanitize import clip, one_line

__all__ = ["Place", "StreamItem"]

Place = tuple[str, int]
"""A field of an item (``content``, ``summary``, ``arguments``, ``input``) and which part of it."""

Kind = Literal["text", "thinking", "input", "other"]

_CALLS = {"function_call": "arguments", "custom_tool_call": "input"}
_KINDS: dict[object, Kind] = {
    "message": "text",
    "reasoning": "thinking",
    "function_call": "input",
    "custom_tool_call": "input",
}


class StreamItem:
    """An item that began as ``fields``; ``wrong`` says why it is no call, if it is one.

    ``field`` is where the text of a call's input stands; ``name`` is its tool, or the type of what
    is no call.
    """

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields
        self.open = True
        self.wrong: str | None = None
        kind = fields.get("type")
        self.kind: Kind = _KINDS.get(kind, "other") if isinstance(kind, str) else "other"
        self.field = _CALLS.get(kind) if isinstance(kind, str) else None
        name = fields.get("name") if self.field else kind
        self.name = name if isinstance(name, str) else ""
        self._parts: dict[Place, dict[str, Any]] = {}
        self._came: dict[Place, list[str]] = {}
        self._last: Place | None = None

    def part(self, place: Place, part: dict[str, Any]) -> None:
        """A part began, or ended, as this."""
        self._parts[place] = part

    def begin(self, place: Place, kind: str) -> None:
        """A part of this type has text, whether or not it was said to begin."""
        self._parts.setdefault(place, {"type": kind})

    def add(self, place: Place, text: str) -> None:
        """More text of a part."""
        self._came.setdefault(place, []).append(text)

    def came(self, place: Place) -> str:
        """What came of a part in pieces."""
        return "".join(self._came.get(place, ()))

    def apart(self, place: Place) -> bool:
        """Whether another part than this was told of before; from now on it was this one."""
        last, self._last = self._last, place
        return last is not None and last != place

    def doubt(self, why: str) -> None:
        """Its input, if it has one, is wrong for this reason, whatever else comes of it."""
        if self.field and self.wrong is None:
            name = clip(one_line(self.name), 60)
            self.wrong = f"the input of tool call {name} may not be all of it: {why}"

    def told(self, place: Place, text: str) -> None:
        """All the text of a part, as an event says that it is."""
        if place[0] == self.field and place in self._came and self.came(place) != text:
            self.doubt("it came twice, and not the same")
        else:
            self._came[place] = [text]

    def close(self, fields: dict[str, Any]) -> None:
        """The item as it is in the end."""
        self.compare(fields)
        self.fields, self.open = fields, False

    def compare(self, fields: dict[str, Any]) -> None:
        """Doubt a call that is said to be another one than the one that came."""
        if self.field is None:
            return
        begun = self.fields.get(self.field)
        came = self.came((self.field, 0)) or (begun if isinstance(begun, str) else "")
        if came and came != fields.get(self.field):
            self.doubt("it came twice, and not the same")
        for name in ("type", "name", "call_id"):
            if self.fields.get(name) != fields.get(name):
                self.doubt(f"its {name} came twice, and not the same")

    def value(self) -> dict[str, Any]:
        """The item as far as it came; one that is not done says that it is in progress."""
        if not self.open:
            return self.fields
        made = {**self.fields, "status": "in_progress"}
        if self.field is not None:
            return {**made, self.field: self.came((self.field, 0))}
        for name in ("content", "summary"):
            places = sorted({p for p in (*self._parts, *self._came) if p[0] == name})
            if places:
                made[name] = [self._as_part(place) for place in places]
        return made

    def _as_part(self, place: Place) -> dict[str, Any]:
        part = self._parts.get(place, {})
        if place not in self._came:
            return part
        field = "refusal" if part.get("type") == "refusal" else "text"
        return {**part, field: self.came(place)}

    def texts(self, fields: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
        """Every text of the item as it is in the end, with its place."""
        if self.field is not None:
            said = fields.get(self.field)
            if isinstance(said, str):
                yield (self.field, 0), said
            return
        # Of thoughts that were summed up, the sum is what is shown.
        summed = self.kind == "thinking" and bool(fields.get("summary"))
        name = "summary" if summed else "content"
        parts = fields.get(name)
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            text = part.get("text", part.get("refusal")) if isinstance(part, dict) else None
            if isinstance(text, str):
                yield (name, index), text
