"""Make a conversation sendable: ids of calls that are there and unlike, names that pass.

What came stays as it came in the record and in every snapshot; this is made of it anew for each
request. What becomes of a message depends on it and on those before it only, so that a longer
conversation begins with the same bytes as a shorter one did.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from tooltrace.core.model.messages import Assistant, Message, Result, Results
from tooltrace.core.model.reply import is_call

__all__ = ["outgoing"]

_REFUSED = re.compile(r"[^a-zA-Z0-9_-]")
_REFUSED_ELSEWHERE = re.compile(r"[^a-zA-Z0-9_.:-]")
_LONGEST_NAME = 128
_CALLS = ("tool_use", "server_tool_use", "mcp_tool_use")


def outgoing(messages: Iterable[Message], official: bool = False) -> Iterator[Message]:
    """The messages, with each call that the API would refuse made one that it takes.

    A result goes to the first call of the reply before it that came with its id and has none yet.
    Another server than the ``official`` one gets dots and colons in its ids back: some models read
    them.
    """
    ids = _Ids(_REFUSED if official else _REFUSED_ELSEWHERE)
    waiting: list[tuple[str, str]] = []
    for message in messages:
        if isinstance(message, Assistant):
            content, calls = _content(message.content, ids)
            waiting = calls or waiting
            yield message if content is message.content else replace(message, content=content)
        elif isinstance(message, Results):
            results = tuple([_answering(result, waiting) for result in message.results])
            same = all(a is b for a, b in zip(results, message.results, strict=True))
            yield message if same else Results(results)
        else:
            yield message


class _Ids:
    """The ids given out so far, and how often each one was asked for."""

    def __init__(self, refused: re.Pattern[str]) -> None:
        self._refused = refused
        self._used: set[str] = set()
        self._times: dict[str, int] = {}

    def keep(self, came: str) -> None:
        """This id stands in the conversation, and nobody else gets it."""
        self._used.add(came)

    def give(self, came: str) -> str:
        """The id itself the first time, if it is one; else another that nobody has."""
        wanted = given = self._refused.sub("_", came) or "call"
        while given in self._used:
            self._times[wanted] = number = self._times.get(wanted, 1) + 1
            given = f"{wanted}_{number}"
        self._used.add(given)
        return given


def _content(
    content: list[dict[str, Any]], ids: _Ids
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """The blocks as they are sent, and for each call the id that came and the one that is sent."""
    calls: list[tuple[str, str]] = []
    sent = content
    for index, block in enumerate(content):
        if block.get("type") not in _CALLS:
            continue
        came = block.get("id")
        if not is_call(block):
            ids.keep(came if isinstance(came, str) else "")
            continue
        made = _call(block, ids)
        calls.append((came if isinstance(came, str) else "", made["id"]))
        if made is not block:
            sent = list(content) if sent is content else sent
            sent[index] = made
    return sent, calls


def _call(block: dict[str, Any], ids: _Ids) -> dict[str, Any]:
    came, name = block.get("id"), block.get("name")
    given = ids.give(came if isinstance(came, str) else "")
    named = name[:_LONGEST_NAME] if isinstance(name, str) else ""
    called = _REFUSED.sub("_", named) or "unnamed"
    if given == came and called == name:
        return block
    return {**block, "id": given, "name": called}


def _answering(result: Result, waiting: list[tuple[str, str]]) -> Result:
    for place, (came, sent) in enumerate(waiting):
        if came == result.tool_use_id:
            del waiting[place]
            if sent == came:
                return result
            return replace(result, tool_use_id=sent)
    return result
