"""What the server of Chat Completions answers: whole completions, and the chunks they come in.

The shapes are those of ``openai/types/chat/chat_completion.py`` and ``chat_completion_chunk.py`` in
the official Python SDK, 3.57.0. Chunks have no event name, the last is ``[DONE]``; the usage comes
in one of its own, without choices, if ``stream_options.include_usage`` asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.loopback.steps import Step, parts, sse

__all__ = ["call", "chunk", "completion", "events", "streamed"]


def call(name: str, tool: str, raw: str | None = None, **arguments: Any) -> dict[str, Any]:
    """A call of a tool, with its id first; ``raw`` are arguments in the place of the others."""
    given = json.dumps(arguments, separators=(",", ":")) if raw is None else raw
    return {"id": name, "type": "function", "function": {"name": tool, "arguments": given}}


def _completion(
    said: str | None,
    calls: Sequence[dict[str, Any]],
    finish_reason: str | None,
    refused: str | None,
    more: dict[str, Any],
) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": said, "refusal": refused}
    message["annotations"] = []
    return {
        "id": "chatcmpl-loopback",
        "object": "chat.completion",
        "created": 1_750_000_000,
        "model": "gpt-5.6",
        "choices": [
            {
                "index": 0,
                "message": {**message, **({"tool_calls": list(calls)} if calls else {})},
                "logprobs": None,
                "finish_reason": finish_reason or ("tool_calls" if calls else "stop"),
            }
        ],
        "usage": {
            "prompt_tokens": 100,
            "completion_tokens": 10,
            "total_tokens": 110,
            "prompt_tokens_details": {"cached_tokens": 40, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 4, "audio_tokens": 0},
        },
        "service_tier": "default",
        "system_fingerprint": "fp_loopback",
        **more,
    }


def completion(
    said: str | None = None,
    *calls: dict[str, Any],
    finish_reason: str | None = None,
    refused: str | None = None,
    fields: dict[str, Any] | None = None,
    **more: Any,
) -> Step:
    """A completion, streamed if that is asked for.

    ``finish_reason`` follows from the calls unless given, ``fields`` are fields of the completion
    beside the ordinary ones, ``more`` are further fields of a Step.
    """
    return Step(message=_completion(said, calls, finish_reason, refused, fields or {}), **more)


def streamed(said: str | None = None, *calls: dict[str, Any], pieces: int = 2, **more: Any) -> Step:
    """A completion as a stream; ``more`` are further fields of a Step."""
    made = _completion(said, calls, None, None, {})
    return sse(events(made, pieces), message=made, **more)


def chunk(made: dict[str, Any], *choices: dict[str, Any], **more: Any) -> bytes:
    """One chunk of a completion."""
    kept = ("id", "created", "model", "service_tier", "system_fingerprint")
    shell = {name: made[name] for name in kept if name in made}
    data = {**shell, "object": "chat.completion.chunk", "choices": list(choices), **more}
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode("utf-8", "surrogatepass")


def events(made: dict[str, Any], pieces: int = 2, usage: bool = True) -> list[bytes]:
    """The chunks that make a completion; texts and arguments come in so many ``pieces`` each."""
    told: list[bytes] = []
    for choice in made["choices"]:
        message, index = choice["message"], choice["index"]
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": "", "refusal": None}]
        for field in ("content", "refusal"):
            deltas += [{field: piece} for piece in parts(message[field] or "", pieces)]
        for place, one in enumerate(message.get("tool_calls", ())):
            deltas += _call(one, place, pieces)
        told += [chunk(made, _choice(index, delta)) for delta in deltas]
        told.append(chunk(made, _choice(index, {}, choice["finish_reason"])))
    told += [chunk(made, usage=made["usage"])] if usage else []
    return [*told, b"data: [DONE]\n\n"]


def _choice(index: int, delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": reason}


def _call(one: dict[str, Any], place: int, pieces: int) -> list[dict[str, Any]]:
    function = one["function"]
    begun = {"index": place, **one, "function": {**function, "arguments": ""}}
    more = [
        {"index": place, "function": {"arguments": piece}}
        for piece in parts(function["arguments"], pieces)
    ]
    return [{"tool_calls": [part]} for part in (begun, *more)]
