"""Requests that each repeat all that was said before, put together into conversations.

A request goes on with the conversation whose messages it begins with, the longest one of those;
else it begins another. Only what is new is told. Messages are compared by what they say and which
calls they name: clients send replies back with fields left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from tooltrace.core.model.events import Record
from tooltrace.core.text.exact_json import canonical
from tooltrace.formats.imported.content import arguments_of
from tooltrace.formats.imported.messages import content_blocks, system_of, tell, tools_of
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.run import ImportedReply, ImportedRun

__all__ = ["Conversations", "Exchange"]


class Exchange(Struct, frozen=True):
    """A request and what came back: ``messages`` as the client wrote them, ``system`` among them
    or beside them; times are of the request and of the reply.
    """

    messages: list[Any]
    reply: ImportedReply | None
    system: str | list[dict[str, Any]] = ""
    tools: Any = None
    model: str = ""
    asked_at: object = None
    replied_at: object = None
    extra: Mapping[str, Any] | None = None


class _Conversation:
    def __init__(self, run: ImportedRun) -> None:
        self.run = run
        self.told: list[str] = []


class Conversations:
    """The conversations of a file, as far as they were told; ``workflow`` names their runs."""

    def __init__(self, out: Recorder, workflow: str) -> None:
        self._out, self._workflow = out, workflow
        self._all: list[_Conversation] = []

    def take(self, exchange: Exchange) -> Iterator[Record]:
        """One more request with its reply; they come in the order in which they were made."""
        system, messages = system_of(exchange.messages)
        said = [_key(message) for message in messages]
        one = self._goes_on(said)
        if one is None:
            number = len(self._all) + 1
            run = ImportedRun(
                self._out,
                self._workflow,
                tools=tools_of(exchange.tools),
                system=system or exchange.system,
                model=exchange.model,
                title=f"conversation {number}" if number > 1 else "",
                at=exchange.asked_at,
                extra=exchange.extra,
            )
            one = _Conversation(run)
            self._all.append(one)
        for message in messages[len(one.told) :]:
            at = exchange.asked_at
            timed = {"timestamp": at, **message} if isinstance(message, dict) and at else message
            yield from tell(one.run, [timed])
        one.told = said
        if exchange.reply is not None:
            yield from one.run.replied(exchange.reply, exchange.replied_at, exchange.extra)
            one.told.append(_key({"role": "assistant", "content": exchange.reply.content}))

    def end(self) -> Iterator[Record]:
        """No more requests."""
        for one in self._all:
            yield from one.run.end()

    def _goes_on(self, said: list[str]) -> _Conversation | None:
        fitting = [one for one in self._all if said[: len(one.told)] == one.told]
        return max(fitting, key=lambda one: len(one.told), default=None)


def _key(message: Any) -> str:
    """What a message says, for telling whether two are the same."""
    if not isinstance(message, dict):
        return canonical(message)
    said: list[Any] = ["assistant" if message.get("role") == "assistant" else "other"]
    content = message.get("content")
    blocks = [*content_blocks(content)]
    for call in message.get("tool_calls") or ():
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            found = arguments_of(function.get("arguments"))
            blocks.append({"type": "tool_use", "id": call.get("id"), "input": found})
    if "tool_call_id" in message:
        said += [message["tool_call_id"]]
    for block in blocks:
        match block:
            case {"type": "text", "text": str(text)}:
                said += [text] if text.strip() else []
            case {"type": "tool_use"}:
                said += [block.get("id"), block.get("input")]
            case {"type": "tool_result"}:
                said += [block.get("tool_use_id")]
            case {"type": "thinking" | "redacted_thinking"}:
                pass
            case _:
                said.append(block.get("type"))
    return canonical(said)
