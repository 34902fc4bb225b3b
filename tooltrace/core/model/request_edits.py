"""The events by which a person changes what later requests say.

Each holds from its record on, for the rest of its branch. What it changes stays as it was on every
other branch; settings are changed by ``settings_changed``.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from msgspec import field

from tooltrace.core.model.event_parts import Event

__all__ = ["MessageAdded", "MessageEdited", "SystemEdited", "ToolEdited"]


class SystemEdited(Event, frozen=True, omit_defaults=True):
    """A person changed the system prompt: ``system`` is its text, ``blocks`` stand for it if any.

    ``defined`` takes the edit back: the prompt is again what the workflow says.
    """

    name: ClassVar[str] = "system_edited"
    system: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    defined: bool = False


class ToolEdited(Event, frozen=True, omit_defaults=True):
    """A person changed what the model is told of a tool; what is None stays as it is.

    ``defined`` takes the edit back.
    """

    name: ClassVar[str] = "tool_edited"
    tool: str
    description: str | None = None
    schema: dict[str, Any] | None = None
    defined: bool = False


class MessageEdited(Event, frozen=True, omit_defaults=True):
    """A person changed a message, or one result, of the conversation so far, or took it out.

    ``record`` is the one that the message came from, or by which it was added. ``content`` are its
    content blocks; None takes it out, a reply together with the results of its calls, a result
    together with its call.
    """

    name: ClassVar[str] = "message_edited"
    record: int
    content: list[dict[str, Any]] | None = None
    is_error: bool = False


class MessageAdded(Event, frozen=True, omit_defaults=True):
    """A person put a message into the conversation, behind the one that came from ``after``.

    With 0 it is the first one. It is known by the record of this event.
    """

    name: ClassVar[str] = "message_added"
    after: int
    role: Literal["user", "assistant"]
    content: list[dict[str, Any]]
