"""A response put together from the events of its stream, and the verdict whether it is whole.

The events are those of ``openai/types/responses/response_stream_event.py`` in the official Python
SDK, 3.57.0 (developers.openai.com/api/reference/resources/responses/streaming-events). A response
counts only once ``response.completed`` or ``response.incomplete`` came, which has all of it. Some
servers leave the output out there: then it is what the items were when they were done. Calls have
to be the same in both. Events that are not known here are kept under ``unknown_events`` of the
reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tooltrace.core.fold.reply_check import broken
from tooltrace.core.model.ports import OnDelta
from tooltrace.core.text.exact_json import loads
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.models.wire.openai_error import stream_error
from tooltrace.models.wire.responses.reply import read_reply
from tooltrace.models.wire.responses.stream_item import StreamItem
from tooltrace.models.wire.responses.stream_items import StreamItems
from tooltrace.models.wire.verdict import StreamVerdict

__all__ = ["ResponsesStream"]

_ALIVE = {"ping", "keepalive", "response.heartbeat"}
_TEXTS = {
    "response.output_text": ("content", "content_index", "text", "output_text"),
    "response.refusal": ("content", "content_index", "refusal", "refusal"),
    "response.reasoning_text": ("content", "content_index", "text", "reasoning_text"),
    "response.reasoning_summary_text": ("summary", "summary_index", "text", "summary_text"),
    "response.function_call_arguments": ("arguments", "", "arguments", ""),
    "response.custom_tool_call_input": ("input", "", "input", ""),
}
"""By the name of an event without ``.delta`` or ``.done``: the field that it is about, what says
which part, what has all the text, and the type of the part."""

_PARTS = {
    "response.content_part": ("content", "content_index"),
    "response.reasoning_summary_part": ("summary", "summary_index"),
}
_IN_THE_ITEM = (
    "response.web_search_call.",
    "response.file_search_call.",
    "response.code_interpreter_call",
    "response.image_generation_call.",
    "response.mcp_",
    "response.shell_call_",
    "response.output_text.annotation.",
    "response.audio.",
    "response.compaction.",
)
"""How events begin of which all that counts is in the item when it is done."""


class _Odd(Exception):
    """An event that does not fit; the text says why."""


class ResponsesStream(StreamVerdict):
    """Takes the events of one stream in order; see ``ReplyStream``."""

    def __init__(self, heard: OnDelta | None = None) -> None:
        super().__init__()
        self._items = StreamItems(heard)
        self._response: dict[str, Any] | None = None
        self._output: list[Any] | None = None
        self._unknown: list[Any] = []

    def take(self, name: str, data: bytes) -> None:
        """One more event. What cannot be right ends the stream as broken; nothing is raised."""
        if self.over or not data:
            return None
        self.events += 1
        if data == b"[DONE]":
            return self.end()
        try:
            event = loads(data, once=b"_call" in data)
        except ValueError as error:
            return self._break(f"event {self._at(one_line(name))} is not valid JSON: {error}")
        if not isinstance(event, dict):
            return self._break(f"event {self._at(one_line(name))} is not an object")
        kind = event.get("type")
        if name == "error" or not isinstance(kind, str):
            # Gateways break off with the body of an error, which has no type of its own.
            kind = name or ("error" if event.get("error") else "")
        self.idle = self.idle and kind in _ALIVE
        try:
            self._event(kind, event)
        except _Odd as odd:
            self._break(f"event {self._at(one_line(kind))}: {odd}")
        return None

    def end(self) -> None:
        """The stream ended where it was not cut."""
        if not self.over:
            self._break("the stream ended without response.completed")

    def message(self) -> dict[str, Any] | None:
        """The reply as far as it came; None before it began.

        The input of a call that did not come whole is no input: its text is in ``partial_json``
        instead. A reply that did not come to its end has no ``stop_reason``.
        """
        if self._response is None:
            return None
        response = self._response
        if self._output is None:
            output = [item.value() for item in self._items.all]
            response = {**response, "status": "in_progress", "output": output}
        reply = read_reply(response)
        reply["content"] = [self._doubted(block) for block in reply["content"]]
        return {**reply, "unknown_events": self._unknown} if self._unknown else reply

    def _doubted(self, block: dict[str, Any]) -> dict[str, Any]:
        """A call without its input, if that may not be all of it."""
        item = self._items.call(block.get("id")) if block.get("type") == "tool_use" else None
        if item is None or item.wrong is None:
            return block
        bare = {key: value for key, value in block.items() if key != "input"}
        return {**bare, "partial_json": item.value().get(item.field or "", "")}

    def _event(self, kind: str, event: dict[str, Any]) -> None:
        about, _, what = kind.rpartition(".")
        match kind:
            case "response.created" | "response.in_progress" | "response.queued":
                self._begin(event)
            case "response.output_item.added":
                self._added(event)
            case "response.output_item.done":
                self._done(event)
            case "response.completed" | "response.incomplete":
                self._finish(event)
            case "response.failed":
                self._fail(event)
            case "error":
                self._error(event)
            case _ if about in _TEXTS and what in ("delta", "done"):
                self._text(about, what, event)
            case _ if about in _PARTS and what in ("added", "done"):
                self._part(about, what, event)
            case _ if kind not in _ALIVE and not kind.startswith(_IN_THE_ITEM):
                self._unknown.append(event)
                item = self._items.find(event, event.get("item_id"))
                if item is not None:
                    what = clip(one_line(kind), 60)
                    item.doubt(f"an event of unknown kind, {what}, came with it")

    def _begin(self, event: dict[str, Any]) -> None:
        response = event.get("response")
        if not isinstance(response, dict):
            raise _Odd("there is no response in it")
        if self._items.all:
            raise _Odd("the response had begun already")
        self._response = response

    def _added(self, event: dict[str, Any]) -> StreamItem:
        fields = event.get("item")
        if self._response is None:
            raise _Odd("it came before response.created")
        if not isinstance(fields, dict):
            raise _Odd("there is no item in it")
        item = self._items.open(event, fields)
        if item is None:
            raise _Odd("that item had begun already")
        return item

    def _open(self, event: dict[str, Any]) -> StreamItem:
        item = self._items.find(event, event.get("item_id"))
        if item is None or not item.open:
            raise _Odd("its item is not open")
        return item

    def _part(self, about: str, what: str, event: dict[str, Any]) -> None:
        field, index = _PARTS[about]
        item, part, which = self._open(event), event.get("part"), event.get(index)
        if not isinstance(part, dict) or type(which) is not int:
            raise _Odd("there is no part in it")
        item.part((field, which), part)
        if item.kind == "text" and what == "added":
            self._items.tell(item, (field, which), "")

    def _text(self, about: str, what: str, event: dict[str, Any]) -> None:
        field, index, whole, kind = _TEXTS[about]
        item, text = self._open(event), event.get("delta" if what == "delta" else whole)
        which = event.get(index, 0)
        if not isinstance(text, str) or type(which) is not int:
            raise _Odd("there is no text in it")
        if field in ("arguments", "input") and item.field != field:
            raise _Odd("it is for another kind of item")
        if kind:
            item.begin((field, which), kind)
        if what == "delta":
            self._items.text(item, (field, which), text)
        else:
            self._items.whole(item, (field, which), text)
            item.told((field, which), text)

    def _done(self, event: dict[str, Any]) -> None:
        fields = event.get("item")
        if not isinstance(fields, dict):
            raise _Odd("there is no item in it")
        item = self._items.find(event, fields.get("id")) or self._added(event)
        if not item.open:
            raise _Odd("its item is not open")
        for place, text in item.texts(fields):
            self._items.whole(item, place, text)
        item.close(fields)

    def _finish(self, event: dict[str, Any]) -> None:
        response = event.get("response")
        if not isinstance(response, dict):
            raise _Odd("there is no response in it")
        output = response.get("output")
        came = [item.value() for item in self._items.all]
        self._output = output if isinstance(output, list) and output else came
        self._response = {**response, "output": self._output}
        self._items.compare(self._output)
        usage = response.get("usage")
        self.counted = isinstance(usage, dict) and usage.get("output_tokens") is not None
        self.over = True
        left = next((i for i in self._items.all if i.open and self._output is came), None)
        if left is not None:
            return self._break(f"output item {clip(one_line(left.name), 60)} was not done")
        return self._judge()

    def _judge(self) -> None:
        reply = self.message() or {}
        wrong = next((item.wrong for item in self._items.all if item.wrong), None)
        why = wrong or broken(reply)
        if why:
            self._not_whole(why, reply.get("stop_reason"), "max_output_tokens")

    def _fail(self, event: dict[str, Any]) -> None:
        response = event.get("response")
        if isinstance(response, dict):
            output = response.get("output") or [item.value() for item in self._items.all]
            self._output = output if isinstance(output, list) else []
            self._response = {**response, "status": "failed", "output": self._output}
            event = {"error": response.get("error")}
        self._error(event)

    def _error(self, told: Mapping[str, Any]) -> None:
        self.broken = stream_error(told)
        self.over, self.idle = True, False
