"""A response and its events, changed as a test wants them, and what a reader makes of them."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import Any

from tests.loopback import event
from tests.loopback.responses.steps import events, function_call, message, reasoning, response
from tooltrace.core.model.ports import Delta
from tooltrace.models.wire.responses.stream import ResponsesStream
from tooltrace.models.wire.sse import EventStream

__all__ = ["HI", "PAY", "WHOLE", "changed", "heard_of", "without"]

HI = message("hi ✓ there")
PAY = function_call("c1", "pay", cents=1500, to="Zoë")
WHOLE = response(reasoning("first", "second"), HI, PAY).message or {}


def heard_of(made: list[bytes], chunks: list[int] | None = None) -> tuple[Any, list[Delta]]:
    """A stream that has read events, cut into chunks of these sizes, and what it told."""
    heard: list[Delta] = []
    stream = ResponsesStream(heard.append)
    whole, reader = b"".join(made), EventStream()
    ends = [*accumulate(chunks or ()), len(whole)]
    for start, end in zip([0, *ends], ends, strict=False):
        for name, data in reader.feed(whole[start:end]):
            stream.take(name, data)
    stream.end()
    return stream, heard


def changed(at: str, **fields: Any) -> list[bytes]:
    """The events of the whole response, those of this name with other fields."""
    made = []
    for one in events(WHOLE):
        data = json.loads(one.partition(b"data: ")[2])
        kind = data.pop("type")
        made.append(event(kind, **{**data, **(fields if kind == at else {})}))
    return made


def without(*names: str) -> list[bytes]:
    """The events of the whole response but for those of these names."""
    return [one for one in events(WHOLE) if one.split(b"\n")[0].decode()[7:] not in names]
