"""The conversation as it goes to the model: what was said, replied and returned, in order.

A message names the record it came from. Results of one turn stand together and in call order, as
the Messages API wants them, whatever order they came back in. Messages are never part of a cycle,
hence ``gc=False``.
"""

from __future__ import annotations

import hashlib
from typing import Any

from msgspec import Struct, field

from tooltrace.core.model.append_list import AppendList
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.model.event_parts import Settings
from tooltrace.core.model.request_forms import FORM, as_text
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.exact_json import JsonValue, canonical

__all__ = ["Assistant", "Message", "Request", "Result", "Results", "StatePrompt", "UserText"]


class UserText(Struct, frozen=True, gc=False):
    """What the person said; ``content`` are its blocks where it is more than text.

    ``edited`` is the record by which a person changed it, or added it, later on; 0 for none.
    """

    record: int
    text: str
    content: list[dict[str, Any]] | None = None
    edited: int = 0

    def key(self) -> list[JsonValue]:
        """What of it reaches the model, for the digest."""
        return ["user", self.content or self.text]


class Assistant(Struct, frozen=True, gc=False):
    """The model's reply: its content blocks as they came, or as a person ``edited`` them later."""

    record: int
    content: list[dict[str, Any]]
    edited: int = 0

    def key(self) -> list[JsonValue]:
        """What of it reaches the model, for the digest."""
        return ["assistant", self.content]


class Result(Struct, frozen=True, gc=False):
    """One tool result as the model reads it; ``blocks`` says that it is a list of content blocks.

    ``edited`` is the record by which a person changed it once the conversation had gone on.
    """

    record: int
    tool: str
    tool_use_id: str
    content: JsonValue
    is_error: bool
    blocks: bool = False
    edited: int = 0

    @property
    def text(self) -> str:
        """The content as text: strings as they are, anything else as JSON."""
        return self.told(FORM)

    def told(self, form: int) -> str:
        """The text in requests of that form."""
        return content_text(self.content) if self.blocks else as_text(self.content, form)

    def key(self) -> list[JsonValue]:
        """What of it reaches the model, for the digest."""
        return [self.tool_use_id, self.content, self.is_error, *(["blocks"] if self.blocks else [])]


class Results(Struct, frozen=True, gc=False):
    """All results of a turn, in call order."""

    results: tuple[Result, ...]

    def key(self) -> list[JsonValue]:
        """What of it reaches the model, for the digest."""
        return ["results", *(result.key() for result in self.results)]


class StatePrompt(Struct, frozen=True, gc=False):
    """The state block the model was given before a reply."""

    record: int
    text: str

    def key(self) -> list[JsonValue]:
        """What of it reaches the model, for the digest."""
        return ["state", self.text]


def _digest(value: JsonValue) -> str:
    return hashlib.blake2b(canonical(value).encode(), digest_size=16).hexdigest()


Message = UserText | Assistant | Results | StatePrompt


class Request(Struct, frozen=True, gc=False):
    """Everything one model call is made from.

    ``digest`` chains over all of it: the previous request's digest and the messages since, so that
    computing it costs what is new, not what is old. ``turn`` counts replies before this one.
    ``max_tokens`` limits the reply, and is not part of the digest: asking again with more room is
    the same question. Nor is ``drop_bound_thinking``: whether thinking that belongs to another
    conversation than this may be left out, instead of being refused. ``form`` is that of the run
    (see ``request_forms``); the first one adds nothing to the digest. ``given_system``
    is the system prompt that the author's code gave for it; ``settings`` are the run's, and
    ``options`` what is set for this request.
    """

    workflow: WorkflowSpec
    messages: AppendList[Message]
    turn: int
    state: str | None
    context: dict[str, JsonValue]
    digest: str
    max_tokens: int = 4096
    drop_bound_thinking: bool = False
    form: int = FORM
    given_system: str | list[dict[str, Any]] | None = None
    options: RequestSettings | None = None
    settings: Settings = field(default_factory=Settings)

    @property
    def system(self) -> str | list[dict[str, Any]]:
        """The system prompt, text or blocks: what the author's code gave, or the workflow's."""
        return self.workflow.system_content if self.given_system is None else self.given_system

    @staticmethod
    def opening(workflow: WorkflowSpec, form: int = 1) -> str:
        """The digest before any message: what of the workflow itself reaches the model."""
        tools = [[tool.name, tool.description, tool.schema] for tool in workflow.tools]
        return _digest([workflow.system_content, tools, *([form] if form != 1 else [])])

    @staticmethod
    def under(before: str, workflow: WorkflowSpec) -> str:
        """The digest after ``before`` when a run goes on under another workflow."""
        return _digest([before, Request.opening(workflow)]) if before else ""

    @staticmethod
    def with_more(before: str, more: dict[str, JsonValue]) -> str:
        """The digest with what a request says beside its messages; nothing said changes nothing."""
        return _digest([before, "request", more]) if more else before

    @staticmethod
    def edited(before: str, edit: list[JsonValue]) -> str:
        """The digest once what it covers was changed in the middle."""
        return _digest([before, "edited", *edit]) if before else ""

    @staticmethod
    def chain(before: str, messages: list[Message]) -> str:
        """The digest after ``before`` and these messages, 32 hex digits."""
        return _digest([before, *(message.key() for message in messages)])
