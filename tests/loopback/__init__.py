"""A strict Messages API on 127.0.0.1 for tests with the real SDK."""

from tests.loopback.server import KEY, Loopback, Received
from tests.loopback.steps import (
    Step,
    event,
    events,
    fault,
    plain,
    reply,
    sse,
    streamed,
    text,
    tokens,
    tool_use,
)

__all__ = [
    "KEY",
    "Loopback",
    "Received",
    "Step",
    "event",
    "events",
    "fault",
    "plain",
    "reply",
    "sse",
    "streamed",
    "text",
    "tokens",
    "tool_use",
]
