"""``openhands``: event streams of OpenHands, a list of events or one ``history`` a line.

An event is an action or an observation. Several actions with one ``model_response.id`` are one
reply. Old events say nothing of calls: then each action of the agent's is one, and its result is
the observation whose ``cause`` it is, or the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.formats.import_registry import Importer
from tooltrace.formats.imported.messages import tools_of, usage_of
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.run import ImportedReply, ImportedRun
from tooltrace.formats.imported.values import decoded_parts
from tooltrace.formats.source.source_file import SourceFile
from tooltrace.models.wire.chat.codec import ChatCodec

__all__ = ["IMPORTER"]

_Object = dict[str, Any]
_CHAT = ChatCodec()
_SILENT = ("message", "system", "recall", "change_agent_state")


def sniff(source: SourceFile) -> bool:
    """Whether it begins as a list of events, or as a row with a history of them."""
    keys = source.keys
    events = b'"action"' in source.head or b'"observation"' in source.head
    if source.is_array:
        return events and {"source", "args"} <= keys | {"args"} and "source" in keys
    return "history" in keys and events and b'"cause"' in source.head


def read(source: SourceFile, out: Recorder, follow: bool) -> Iterator[Record | None]:
    """One run for the list, or one for each row."""
    reader = _Reader(out, {})
    rest: _Object = {}
    document = 0
    for part, value in decoded_parts(source, out, ("history",)):
        if part.document != document:
            yield from reader.run.end()
            rest, document = {}, part.document
            reader = _Reader(out, rest)
        if part.element or not part.key:
            yield from reader.take(value)
        else:
            rest[part.key] = value
            reader.run.extra = rest
    yield from reader.run.end()


class _Reader:
    def __init__(self, out: Recorder, extra: _Object) -> None:
        self.run = ImportedRun(out, "openhands", extra=extra)
        self._responses: set[str] = set()
        self._calls: dict[str, str] = {}
        """By the id of an action: that of its call."""

    def take(self, event: Any) -> Iterator[Record]:
        if not isinstance(event, dict):
            yield from self.run.unknown("event", event)
        elif isinstance(event.get("observation"), str):
            yield from self._observed(event)
        elif isinstance(event.get("action"), str):
            yield from self._acted(event)
        else:
            yield from self.run.unknown("event", event, event.get("timestamp"))

    def _acted(self, event: _Object) -> Iterator[Record]:
        action, at = event["action"], event.get("timestamp")
        told = event.get("args")
        args: _Object = told if isinstance(told, dict) else {}
        text = str(args.get("content") or event.get("message") or "")
        if action == "system" and not self.run.tip:
            self.run.declare(tools_of(args.get("tools")), text)
        elif event.get("source") != "agent":
            if action == "message":
                yield from self.run.said(text, at, _rest(event))
            else:
                yield from self.run.unknown(action, event, at)
        elif call := _call_of(event):
            yield from self._called(event, call, args)
        elif action == "message":
            content = [{"type": "text", "text": text}]
            yield from self.run.replied(ImportedReply(content), at, _rest(event))
        elif action in _SILENT:
            yield from self.run.unknown(action, event, at)
        else:
            ident = f"event_{event.get('id', len(self._calls))}"
            self._calls[str(event.get("id"))] = ident
            thought = args.pop("thought", None)
            blocks: list[Any] = [{"type": "text", "text": thought}] if thought else []
            blocks.append({"type": "tool_use", "id": ident, "name": action, "input": args})
            yield from self.run.replied(ImportedReply(blocks), at, _rest(event))

    def _called(self, event: _Object, call: _Object, args: _Object) -> Iterator[Record]:
        ident = call["tool_call_id"]
        self._calls[str(event.get("id"))] = ident
        response = call.get("model_response")
        answer: _Object = response if isinstance(response, dict) else {}
        name = answer.get("id")
        if isinstance(name, str) and name in self._responses:
            return  # Its reply was told with the first of its calls.
        if isinstance(name, str):
            self._responses.add(name)
        rest = {**_rest(event), "args": args}
        yield from self.run.replied(_reply(answer, call, args), event.get("timestamp"), rest)

    def _observed(self, event: _Object) -> Iterator[Record]:
        at, kind = event.get("timestamp"), event["observation"]
        call = _call_of(event)
        ident = call["tool_call_id"] if call else self._calls.get(str(event.get("cause")))
        if ident is None and not ("cause" not in event and self.run.waiting):
            yield from self.run.unknown(kind, event, at)
            return
        failed = kind == "error" or _exit_code(event) not in (0, None)
        content = event.get("content")
        yield from self.run.returned(ident or "", content, failed, at, _rest(event))


def _call_of(event: _Object) -> _Object | None:
    call = event.get("tool_call_metadata")
    if isinstance(call, dict) and isinstance(call.get("tool_call_id"), str):
        return call
    return None


def _reply(answer: _Object, call: _Object, args: _Object) -> ImportedReply:
    try:
        reply = _CHAT.read_reply(answer)
    except (ValueError, KeyError):
        name = call.get("function_name")
        block = {"type": "tool_use", "id": call["tool_call_id"], "name": name, "input": args}
        return ImportedReply([block], usage=usage_of(answer.get("usage")))
    return ImportedReply(
        reply["content"],
        reply["id"],
        reply["model"],
        reply["stop_reason"],
        reply.get("usage"),
    )


def _exit_code(event: _Object) -> object:
    extras = event.get("extras")
    metadata = extras.get("metadata") if isinstance(extras, dict) else None
    return metadata.get("exit_code") if isinstance(metadata, dict) else None


def _rest(event: _Object) -> _Object:
    known = ("timestamp", "tool_call_metadata", "args", "content")
    return {key: value for key, value in event.items() if key not in known}


IMPORTER = Importer("openhands", "events of OpenHands", sniff, read)
