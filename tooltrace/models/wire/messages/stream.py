"""A message put together from the events of its stream, and the verdict whether it is whole.

The events are read as raw JSON, never through model classes, which lose what they do not know and
hand out half a tool input as if it were all of it. A message counts only once ``message_stop`` came
after blocks that were all closed; whatever goes against that breaks it, and what came is kept.

Deltas and events that are not known here are kept as they came, under ``unknown_events`` of the
message: to guess where they belong would change what is sent back.
"""

from __future__ import annotations

from typing import Any

from tooltrace.core.fold.reply_check import broken
from tooltrace.core.model.ports import Delta, OnDelta
from tooltrace.core.text.exact_json import loads, plain
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.models.wire.errors import quoted
from tooltrace.models.wire.messages.block import ContentBlock
from tooltrace.models.wire.messages.content import reply_came
from tooltrace.models.wire.messages.reply import as_message, passing
from tooltrace.models.wire.verdict import StreamVerdict

__all__ = ["MessageStream"]


class _Odd(Exception):
    """An event that does not fit; the text says why."""


class MessageStream(StreamVerdict):
    """Takes the events of one stream in order; see ``ReplyStream``."""

    def __init__(self, heard: OnDelta | None = None) -> None:
        super().__init__()
        self._heard = heard
        self._message: dict[str, Any] | None = None
        self._blocks: dict[int, ContentBlock] = {}
        self._unknown: list[Any] = []
        self._early: dict[int, str] = {}

    def take(self, name: str, data: bytes) -> None:
        """One more event. What cannot be right ends the stream as broken; nothing is raised."""
        if self.over or not data:
            return None
        self.events += 1
        try:
            event = loads(data, once=b'"tool_use"' in data or b'"input_json_delta"' in data)
        except ValueError as error:
            return self._break(f"event {self._at(name)} is not valid JSON: {error}")
        if not isinstance(event, dict):
            return self._break(f"event {self._at(name)} is not an object")
        kind = event.get("type")
        if name == "error" or not isinstance(kind, str):
            kind = name
        self.idle = self.idle and kind == "ping"
        try:
            self._event(kind, event)
        except _Odd as odd:
            self._break(f"event {self._at(kind)}: {odd}")
        return None

    def end(self) -> None:
        """The stream ended where it was not cut."""
        if not self.over:
            self._break("the stream ended without message_stop")

    def message(self) -> dict[str, Any] | None:
        """The message as far as it came; None before it began.

        The input of a tool call that did not come whole is no input: its text is in
        ``partial_json`` instead.
        """
        if self._message is None:
            return None
        content = [self._blocks[index].value() for index in sorted(self._blocks)]
        more = {"unknown_events": self._unknown} if self._unknown else {}
        return reply_came({**self._message, "content": content, **more})

    def _event(self, kind: str, event: dict[str, Any]) -> None:
        match kind:
            case "content_block_delta":
                self._delta(event)
            case "content_block_start":
                self._block_start(event)
            case "content_block_stop":
                self._block(event).close()
            case "message_start":
                self._start(event)
            case "message_delta":
                self._message_delta(event)
            case "message_stop":
                self._stop()
            case "error":
                self._error(event)
            case "ping":
                pass
            case _:
                self._unknown.append(event)
                self._doubt(kind, event.get("index"))

    def _doubt(self, kind: str, index: object) -> None:
        """What is not known here may belong to the input of the block that it names."""
        why = f"an event of unknown kind, {clip(one_line(kind), 60)}, came with it"
        if type(index) is not int:
            return
        if index in self._blocks:
            self._blocks[index].doubt(why)
        else:
            self._early[index] = why

    def _start(self, event: dict[str, Any]) -> None:
        message = event.get("message")
        if self._message is not None:
            raise _Odd("the message had begun already")
        if not isinstance(message, dict) or not isinstance(message.get("content"), list):
            raise _Odd("there is no message in it")
        self._message = message
        for index, block in enumerate(message["content"]):
            if not isinstance(block, dict):
                raise _Odd(f"content block {index} is not an object")
            self._blocks[index] = ContentBlock(block)
            self._blocks[index].close()

    def _begun(self) -> dict[str, Any]:
        if self._message is None:
            raise _Odd("it came before message_start")
        return self._message

    def _block_start(self, event: dict[str, Any]) -> None:
        self._begun()
        index, block = event.get("index"), event.get("content_block")
        if type(index) is not int or index < 0 or not isinstance(block, dict):
            raise _Odd("there is no content block in it")
        if index in self._blocks:
            raise _Odd(f"content block {index} had begun already")
        begun = self._blocks[index] = ContentBlock(block)
        if index in self._early:
            begun.doubt(self._early[index])
        if self._heard is not None:
            self._heard(Delta(index, begun.kind, begun.text, begun.name))

    def _block(self, event: dict[str, Any]) -> ContentBlock:
        index = event.get("index")
        block = self._blocks.get(index) if type(index) is int else None
        if block is None or not block.open:
            raise _Odd("its content block is not open")
        return block

    def _delta(self, event: dict[str, Any]) -> None:
        block, delta = self._block(event), event.get("delta")
        if not isinstance(delta, dict):
            raise _Odd("there is no delta in it")
        try:
            more = block.add(delta)
        except ValueError as error:
            raise _Odd(str(error)) from error
        if more is None:
            self._unknown.append(event)
        elif more and self._heard is not None:
            self._heard(Delta(event["index"], block.kind, more, block.name))

    def _message_delta(self, event: dict[str, Any]) -> None:
        message = self._begun()
        delta, usage = event.get("delta"), event.get("usage")
        if not isinstance(delta, dict):
            raise _Odd("there is no delta in it")
        message.update(delta)
        if isinstance(usage, dict):
            # Counts are totals up to now; one that is null has not changed.
            known = message.get("usage")
            counted = dict(known) if isinstance(known, dict) else {}
            counted |= {k: v for k, v in usage.items() if v is not None or k not in counted}
            message["usage"] = counted
            self.counted = self.counted or usage.get("output_tokens") is not None
        message.update({k: v for k, v in event.items() if k not in ("type", "delta", "usage")})

    def _stop(self) -> None:
        message = self._begun()
        self.over = True
        for index in sorted(self._blocks):
            block = self._blocks[index]
            if block.open:
                return self._break(f"content block {index} ({block.name}) was not closed")
            if block.wrong:
                return self._not_whole(block.wrong, message.get("stop_reason"))
        try:
            why = broken(as_message(self.message()))
        except ValueError as error:
            return self._break(str(error))
        return self._break(why) if why else None

    def _error(self, event: dict[str, Any]) -> None:
        error = event.get("error")
        told = error if isinstance(error, dict) else event
        kind, said = told.get("type"), told.get("message")
        what = clip(kind, 60) if isinstance(kind, str) and told is error else "an error"
        more = f": {quoted(said)}" if isinstance(said, str) and said.strip() else ""
        retryable = passing(kind)
        if not more and told is event and len(event) > ("type" in event):
            more = f": {quoted(plain(event))}"
        advice = "see what the server says" if more and not retryable else "ask again"
        more = more or ", and said no more"
        self._break(f"the server broke it off with {what}{more}", retryable, advice)
