"""A strict Responses API on 127.0.0.1."""

from tests.loopback.responses.server import ResponsesLoopback
from tests.loopback.responses.steps import (
    custom_call,
    events,
    failure,
    function_call,
    message,
    reasoning,
    response,
    streamed,
)

__all__ = [
    "ResponsesLoopback",
    "custom_call",
    "events",
    "failure",
    "function_call",
    "message",
    "reasoning",
    "response",
    "streamed",
]
