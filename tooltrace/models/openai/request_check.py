"""Why a server of OpenAI's protocols would refuse a request, found before it is sent.

Written apart from what makes the body: whatever an edit, a fork, a stub or a crash left behind, a
request goes out only if every call in it is answered once and in place. The rules are those of
platform.openai.com/docs/api-reference, "Chat" and "Responses".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tooltrace.core.text.exact_json import loads
from tooltrace.core.text.sanitize import clip, one_line

__all__ = ["chat_problems", "responses_problems"]

_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_LEAST_TOKENS = 16

Body = dict[str, Any]


def chat_problems(body: Body) -> list[str]:
    """Why a server of Chat Completions would refuse this, one line each; empty if it would not."""
    messages = body.get("messages") or []
    if all(message["role"] == "system" for message in messages):
        return ["message 0: there is nothing to send"]
    found = [*_tools(body, "function")]
    waiting: list[Any] = []
    answered: set[Any] = set()
    for index, message in enumerate([*messages, {"role": "end"}]):
        at = f"message {index}"
        if message["role"] == "tool":
            call = message.get("tool_call_id")
            found += _answer(at, call, waiting, answered)
            answered.add(call)
            continue
        found += [f"{at}: {text}" for text in _unanswered(waiting, answered)]
        calls = message.get("tool_calls") or []
        waiting, answered = [call.get("id") for call in calls], set()
        found += _ids(at, waiting)
        for call in calls:
            if call.get("type") == "function":
                found += _call(at, call.get("id"), call["function"])
        if message["role"] in ("user", "system") and not message.get("content"):
            found.append(f"{at}: it is empty")
    return found


def responses_problems(body: Body) -> list[str]:
    """Why a server of the Responses API would refuse this, one line each."""
    items = [item if isinstance(item, dict) else {} for item in body.get("input") or []]
    if all(item.get("role") in ("system", "developer") for item in items):
        return ["item 0: there is nothing to send"]
    found = [*_tools(body, None)]
    limit = body.get("max_output_tokens")
    if type(limit) is int and limit < _LEAST_TOKENS:
        found.append(f"max_output_tokens: it has to be at least {_LEAST_TOKENS} (--reply-tokens)")
    calls: list[Any] = []
    answered: set[Any] = set()
    for index, item in enumerate(items):
        kind, call = item.get("type"), item.get("call_id")
        if kind in ("function_call", "custom_tool_call"):
            found += _ids(f"item {index}", [call], calls)
            calls.append(call)
            if kind == "function_call":
                found += _call(f"item {index}", call, item)
        elif kind in ("function_call_output", "custom_tool_call_output"):
            found += _answer(f"item {index}", call, calls, answered)
            answered.add(call)
        elif item.get("content") in ("", []):
            found.append(f"item {index}: it is empty")
    return [*found, *_unanswered(calls, answered)]


def _unanswered(calls: list[Any], answered: set[Any]) -> list[str]:
    return [f"call {_shown(call)} has no result" for call in calls if call not in answered]


def _tools(body: Body, inside: str | None) -> Iterator[str]:
    for index, tool in enumerate(body.get("tools") or ()):
        if tool.get("type") == "function":
            name = (tool[inside] if inside else tool).get("name")
            if not isinstance(name, str) or not _TOOL_NAME.fullmatch(name):
                yield f"tool {index}: {_shown(name)} is no name of 1 to 64 letters, digits, _ or -"
    if body.get("tool_choice") is not None and not body.get("tools"):
        yield "tool_choice: there are no tools"
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice.get("type") == "function":
        chosen = (choice.get(inside) or {}).get("name") if inside else choice.get("name")
        tools = [tool for tool in body.get("tools") or () if tool.get("type") == "function"]
        if chosen not in [(tool[inside] if inside else tool).get("name") for tool in tools]:
            yield f"tool_choice: there is no tool {_shown(chosen)}"


def _ids(at: str, calls: list[Any], earlier: list[Any] | None = None) -> Iterator[str]:
    """What is wrong with the ids of calls that came together; ``earlier`` are those before them."""
    for position, call in enumerate(calls):
        if not isinstance(call, str) or not call:
            yield f"{at}: a call has no id"
        elif call in calls[:position] or call in (earlier or ()):
            yield f"{at}: two calls have the id {_shown(call)}"


def _call(at: str, call: object, function: dict[str, Any]) -> Iterator[str]:
    name = function.get("name")
    if not isinstance(name, str) or not _TOOL_NAME.fullmatch(name):
        yield f"{at}: call {_shown(call)} names no tool: {_shown(name)}"
    try:
        arguments = loads(function.get("arguments", ""))
    except (ValueError, TypeError):
        arguments = None
    if not isinstance(arguments, dict):
        yield f"{at}: the arguments of call {_shown(call)} are not an object"


def _answer(at: str, call: object, calls: list[Any], answered: set[Any]) -> Iterator[str]:
    if call not in calls:
        yield f"{at}: a result for {_shown(call)}, which nothing before it calls"
    elif call in answered:
        yield f"{at}: call {_shown(call)} has two results"


def _shown(value: object) -> str:
    return clip(one_line(value), 80) if isinstance(value, str) and value else "(empty)"
