"""A completion put together from its chunks, and the verdict whether it is whole.

Source: ``_streaming.py`` and ``types/chat/chat_completion_chunk.py`` of the official SDK (openai
3.57). Each event is a chunk; the last says ``[DONE]``, which some servers leave out. A reply is
whole once its choice said why it stopped and the stream came to its end. Usage comes in a chunk of
its own, whose choices are empty, or null (vLLM). An object with ``error`` in it is an error in
mid-stream, under a status of 200 (openrouter.ai, "Errors and Debugging").
"""

from __future__ import annotations

from typing import Any

from tooltrace.core.fold.reply_check import broken
from tooltrace.core.model.ports import OnDelta
from tooltrace.core.text.exact_json import loads, plain
from tooltrace.models.wire.chat.choice import StreamedChoice
from tooltrace.models.wire.chat.reply import read_error, read_reply
from tooltrace.models.wire.errors import words
from tooltrace.models.wire.form import WireError
from tooltrace.models.wire.verdict import StreamVerdict

__all__ = ["ChatStream"]

_CALLS = (b'"tool_calls"', b'"function_call"')


class ChatStream(StreamVerdict):
    """Takes the chunks of one streamed completion, in order; see ``ReplyStream``."""

    def __init__(self, heard: OnDelta | None = None) -> None:
        super().__init__()
        self._heard = heard
        self._body: dict[str, Any] = {}
        self._choices: dict[int, StreamedChoice] = {}

    def take(self, name: str, data: bytes) -> None:
        """One more event. What cannot be right ends the stream as broken; nothing is raised."""
        if self.over or not data.strip():
            return
        self.events += 1
        self.idle = False
        if data.startswith(b"[DONE]"):
            self.end()
            return
        try:
            self._chunk(name, data)
        except ValueError as error:
            self._break(f"event {self._at(name)} {error}")

    def end(self) -> None:
        """The stream ended where it was not cut."""
        if self.over:
            return
        self.over = True
        if not self._finished:
            self._break("the stream ended before the reply did")
            return
        try:
            reply = read_reply(self._completion())
        except ValueError as error:
            self._break(str(error))
            return
        if why := broken(reply):
            self._not_whole(why, reply.get("stop_reason"))

    def message(self) -> dict[str, Any] | None:
        """The reply as far as it came; None before it began. See ``ReplyStream``."""
        if not self._choices:
            return None
        try:
            reply = read_reply(self._completion())
        except ValueError:
            return None
        if not self._finished:
            reply["content"] = [_open(block) for block in reply["content"]]
        return reply

    @property
    def _finished(self) -> bool:
        return 0 in self._choices and self._choices[0].finished

    def _chunk(self, name: str, data: bytes) -> None:
        try:
            chunk = loads(data, once=any(word in data for word in _CALLS))
        except ValueError as wrong:
            raise ValueError(f"is not valid JSON: {wrong}") from wrong
        if not isinstance(chunk, dict):
            raise ValueError("is not an object")
        error = read_error(500 if name == "error" else 200, chunk)
        if error is not None:
            self._failed(error)
            return
        choices = chunk.pop("choices", None)
        told = {key: value for key, value in chunk.items() if value is not None}
        self._body = {**chunk, **self._body, **told}
        for choice in choices if isinstance(choices, list) else ():
            self._choice(choice)
        usage = chunk.get("usage")
        if isinstance(usage, dict) and usage.get("completion_tokens") is not None:
            self.counted = self._finished

    def _choice(self, choice: object) -> None:
        if not isinstance(choice, dict):
            raise ValueError("has a choice that is not an object")
        index = choice.get("index")
        place = index if type(index) is int else 0
        try:
            for delta in self._choices.setdefault(place, StreamedChoice()).take(choice):
                if place == 0 and self._heard is not None:
                    self._heard(delta)
        except ValueError as error:
            raise ValueError(f"does not fit: {error}") from error

    def _completion(self) -> dict[str, Any]:
        kind = self._body.get("object")
        named = {"object": kind.removesuffix(".chunk")} if isinstance(kind, str) else {}
        choices = [self._choices[place].value() for place in sorted(self._choices)]
        return {**self._body, **named, "choices": choices}

    def _failed(self, error: WireError) -> None:
        advice = "ask again" if error.retryable else "see what the server says"
        self._break(f"the server broke it off with {words(error)}", error.retryable, advice)


def _open(block: dict[str, Any]) -> dict[str, Any]:
    """A block of a reply that is not whole: what there is of the input of a call is its text."""
    if "input" not in block:
        return block
    made = {key: value for key, value in block.items() if key != "input"}
    return {**made, "partial_json": plain(block["input"])}
