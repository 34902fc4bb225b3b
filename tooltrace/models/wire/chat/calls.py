"""The tool calls of a streamed completion, put together from their deltas.

A delta belongs to the call of its ``index``. Some servers leave that out (ollama/ollama#7881,
openai/openai-python#2806), some give all calls the same; some repeat id and name in every delta,
some make up another id for each. So a call begins with an id and a name that are not those of the
call before; where that cannot be told, what comes of it is no JSON, and never runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tooltrace.core.text.exact_json import plain
from tooltrace.models.wire.merge import merged

__all__ = ["CallDeltas", "StreamedCall"]


class StreamedCall:
    """A call as far as it came; ``place`` is its own among the calls of the reply."""

    def __init__(self, place: int, index: object) -> None:
        self.place = place
        self.index = index
        self.id = ""
        self.name = ""
        self._fields: dict[str, Any] = {}
        self._named: dict[str, Any] = {}
        self._texts: list[str] = []
        self._written = "function", "arguments"

    def add(self, delta: Mapping[str, Any]) -> str:
        """Take a delta: what it adds to the arguments. Raises ValueError when it does not fit."""
        kind = "custom" if isinstance(delta.get("custom"), dict) else "function"
        named: Any = delta.get(kind)
        fields = dict(named) if isinstance(named, dict) else {}
        text = "arguments" if kind == "function" else "input"
        name, more = fields.pop("name", None), fields.pop(text, None)
        if isinstance(name, str) and name:
            if self.name not in ("", name):
                raise ValueError("a tool call has two names")
            self.name = name
        ident = delta.get("id")
        if isinstance(ident, str) and not self.id:
            self.id = ident
        told = ("id", "index", kind)
        others = {key: value for key, value in delta.items() if key not in told}
        self._fields = merged(self._fields, others, joined=True)
        self._named = merged(self._named, fields, joined=True)
        if named is not None:
            self._written = kind, text
        piece = plain(more) if isinstance(more, dict) else more
        if not isinstance(piece, str):
            return ""
        self._texts.append(piece)
        return piece

    def value(self) -> dict[str, Any]:
        """The call as it stands in a completion."""
        kind, text = self._written
        named = {**self._named, "name": self.name, text: "".join(self._texts)}
        return {"id": self.id, **self._fields, kind: named}


class CallDeltas:
    """Takes the deltas of the calls of one choice, in order."""

    def __init__(self) -> None:
        self.calls: list[StreamedCall] = []

    def add(self, delta: Mapping[str, Any]) -> tuple[StreamedCall, str, bool]:
        """The call that a delta belongs to, what it adds to it, and whether it began with it."""
        call = self._belongs(delta)
        begun = call is None
        if call is None:
            call = StreamedCall(len(self.calls), delta.get("index"))
            self.calls.append(call)
        return call, call.add(delta), begun

    def _belongs(self, delta: Mapping[str, Any]) -> StreamedCall | None:
        index, ident = delta.get("index"), delta.get("id")
        named = delta.get("function") or delta.get("custom")
        name = named.get("name") if isinstance(named, dict) else None
        calls = self.calls
        if type(index) is int:
            calls = [call for call in calls if call.index == index]
        elif ident and (same := [call for call in calls if call.id == ident]):
            calls = same
        if not calls:
            return None
        last = calls[-1]
        other = bool(ident and last.id and ident != last.id)
        if name and (other or (type(index) is not int and not ident and last.name)):
            return None
        return last
