"""What the server of the Responses API answers: whole responses, and the streams they come in.

The items and the order of the events are those of ``openai/types/responses`` in the official Python
SDK, 3.57.0, and of developers.openai.com/api/reference/resources/responses/streaming-events.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tests.loopback.steps import Step, event, parts, sse

__all__ = ["custom_call", "events", "failure", "function_call", "message", "reasoning"]
__all__ += ["response", "streamed"]


def message(*said: str, place: int = 0, refused: str | None = None) -> dict[str, Any]:
    """A message of so many texts; ``refused`` is a refusal after them."""
    content: list[dict[str, Any]] = [
        {"type": "output_text", "annotations": [], "logprobs": [], "text": text} for text in said
    ]
    content += [{"type": "refusal", "refusal": refused}] if refused is not None else []
    shell = {"id": f"msg_{place}", "type": "message", "status": "completed", "role": "assistant"}
    return {**shell, "content": content}


def function_call(
    call: str, name: str, raw: str | None = None, *, status: str = "completed", **arguments: Any
) -> dict[str, Any]:
    """A call of a function; ``raw`` are arguments to send in the place of the others."""
    return {
        "id": f"fc_{call}",
        "type": "function_call",
        "status": status,
        "call_id": call,
        "name": name,
        "arguments": json.dumps(arguments, separators=(",", ":")) if raw is None else raw,
    }


def custom_call(call: str, name: str, given: str) -> dict[str, Any]:
    """A call of a custom tool, which takes a text."""
    named = {"call_id": call, "name": name, "input": given}
    return {"id": f"ctc_{call}", "type": "custom_tool_call", "status": "completed", **named}


def reasoning(*thoughts: str, sealed: str | None = None) -> dict[str, Any]:
    """A reasoning item with the sum of each thought; ``sealed`` is its encrypted content."""
    summary = [{"type": "summary_text", "text": thought} for thought in thoughts]
    more = {} if sealed is None else {"encrypted_content": sealed}
    return {"id": "rs_0", "type": "reasoning", "summary": summary, **more}


def _response(
    output: Sequence[dict[str, Any]], status: str, reason: str | None, more: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": "resp_loopback",
        "object": "response",
        "created_at": 1_750_000_000,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": None if reason is None else {"reason": reason},
        "instructions": None,
        "max_output_tokens": None,
        "model": "gpt-5.6",
        "output": list(output),
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "store": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": {
            "input_tokens": 100,
            "input_tokens_details": {"cached_tokens": 40},
            "output_tokens": 10,
            "output_tokens_details": {"reasoning_tokens": 4},
            "total_tokens": 110,
        },
        "metadata": {},
        **more,
    }


def response(
    *output: dict[str, Any], reason: str | None = None, fields: Any = None, **more: Any
) -> Step:
    """A response, streamed if that is asked for.

    ``reason`` is why it is incomplete, ``fields`` are fields of the response beside the ordinary
    ones, ``more`` are further fields of a Step.
    """
    status = "completed" if reason is None else "incomplete"
    return Step(message=_response(output, status, reason, fields or {}), **more)


def failure(code: str, said: str, **more: Any) -> Step:
    """A response that failed once it had begun."""
    fields = {"error": {"code": code, "message": said}, "usage": None}
    return Step(message=_response((), "failed", None, fields), **more)


def streamed(*output: dict[str, Any], pieces: int = 2, **more: Any) -> Step:
    """A response as a stream; ``more`` are further fields of a Step."""
    made = _response(output, "completed", None, {})
    return sse(events(made, pieces), message=made, **more)


def events(made: dict[str, Any], pieces: int = 2) -> list[bytes]:
    """The events that make a response; texts and arguments come in so many ``pieces`` each."""
    begun = {**made, "status": "in_progress", "output": [], "usage": None, "error": None}
    begun["incomplete_details"] = None
    told: list[tuple[str, dict[str, Any]]] = [("response.created", {"response": begun})]
    told.append(("response.in_progress", {"response": begun}))
    for place, item in enumerate(made["output"]):
        told += _item(item, place, pieces)
    told.append((f"response.{made['status']}", {"response": made}))
    return [event(kind, **data, sequence_number=at) for at, (kind, data) in enumerate(told)]


def _item(item: dict[str, Any], place: int, pieces: int) -> Iterator[tuple[str, dict[str, Any]]]:
    at = {"output_index": place}
    within = {"item_id": item.get("id", ""), **at}
    yield "response.output_item.added", {**at, "item": _begun(item)}
    match item["type"]:
        case "message":
            for index, part in enumerate(item["content"]):
                yield from _part(part, {**within, "content_index": index}, pieces)
        case "reasoning":
            for index, part in enumerate(item["summary"]):
                yield from _part(part, {**within, "summary_index": index}, pieces)
        case "function_call":
            name = "response.function_call_arguments"
            yield from _text(name, "arguments", item["arguments"], within, pieces)
        case "custom_tool_call":
            name = "response.custom_tool_call_input"
            yield from _text(name, "input", item["input"], within, pieces)
    yield "response.output_item.done", {**at, "item": item}


def _begun(item: dict[str, Any]) -> dict[str, Any]:
    empty = {"content": [], "summary": [], "arguments": "", "input": ""}
    begun = {key: empty.get(key, value) for key, value in item.items()}
    return {**begun, "status": "in_progress"} if "status" in item else begun


_NAMES = {
    "output_text": ("response.content_part", "response.output_text", "text"),
    "refusal": ("response.content_part", "response.refusal", "refusal"),
    "summary_text": (
        "response.reasoning_summary_part",
        "response.reasoning_summary_text",
        "text",
    ),
}


def _part(
    part: dict[str, Any], within: dict[str, Any], pieces: int
) -> Iterable[tuple[str, dict[str, Any]]]:
    holder, name, field = _NAMES[part["type"]]
    yield f"{holder}.added", {**within, "part": {**part, field: ""}}
    yield from _text(name, field, part[field], within, pieces)
    yield f"{holder}.done", {**within, "part": part}


def _text(
    name: str, field: str, text: str, within: dict[str, Any], pieces: int
) -> Iterable[tuple[str, dict[str, Any]]]:
    for piece in parts(text, pieces):
        yield f"{name}.delta", {**within, "delta": piece}
    yield f"{name}.done", {**within, field: text}
