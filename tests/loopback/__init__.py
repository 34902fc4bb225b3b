"""A strict Messages API on 127.0.0.1 for tests with the real SDK."""

from tests.loopback.server import KEY, Loopback, Received, Step, fault, reply, text, tool_use

__all__ = ["KEY", "Loopback", "Received", "Step", "fault", "reply", "text", "tool_use"]
