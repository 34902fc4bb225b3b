"""One choice of a streamed completion: what was thought and said, the calls, why it stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tooltrace.core.model.ports import Delta
from tooltrace.models.wire.chat.calls import CallDeltas
from tooltrace.models.wire.merge import merged

__all__ = ["StreamedChoice"]

_TEXTS = {
    "reasoning_content": "thinking",
    "reasoning": "thinking",
    "content": "text",
    "refusal": "text",
}


class StreamedChoice:
    """Takes the deltas of one choice; ``finished`` once it said why it stopped."""

    def __init__(self) -> None:
        self.finished = False
        self._fields: dict[str, Any] = {}
        self._message: dict[str, Any] = {}
        self._texts: dict[str, list[str]] = {}
        self._calls = CallDeltas()
        self._function = CallDeltas()
        self._places: dict[object, int] = {}

    def take(self, choice: Mapping[str, Any]) -> Iterator[Delta]:
        """One more piece. Raises ValueError when it does not fit."""
        fields = {key: value for key, value in choice.items() if key not in ("delta", "message")}
        self._fields = merged(self._fields, fields, joined=False)
        finish = choice.get("finish_reason")
        self.finished = self.finished or (isinstance(finish, str) and finish != "")
        delta = choice.get("delta")
        if isinstance(delta, dict):
            yield from self._delta(delta)

    def _delta(self, delta: dict[str, Any]) -> Iterator[Delta]:
        rest = dict(delta)
        heard = ""
        for name, kind in _TEXTS.items():
            if isinstance(text := rest.get(name), str):
                self._texts.setdefault(name, []).append(rest.pop(name))
                # Some servers say what they think under both names.
                if text and not (kind == "thinking" and heard == text):
                    heard = text
                    yield Delta(self._place(kind), kind, text, kind)  # type: ignore[arg-type]
        calls = rest.pop("tool_calls", None)
        for one in calls if isinstance(calls, list) else ():
            if not isinstance(one, dict):
                raise ValueError("a tool call is not an object")
            yield from self._called(self._calls, one)
        if isinstance(function := rest.pop("function_call", None), dict):
            yield from self._called(self._function, {"function": function, "index": 0})
        self._message = merged(self._message, rest, joined=True)

    def _called(self, calls: CallDeltas, delta: Mapping[str, Any]) -> Iterator[Delta]:
        call, text, begun = calls.add(delta)
        if begun or text:
            place = self._place((id(calls), call.place))
            if begun:
                yield Delta(place, "input", "", call.name)
            if text:
                yield Delta(place, "input", text, call.name)

    def _place(self, of: object) -> int:
        return self._places.setdefault(of, len(self._places))

    def value(self) -> dict[str, Any]:
        """The choice as it stands in a completion."""
        message: dict[str, Any] = {"role": "assistant", "content": None, **self._message}
        for name, texts in self._texts.items():
            began = message.get(name)
            text = "".join(texts)
            parts = began if isinstance(began, list) else None
            message[name] = text if parts is None else [*parts, {"type": "text", "text": text}]
        if self._calls.calls:
            message["tool_calls"] = [call.value() for call in self._calls.calls]
        for call in self._function.calls:
            message["function_call"] = call.value()["function"]
        return {**self._fields, "message": message}
