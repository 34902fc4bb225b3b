"""Why the Messages API would refuse a request, found before it is sent.

Written apart from what makes the body: whatever an edit, a fork, a stub or a crash left behind, a
request goes out only if every call in it is answered once and in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.models.request.turns import blank

__all__ = ["problems"]

_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")


def problems(body: dict[str, Any]) -> list[str]:
    """Why the API would refuse this conversation, one line each; empty when it would not.

    A line names the index of the message and, where there is one, the id of the call.
    """
    messages: list[dict[str, Any]] = body.get("messages") or []
    if not messages:
        return ["message 0: there is nothing to send"]
    found = [*_choice(body)]
    earlier: set[str] = set()
    for index, message in enumerate(messages):
        before = messages[index - 1] if index else None
        after = messages[index + 1] if index + 1 < len(messages) else None
        for check in (_order, _content, _calls, _answers):
            found += [f"message {index}: {text}" for text in check(message, before, after)]
        calls = set(_ids(message, "assistant", "tool_use", "id"))
        again = sorted(calls & earlier)
        found += [f"message {index}: an earlier call has the id {_shown(one)}" for one in again]
        earlier |= calls
    return found


_Message = dict[str, Any]


def _choice(body: dict[str, Any]) -> Iterator[str]:
    choice = body.get("tool_choice")
    if not isinstance(choice, dict) or choice.get("type") != "tool":
        return
    name = choice.get("name")
    if name not in [tool.get("name") for tool in body.get("tools") or []]:
        yield f"tool_choice: there is no tool {_shown(str(name))}"


def _order(message: _Message, before: _Message | None, after: _Message | None) -> Iterator[str]:
    role = message["role"]
    earlier = before["role"] if before else None
    if role == "system":
        if earlier != "user":
            yield "a system turn has to follow the user's"
        if after and after["role"] != "assistant":
            yield "a system turn has to be last, or answered by the assistant"
    elif before is None and role != "user":
        yield "the conversation has to begin with the user"
    elif role == earlier:
        yield f"two {_shown(role)} turns in a row"


def _content(message: _Message, _before: object, _after: object) -> Iterator[str]:
    content = message["content"]
    if not content or (isinstance(content, str) and not content.strip()):
        yield "it is empty"
    elif not isinstance(content, str) and any(blank(block) for block in content):
        yield "a text block is empty"


def _calls(message: _Message, _before: object, after: _Message | None) -> Iterator[str]:
    calls = _ids(message, "assistant", "tool_use", "id")
    answered = _ids(after, "user", "tool_result", "tool_use_id")
    uses = _blocks(message, "assistant", "tool_use")
    for position, (call, use) in enumerate(zip(calls, uses, strict=True)):
        name = use.get("name")
        if not isinstance(name, str) or not _TOOL_NAME.fullmatch(name):
            yield f"call {_shown(call)} names no tool: {_shown(str(name))}"
        if not isinstance(use.get("input"), dict):
            yield f"the input of call {_shown(call)} is not an object"
        if not call:
            yield f"call {position} has no id"
        elif call in calls[:position]:
            yield f"two calls have the id {_shown(call)}"
        elif call not in answered:
            yield f"call {_shown(call)} has no result in the next message"


def _answers(message: _Message, before: _Message | None, _after: object) -> Iterator[str]:
    answered = _ids(message, "user", "tool_result", "tool_use_id")
    calls = _ids(before, "assistant", "tool_use", "id")
    for position, call in enumerate(answered):
        if call not in calls:
            yield f"a result for {_shown(call)}, which the message before does not call"
        elif call in answered[:position]:
            yield f"call {_shown(call)} has two results"
    content = message["content"]
    if answered and any(block.get("type") != "tool_result" for block in content[: len(answered)]):
        yield f"the result for {_shown(answered[-1])} has to come before text"


def _blocks(message: _Message | None, role: str, kind: str) -> list[dict[str, Any]]:
    if message is None or message["role"] != role or isinstance(message["content"], str):
        return []
    return [block for block in message["content"] if block.get("type") == kind]


def _ids(message: _Message | None, role: str, kind: str, field: str) -> list[str]:
    """The ids in blocks of one kind, in order; an id that is not text counts as none."""
    found = (block.get(field) for block in _blocks(message, role, kind))
    return [value if isinstance(value, str) else "" for value in found]


def _shown(text: str) -> str:
    return clip(one_line(text), 80) or "(empty)"
