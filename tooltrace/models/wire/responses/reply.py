"""A whole response of the Responses API, and the reply of the Messages API that it is.

The fields are those of ``openai/types/responses/response.py`` in the official Python SDK, 3.57.0.
Tokens that were read from a cache or written to it are among ``input_tokens`` there, and beside
them in the Messages API.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tooltrace.models.wire.form import Block
from tooltrace.models.wire.responses.items import read_item, written_items
from tooltrace.models.wire.responses.parts import NAME, own
from tooltrace.models.wire.rest import difference, put_back
from tooltrace.models.wire.same import same

__all__ = ["read_reply", "write_reply"]

_KNOWN = frozenset({"id", "model", "output", "status", "incomplete_details", "usage"})
_LIMITS = {"max_output_tokens": "max_tokens", "content_filter": "refusal"}
_REASONS = {"max_tokens": "max_output_tokens", "refusal": "content_filter"}
_REASONS["model_context_window_exceeded"] = "max_output_tokens"
_WHOLE = {"end_turn", "tool_use", "stop_sequence"}


def read_reply(body: object) -> dict[str, Any]:
    """A reply as the Messages API shapes it; what a response says beside is in its ``rest``.

    Raises ValueError, saying why, for what is no response. One that failed, or that is still in
    progress, has no ``stop_reason``. Calls of built-in tools that a client has to make (of a
    computer, of a shell) are kept and are no reason to stop.
    """
    if not isinstance(body, dict):
        raise ValueError("its JSON is not an object")
    reply = _read(body)
    kept = difference(body, _written(reply), _KNOWN)
    return {**reply, "rest": {NAME: kept}} if kept else reply


def write_reply(reply: Mapping[str, Any]) -> dict[str, Any]:
    """The response that a reply stands for; one from elsewhere has no time, so it is of 1970."""
    bare = {key: value for key, value in reply.items() if key not in ("rest", "unknown_events")}
    made = _written(bare)
    # Blocks of a person or of another protocol bear no marks: they read as they are written.
    alike = (bare, _read(made))
    return put_back(made, own(reply), lambda came: any(same(_read(came), one) for one in alike))


def _read(body: Mapping[str, Any]) -> dict[str, Any]:
    output = body.get("output")
    if not isinstance(output, list):
        raise ValueError("its JSON is not a response: it has no list of output items")
    content = [block for item in output for block in read_item(item, said=True)[1]]
    usage = _read_usage(body.get("usage"))
    return {
        "id": body.get("id", ""),
        "type": "message",
        "role": "assistant",
        "model": body.get("model", ""),
        "content": content,
        "stop_reason": _stop_reason(body, output, content),
        "stop_sequence": None,
        **({} if usage is None else {"usage": usage}),
    }


def _stop_reason(
    body: Mapping[str, Any], output: Iterable[Any], content: Iterable[Block]
) -> str | None:
    match body.get("status") or "completed":
        case "incomplete":
            match body.get("incomplete_details"):
                case {"reason": str() as reason}:
                    return _LIMITS.get(reason, reason)
                case _:
                    return "max_tokens"
        case "completed":
            if any(block["type"] == "tool_use" for block in content):
                return "tool_use"
            return "refusal" if any(map(_refuses, output)) else "end_turn"
        case _:
            return None


def _refuses(item: Any) -> bool:
    match item:
        case {"type": "message", "content": list() as parts}:
            return any(isinstance(part, dict) and part.get("type") == "refusal" for part in parts)
        case _:
            return False


def _read_usage(usage: object) -> dict[str, Any] | None:
    """The counts of a response, those of a cache apart; None where it has none."""
    given, said = _count(usage, "input_tokens"), _count(usage, "output_tokens")
    if not isinstance(usage, dict) or given is None or said is None:
        return None
    more = usage.get("input_tokens_details")
    read, written = _count(more, "cached_tokens"), _count(more, "cache_write_tokens")
    thought = _count(usage.get("output_tokens_details"), "reasoning_tokens")
    # Some servers count what a cache gave beside the rest: it cannot be more than all.
    beside = (read or 0) + (written or 0) if (read or 0) + (written or 0) <= given else 0
    counts: dict[str, Any] = {"input_tokens": given - beside, "output_tokens": said}
    if read is not None:
        counts["cache_read_input_tokens"] = read
    if written is not None:
        counts["cache_creation_input_tokens"] = written
    if thought is not None:
        counts["output_tokens_details"] = {"thinking_tokens": thought}
    return counts


def _count(details: object, name: str) -> int | None:
    count = details.get(name) if isinstance(details, dict) else None
    return count if type(count) is int else None


def _written(reply: Mapping[str, Any]) -> dict[str, Any]:
    """The response for a reply, as this codec writes it by itself."""
    stop_reason = reply.get("stop_reason")
    output = written_items(reply.get("content", ()), "assistant", set(), said=True)
    usage = reply.get("usage")
    made = {
        "id": reply.get("id", ""),
        "object": "response",
        "created_at": 0,
        "status": _status(stop_reason),
        "error": None,
        "incomplete_details": None,
        "model": reply.get("model", ""),
        "output": [_identified(item, place) for place, item in enumerate(output)],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": _written_usage(usage) if isinstance(usage, dict) else None,
    }
    if made["status"] == "incomplete":
        made["incomplete_details"] = {"reason": _REASONS.get(str(stop_reason), stop_reason)}
    return made


def _status(stop_reason: object) -> str:
    if stop_reason is None:
        return "in_progress"
    return "completed" if stop_reason in _WHOLE else "incomplete"


def _identified(item: Any, place: int) -> Any:
    """An item with the id and the status that each item of an output has to have."""
    match item:
        case {"type": "message" | "function_call" as kind} if not item.keys() & {"id", "status"}:
            made = {"id": f"{'msg' if kind == 'message' else 'fc'}_{place}", "status": "completed"}
            return {**item, **made}
        case _:
            return item


def _written_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    read, written = (
        usage.get(name) for name in ("cache_read_input_tokens", "cache_creation_input_tokens")
    )
    counted = (usage.get("input_tokens"), read, written)
    given = sum(count for count in counted if type(count) is int)
    said = usage.get("output_tokens")
    said = said if type(said) is int else 0
    cached = {"cached_tokens": read or 0, **({"cache_write_tokens": written} if written else {})}
    thought = _count(usage.get("output_tokens_details"), "thinking_tokens") or 0
    return {
        "input_tokens": given,
        "input_tokens_details": cached,
        "output_tokens": said,
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": given + said,
    }
