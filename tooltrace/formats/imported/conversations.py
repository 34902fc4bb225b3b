"""Requests that each repeat all that was said before, put together into conversations.

A request goes on with the conversation that it names by the id of its last reply, else with the one
whose messages it begins with, the longest of those, else with the one whose open calls it brings
results of; else it begins another. Only what is new is told. Messages are compared by what they say
and which calls they name: clients send replies back with fields left out.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.model.events import Record
from tooltrace.core.text.exact_json import canonical
from tooltrace.formats.imported.content import arguments_of
from tooltrace.formats.imported.messages import content_blocks, system_of, tell, tools_of
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.run import ImportedReply, ImportedRun

__all__ = ["Conversation", "Conversations", "Exchange", "message_key"]


class Exchange(Struct, frozen=True):
    """A request and what came back: ``messages`` as the client wrote them, ``system`` among them
    or beside them; times are of the request and of the reply. ``previous`` is the id of the reply
    that it goes on from where the server keeps what came before; ``keys`` are those of the messages
    (see ``message_key``) where they are known. ``of`` names whose it is, where that is known: it
    goes on with a conversation of that name alone. ``title`` is that of a conversation that it
    begins.
    """

    messages: list[Any]
    reply: ImportedReply | None
    system: str | list[dict[str, Any]] = ""
    tools: Any = None
    model: str = ""
    asked_at: object = None
    replied_at: object = None
    extra: Mapping[str, Any] | None = None
    previous: str = ""
    keys: list[str] | None = None
    of: str = ""
    title: str = ""


class Conversation:
    """One of them: its run, and what was said in it so far."""

    def __init__(self, run: ImportedRun, exchange: Exchange) -> None:
        self.run = run
        self.told: list[str] = []
        self.reply_id = ""
        self.calls: set[str] = set()
        """The ids of the calls of its last reply."""
        self.waits = False
        """Whether it was asked, and has no reply yet."""
        self.of = exchange.of
        self._tools, self._system = exchange.tools, exchange.system

    def defined(self, exchange: Exchange, system: str | list[dict[str, Any]]) -> Iterator[Record]:
        """What a later request says of the model's tools and of its system prompt."""
        if exchange.previous:  # What is not said is as it was.
            tools, system = exchange.tools or self._tools, system or self._system
        else:
            tools = exchange.tools
        if tools != self._tools or system != self._system:
            self._tools, self._system = tools, system
            yield from self.run.redefined(tools_of(tools), system)


class _Found(Struct, frozen=True):
    """The conversation that a request is of; ``new`` is the first of its messages that was not
    said, ``other`` what it says in place of what was said before."""

    conversation: Conversation
    system: str | list[dict[str, Any]]
    messages: list[Any]
    said: list[str]
    new: int
    other: list[Any]


class Conversations:
    """The conversations of a file, as far as they were told; ``workflow`` names their runs."""

    def __init__(self, out: Recorder, workflow: str) -> None:
        self._out, self._workflow = out, workflow
        self._all: list[Conversation] = []

    def take(self, exchange: Exchange) -> Iterator[Record]:
        """One more request with its reply; they come in the order in which they were made."""
        one = yield from self.asked(exchange)
        yield from self.answered(one, exchange)

    def asked(self, exchange: Exchange) -> Generator[Record, None, Conversation]:
        """What a request says that was not said before; gives the conversation that it is of."""
        found = self.find(exchange)
        yield from self.told(found, exchange)
        return found.conversation

    def find(self, exchange: Exchange) -> _Found:
        """The conversation that a request is of, which may begin with it; nothing is told yet."""
        system, messages = system_of(exchange.messages)
        system = system or exchange.system
        keys = exchange.keys or [message_key(message) for message in exchange.messages]
        said = keys[len(exchange.messages) - len(messages) :]
        one, new, other = self._goes_on(exchange, messages, said)
        if one is None:
            one = self._begun(exchange, system)
        return _Found(one, system, messages, said, new, other)

    def told(self, found: _Found, exchange: Exchange) -> Iterator[Record]:
        """What a request says that was not said before, in the conversation that was found."""
        one = found.conversation
        if found.other:
            why = "the client sent this in place of what was said before"
            yield from one.run.unknown("history", found.other, exchange.asked_at, why)
        for message in found.messages[found.new :]:
            at = exchange.asked_at
            timed = {"timestamp": at, **message} if isinstance(message, dict) and at else message
            yield from tell(one.run, [timed])
        yield from one.run.answered()
        yield from one.defined(exchange, found.system)
        one.told = [*one.told, *found.said] if exchange.previous else found.said
        one.waits = True

    def answered(self, one: Conversation, exchange: Exchange) -> Iterator[Record]:
        """The reply to a request that was asked; one that failed is no part of what is said next.

        Without a reply the request has none.
        """
        one.waits = False
        reply = exchange.reply
        if reply is None:
            return
        yield from one.run.replied(reply, exchange.replied_at, exchange.extra)
        if reply.error is None:
            one.told.append(message_key({"role": "assistant", "content": reply.content}))
            one.reply_id = reply.id
            one.calls = {str(b.get("id")) for b in reply.content if b.get("type") == "tool_use"}

    def end(self) -> Iterator[Record]:
        """No more requests."""
        for one in self._all:
            yield from one.run.end()

    def _begun(self, exchange: Exchange, system: str | list[dict[str, Any]]) -> Conversation:
        number = len(self._all) + 1
        run = ImportedRun(
            self._out,
            self._workflow,
            tools=tools_of(exchange.tools),
            system=system,
            model=exchange.model,
            title=exchange.title or (f"conversation {number}" if number > 1 else ""),
            at=exchange.asked_at,
            extra=exchange.extra,
        )
        one = Conversation(run, replace(exchange, system=system))
        self._all.append(one)
        return one

    def _goes_on(
        self, exchange: Exchange, messages: list[Any], said: list[str]
    ) -> tuple[Conversation | None, int, list[Any]]:
        """The conversation that a request goes on with, its first message that is new, and what it
        says in place of what was said before.
        """
        free = [one for one in self._all if not one.waits and one.of == exchange.of]
        if exchange.previous:
            named = [one for one in free if one.reply_id == exchange.previous]
            return (named[-1] if named else None), 0, []
        fitting = [one for one in free if one.told and said[: len(one.told)] == one.told]
        if fitting:
            longest = max(fitting, key=lambda one: len(one.told))
            return longest, len(longest.told), []
        # A client that shortens what was said before still answers the calls it was given.
        last = max((n for n, message in enumerate(messages) if _replied(message)), default=-1)
        results = _results(messages[last + 1 :])
        answered = [one for one in free if results and results <= one.calls]
        if last < 0 or len(answered) != 1:
            return None, 0, []
        return answered[0], last + 1, messages[: last + 1]


def _replied(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") == "assistant"


def _results(messages: list[Any]) -> set[str]:
    """The ids of the calls that messages bring results of."""
    found = set()
    for message in messages:
        if not isinstance(message, dict):
            continue
        blocks = message.get("content")
        several = [message, *blocks] if isinstance(blocks, list) else [message]
        for block in several:
            if isinstance(block, dict):
                found |= {block.get("tool_call_id"), block.get("tool_use_id")}
    return {ident for ident in found if isinstance(ident, str)}


def message_key(message: Any) -> str:
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
