"""A strict Chat Completions API on 127.0.0.1."""

from tests.loopback.chat.server import ChatLoopback
from tests.loopback.chat.steps import call, chunk, completion, events, streamed

__all__ = ["ChatLoopback", "call", "chunk", "completion", "events", "streamed"]
