"""What the server answers: whole replies, streams with a fault at any place, refusals.

A stream is built from the message it makes, event by event, so that a test can leave one out, put
one in, or cut it at a byte.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Step", "event", "events", "fault", "plain", "reply", "sse", "streamed", "text"]
__all__ += ["parts", "tokens", "tool_use"]

Ends = Literal["length", "chunked", "close"]


@dataclass(frozen=True, slots=True)
class Step:
    """One answer: ``chunks`` are the body as it is written; an Event among them is waited for.

    ``cut`` closes the connection after that many bytes of the body, with ``reset`` by a reset, and
    0 before there are any headers unless ``began``. ``hold`` is waited for before anything is
    answered. ``ends`` is how the end of the body shows: with "close" only by that of the
    connection. ``message`` is what the answer makes of it; one that is set without chunks is sent
    in the form that the request asks for.
    """

    chunks: tuple[bytes | threading.Event, ...] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    hold: threading.Event | None = None
    ends: Ends = "length"
    reset: bool = False
    began: bool = False
    message: dict[str, Any] | None = None

    @property
    def body(self) -> bytes:
        """All of its bytes, as they would go out if nothing cut them."""
        return b"".join(chunk for chunk in self.chunks if isinstance(chunk, bytes))

    @property
    def sent(self) -> bytes:
        """Those of them that do go out."""
        return self.body if self.cut is None else self.body[: self.cut]


def text(said: str) -> dict[str, Any]:
    """A text block."""
    return {"type": "text", "text": said}


def tool_use(call: str, name: str, **arguments: Any) -> dict[str, Any]:
    """A tool call."""
    return {"type": "tool_use", "id": call, "name": name, "input": arguments}


def _message(content: Sequence[dict[str, Any]], stop_reason: str | None) -> dict[str, Any]:
    calls = any(block["type"] == "tool_use" for block in content)
    return {
        "id": "msg_loopback",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": list(content),
        "stop_reason": stop_reason or ("tool_use" if calls else "end_turn"),
        "stop_sequence": None,
        "usage": {"input_tokens": 100, "output_tokens": 10, "cache_read_input_tokens": 0},
    }


def reply(*content: dict[str, Any], stop_reason: str | None = None, **more: Any) -> Step:
    """A whole reply, streamed if that is asked for; ``more`` are further fields of a Step.

    ``stop_reason`` follows from the blocks unless given.
    """
    return Step(message=_message(content, stop_reason), **more)


def plain(
    *content: dict[str, Any], stop_reason: str | None = None, raw: bytes | None = None, **more: Any
) -> Step:
    """A reply as one JSON body whatever is asked for; ``raw`` is a body to send in its place."""
    message = _message(content, stop_reason)
    return Step((json.dumps(message).encode() if raw is None else raw,), message=message, **more)


def fault(status: int, kind: str, message: str, **more: Any) -> Step:
    """An error as the API words it; ``more`` are further fields of a Step."""
    error = {"type": "error", "error": {"type": kind, "message": message}}
    return Step((json.dumps(error).encode(),), status=status, **more)


def event(name: str, newline: str = "\n", **data: Any) -> bytes:
    """One event, its ``type`` among its data."""
    shown = json.dumps({"type": name, **data}, ensure_ascii=False)
    return f"event: {name}{newline}data: {shown}{newline}{newline}".encode("utf-8", "surrogatepass")


def events(message: dict[str, Any], newline: str = "\n", pieces: int = 2) -> list[bytes]:
    """The events that make a message; texts and inputs come in so many ``pieces`` each."""
    usage = message["usage"]
    first = {key: value for key, value in usage.items() if key != "output_tokens"}
    begun = {**message, "content": [], "stop_reason": None, "usage": {**first, "output_tokens": 1}}
    made = [event("message_start", newline, message=begun)]
    for index, block in enumerate(message["content"]):
        opened, deltas = _deltas(block, pieces)
        at = {"index": index}
        made.append(event("content_block_start", newline, **at, content_block=opened))
        made += [event("content_block_delta", newline, **at, delta=delta) for delta in deltas]
        made.append(event("content_block_stop", newline, **at))
    stopped = {key: message.get(key) for key in ("stop_reason", "stop_sequence")}
    stopped |= {"stop_details": message["stop_details"]} if "stop_details" in message else {}
    counted = {"output_tokens": usage.get("output_tokens", 0)}
    made.append(event("message_delta", newline, delta=stopped, usage=counted))
    return [*made, event("message_stop", newline)]


def _deltas(block: dict[str, Any], pieces: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    match block["type"]:
        case "text":
            cut = parts(block["text"], pieces)
            return {**block, "text": ""}, [{"type": "text_delta", "text": p} for p in cut]
        case "thinking":
            cut = parts(block["thinking"], pieces)
            thought = [{"type": "thinking_delta", "thinking": p} for p in cut]
            signed = {"type": "signature_delta", "signature": block["signature"]}
            return {**block, "thinking": "", "signature": ""}, [*thought, signed]
        case "tool_use" | "server_tool_use":
            cut = parts(json.dumps(block["input"]), pieces)
            given = [{"type": "input_json_delta", "partial_json": p} for p in ["", *cut]]
            return {**block, "input": {}}, given
        case _:
            return block, []


def parts(whole: str, pieces: int) -> list[str]:
    """A text in so many pieces, or as many as it has letters."""
    size = max(1, -(-len(whole) // pieces))
    return [whole[at : at + size] for at in range(0, len(whole), size)]


def sse(chunks: Iterable[bytes | threading.Event], **more: Any) -> Step:
    """A stream of these bytes; it ends like the API's unless ``more`` says otherwise."""
    headers = {"content-type": "text/event-stream; charset=utf-8", **more.pop("headers", {})}
    return Step(tuple(chunks), headers=headers, **{"ends": "chunked", "began": True, **more})


def streamed(
    *content: dict[str, Any],
    stop_reason: str | None = None,
    newline: str = "\n",
    by: int | None = None,
    **more: Any,
) -> Step:
    """A reply as a stream, written event by event, or by so many bytes at a time."""
    message = _message(content, stop_reason)
    made = events(message, newline)
    if by is not None:
        whole = b"".join(made)
        made = [whole[at : at + by] for at in range(0, len(whole), by)]
    return sse(made, message=message, **more)


def tokens(count: int, at_once: int = 64) -> Step:
    """A reply of so many text deltas, sent as fast as they go, so many to a write."""
    message = _message([text("")], "end_turn")
    made = events(message, pieces=1)
    delta = {"type": "text_delta", "text": " token"}
    one = event("content_block_delta", index=0, delta=delta)
    writes = [one * at_once] * (count // at_once) + [one * (count % at_once)]
    return sse([*made[:2], *(w for w in writes if w), *made[2:]])
