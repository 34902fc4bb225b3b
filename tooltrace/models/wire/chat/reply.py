"""What comes back from Chat Completions when it does not stream: a completion, or an error.

Source: ``types/chat/chat_completion.py`` of the official SDK (openai 3.57); errors as in
platform.openai.com/docs/guides/error-codes and openrouter.ai, "Errors and Debugging". The first
choice is the reply; what is said of it in no other protocol, and other choices, stand under
``rest``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.models.wire.chat.content import NAME
from tooltrace.models.wire.chat.messages import (
    ASSISTANT_KNOWN,
    assistant_content,
    assistant_message,
)
from tooltrace.models.wire.chat.usage import USAGE
from tooltrace.models.wire.errors import words
from tooltrace.models.wire.form import WireError
from tooltrace.models.wire.openai_error import read_error as openai_error
from tooltrace.models.wire.rest import difference, put_back
from tooltrace.models.wire.same import same

__all__ = ["read_error", "read_reply", "write_reply"]

_STOPS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}
_FINISHES = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_BODY = frozenset({"id", "object", "model", "usage"})


def read_reply(body: JsonValue) -> dict[str, Any]:
    """The reply that a completion is. Raises ValueError saying why it is none."""
    choice, message = _first(body)
    content = assistant_content(message)
    reply: dict[str, Any] = {
        "id": _text(body.get("id")),
        "type": "message",
        "role": "assistant",
        "model": _text(body.get("model")),
        "content": content,
        "stop_reason": _stop(choice.get("finish_reason"), content),
        "stop_sequence": None,
    }
    if isinstance(usage := body.get("usage"), dict):
        reply["usage"] = USAGE.read(usage)
    finish = {"finish_reason", "index"}
    kept = {
        **difference(_without(body, "choices"), _frame(reply), _BODY),
        "choice": difference(_without(choice, "message"), _choice(reply), finish),
        "message": difference(message, assistant_message(content), ASSISTANT_KNOWN),
        "more": body["choices"][1:],
    }
    kept = {name: part for name, part in kept.items() if part}
    return {**reply, "rest": {NAME: kept}} if kept else reply


def _first(body: JsonValue) -> tuple[dict[str, Any], dict[str, Any]]:
    if not isinstance(body, dict):
        raise ValueError("its JSON is not an object")
    if error := read_error(200, body):
        raise ValueError(f"it is an error: {words(error)}")
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices:
        raise ValueError("its JSON is not a completion: it has no list of choices")
    choice = choices[0]
    if not isinstance(choice, dict) or not isinstance(choice.get("message"), dict):
        raise ValueError("choices[0] has no message")
    if not isinstance(choice.get("finish_reason"), str | None):
        raise ValueError("its finish_reason is not text")
    return choice, choice["message"]


def write_reply(reply: Mapping[str, Any]) -> dict[str, Any]:
    """The completion that a reply is."""
    kept, content = reply.get("rest", {}).get(NAME, {}), reply["content"]

    def body_holds(body: dict[str, Any]) -> bool:
        usage = body.get("usage")
        found = USAGE.read(usage) if isinstance(usage, dict) else None
        told = [_text(body.get("id")), _text(body.get("model")), found]
        return same(told, [reply.get("id", ""), reply.get("model", ""), reply.get("usage")])

    def choice_holds(choice: dict[str, Any]) -> bool:
        return _stop(choice.get("finish_reason"), content) == reply.get("stop_reason")

    made = assistant_message(content, any_thinking=True)
    message = put_back(
        made, kept.get("message"), lambda came: same(assistant_content(came), content)
    )
    choice = put_back(_choice(reply), kept.get("choice"), choice_holds)
    choices = [{**choice, "message": message}, *kept.get("more", ())]
    return {**put_back(_frame(reply), kept, body_holds), "choices": choices}


def _frame(reply: Mapping[str, Any]) -> dict[str, Any]:
    usage = reply.get("usage")
    return {
        "id": reply.get("id", ""),
        "object": "chat.completion",
        "created": 0,
        "model": reply.get("model", ""),
        **({"usage": USAGE.write(usage)} if usage is not None else {}),
    }


def _choice(reply: Mapping[str, Any]) -> dict[str, Any]:
    stop = reply.get("stop_reason")
    return {"index": 0, "finish_reason": _FINISHES.get(stop, stop) if stop else None}


def _stop(finish: object, content: list[dict[str, Any]]) -> str | None:
    """Why it stopped. Some servers, and OpenAI where a call was forced, say ``stop`` of a call."""
    if not isinstance(finish, str):
        return None
    if finish == "stop" and any(block.get("type") == "tool_use" for block in content):
        return "tool_use"
    return _STOPS.get(finish, finish)


def read_error(status: int, body: JsonValue) -> WireError | None:
    """The error that a body is, whatever its status; None where it tells of none.

    A completion may have a text in ``error`` and be one.
    """
    completion = isinstance(body, dict) and isinstance(body.get("choices"), list)
    if completion and status < 400 and not isinstance(body.get("error"), dict):
        return None
    return openai_error(status, body)


def _without(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key != name}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
