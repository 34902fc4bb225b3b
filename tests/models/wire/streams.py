"""Completions as the chunks of a stream, in the ways in which servers differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

__all__ = ["Manner", "chunks", "sse"]

Body = dict[str, Any]


class Manner(Struct, frozen=True):
    """How a server streams: the length of a piece, and what it leaves out or repeats."""

    piece: int = 3
    indexed: bool = True
    repeated: bool = False
    usage_apart: bool = True
    done: bool = True


def chunks(reply: Body, manner: Manner) -> Iterator[Body]:
    """The chunks of a completion, without the ``[DONE]``."""
    head = {k: v for k, v in reply.items() if k not in ("choices", "usage")}
    head["object"] = "chat.completion.chunk"
    for index, choice in enumerate(reply["choices"]):
        for delta in _deltas(choice["message"], manner):
            yield {**head, "choices": [{"index": index, "delta": delta, "finish_reason": None}]}
        others = {k: v for k, v in choice.items() if k not in ("message", "index")}
        last = {**head, "choices": [{"index": index, "delta": {}, **others}]}
        if "usage" in reply and not manner.usage_apart:
            last["usage"] = reply["usage"]
        yield last
    if "usage" in reply and manner.usage_apart:
        yield {**head, "choices": [], "usage": reply["usage"]}


def _deltas(message: Body, manner: Manner) -> Iterator[Body]:
    yield {"role": "assistant", "content": None}
    for name in ("reasoning_content", "reasoning", "content", "refusal"):
        for piece in _pieces(message.get(name) or "", manner.piece):
            yield {name: piece}
    for index, call in enumerate(message.get("tool_calls") or ()):
        for delta in _call(call, manner):
            yield {"tool_calls": [{**({"index": index} if manner.indexed else {}), **delta}]}
    told = ("role", "reasoning_content", "reasoning", "content", "refusal", "tool_calls")
    if more := {k: v for k, v in message.items() if k not in told}:
        yield more


def _call(call: Body, manner: Manner) -> Iterator[Body]:
    name, arguments = call["function"]["name"], call["function"]["arguments"]
    yield {**call, "function": {"name": name, "arguments": ""}}
    again = {"id": call["id"]} if manner.repeated else {}
    named = {"name": name} if manner.repeated else {}
    for piece in _pieces(arguments, manner.piece):
        yield {**again, "function": {**named, "arguments": piece}}


def _pieces(text: str, size: int) -> Iterator[str]:
    yield from (text[at : at + size] for at in range(0, len(text), size))


def sse(made: Iterator[Body] | list[Body], done: bool = True) -> bytes:
    """The body of a stream with these chunks."""
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in made]
    return "".join([": hello\n\n", *lines, *(["data: [DONE]\n\n"] if done else [])]).encode()
