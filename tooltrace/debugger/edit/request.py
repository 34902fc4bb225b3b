"""Edit what later requests say: system prompt, tools, settings, earlier messages, the model.

Each of these appends one fact where one stands, and holds from there on, on that branch. What the
API would refuse is refused here, with its reason, before anything is written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from msgspec.structs import replace

from tooltrace.core.decide.next_action import model_called, request_at
from tooltrace.core.fold.fold import fold
from tooltrace.core.fold.fold_edits import message_records
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import block_problem, text_block
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.messages import Assistant, Message, Results, StatePrompt
from tooltrace.core.model.request_forms import as_text
from tooltrace.core.model.request_settings import with_setting
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.debugger.session.session import Session

__all__ = [
    "EditPlace",
    "add_message",
    "choose_model",
    "edit_message",
    "edit_setting",
    "edit_system",
    "edit_tool",
    "message_at",
    "problem",
    "with_model",
]


class EditPlace(Protocol):
    """Where an edit is appended: a session, or what only looks whether it could be."""

    @property
    def snapshot(self) -> Snapshot:
        """What it changes."""
        ...

    @property
    def next_id(self) -> int:
        """The number that its record gets."""
        ...

    def append(self, event: e.Event, source: e.Source) -> e.Record:
        """Put it behind what is there."""
        ...


class _Trial:
    """Where an edit only seems to be appended."""

    def __init__(self, session: Session) -> None:
        self.snapshot, self.next_id = session.snapshot, session.next_id

    def append(self, event: e.Event, source: e.Source) -> e.Record:
        return e.Record(self.next_id, self.snapshot.at, "", source, event)


def problem(session: Session, change: Callable[[EditPlace], object]) -> str | None:
    """Why one of the edits below would be refused here; None when it would not. Changes nothing."""
    try:
        with session.lock:
            change(_Trial(session))
    except BadCommand as error:
        return str(error)
    return None


def edit_system(session: EditPlace, system: JsonValue) -> e.Record:
    """Send another system prompt from here on: text, or text blocks; None is the workflow's."""
    if system is None:
        if not any(isinstance(one, e.SystemEdited) for one in session.snapshot.edits):
            raise BadCommand("the system prompt is what the workflow says")
        return _append(session, e.SystemEdited(defined=True))
    if isinstance(system, str):
        return _append(session, e.SystemEdited(system))
    blocks = _blocks(system)
    if any(block["type"] != "text" for block in blocks):
        raise BadCommand("a system prompt has text blocks only")
    return _append(
        session, e.SystemEdited("\n\n".join(block["text"] for block in blocks), blocks=blocks)
    )


def edit_tool(
    session: EditPlace,
    name: str,
    description: str | None = None,
    schema: dict[str, Any] | None = None,
) -> e.Record:
    """Tell the model something else of a tool; without both it is told what the workflow says."""
    tool = session.snapshot.workflow.tool(name)
    if tool is None:
        known = ", ".join(one.name for one in session.snapshot.workflow.tools) or "none"
        raise BadCommand(f"there is no tool {_shown(name)}; there is: {known}")
    if schema is not None and (not isinstance(schema, dict) or _no_object(schema)):
        raise BadCommand("the schema of a tool's arguments describes an object")
    if description is None and schema is None:
        if not any(isinstance(o, e.ToolEdited) and o.tool == name for o in session.snapshot.edits):
            raise BadCommand(f"{_shown(name)} is what the workflow says")
        return _append(session, e.ToolEdited(name, defined=True))
    return _append(session, e.ToolEdited(name, description, schema))


def _no_object(schema: dict[str, Any]) -> bool:
    return bool(schema.get("type", "object") != "object")


def edit_setting(session: EditPlace, name: str, value: JsonValue) -> e.Record:
    """Set one setting of the run's requests from here on; None takes it away.

    ``max_tokens``, which every request has, limits a reply.
    """
    settings = session.snapshot.settings
    if name == "max_tokens":
        if type(value) is not int or value < 1:
            raise BadCommand("max_tokens: has to be a whole number above 0")
        return _append(session, e.SettingsChanged(replace(settings, max_tokens=value)))
    try:
        request = with_setting(settings.request, name, value)
    except ValueError as error:
        raise BadCommand(str(error)) from error
    return _append(session, e.SettingsChanged(replace(settings, request=request)))


def with_model(
    session: Session, model: str, base_url: str | None, key_env: str | None
) -> e.Settings:
    """The run's settings with another model."""
    if not model.strip():
        raise BadCommand("name a model, such as claude-sonnet-5-5")
    settings = session.snapshot.settings
    return replace(settings, model=model.strip(), base_url=base_url, key_env=key_env)


def choose_model(session: EditPlace, settings: e.Settings) -> e.Record:
    """Ask the model that these settings name from here on."""
    return _append(session, e.SettingsChanged(settings))


def edit_message(
    session: EditPlace, record: int, content: JsonValue, is_error: bool = False
) -> e.Record:
    """Change a message of the conversation so far, or one result of it; None takes it out.

    Unlike an edit of the record itself, what came after it stays.
    """
    message = message_at(session.snapshot, record)
    if isinstance(message, StatePrompt):
        raise BadCommand("this is the state prompt: it follows from the state and the context")
    if content is None:
        return _append(session, e.MessageEdited(record))
    if isinstance(message, Results) and not isinstance(content, str | list):
        content = as_text(content, session.snapshot.form)
    blocks = _any_blocks(content) if isinstance(message, Assistant) else _blocks(content)
    return _append(session, e.MessageEdited(record, blocks, is_error))


def add_message(session: EditPlace, after: int, role: str, content: JsonValue) -> e.Record:
    """Put a message behind the one that came from a record; 0 puts it first."""
    if role not in ("user", "assistant"):
        raise BadCommand("a message is the user's or the assistant's")
    if after:
        message_at(session.snapshot, after)
    blocks = _any_blocks(content) if role == "assistant" else _blocks(content)
    return _append(session, e.MessageAdded(after, role, blocks))  # type: ignore[arg-type]


def message_at(s: Snapshot, record: int) -> Message:
    """The message of the conversation so far that came from a record. Raises BadCommand."""
    for message in reversed(s.messages):
        if record in message_records(message):
            return message
    if any(call.returned == record for call in s.calls):
        raise BadCommand(f"the model has not read #{record} yet: edit the result itself")
    raise BadCommand(f"no message of this conversation came from #{record}")


def _blocks(content: JsonValue) -> list[dict[str, Any]]:
    blocks = _any_blocks(content)
    for index, block in enumerate(blocks):
        if why := block_problem(block):
            raise BadCommand(f"block {index} cannot be sent: {why}")
    return blocks


def _any_blocks(content: JsonValue) -> list[dict[str, Any]]:
    if isinstance(content, str):
        if not content.strip():
            raise BadCommand("there is nothing in it; take the message out instead")
        return [text_block(content)]
    if not isinstance(content, list) or not content:
        raise BadCommand("a message is text, or a list of content blocks")
    for index, block in enumerate(content):
        if not isinstance(block, dict) or not isinstance(block.get("type"), str):
            raise BadCommand(f"block {index} is no object with a type")
    return content


def _append(session: EditPlace, event: e.Event) -> e.Record:
    s = session.snapshot
    if not s.settled:
        raise BadCommand("a call is still open here: step back before it, or answer it first")
    if isinstance(event, e.MessageEdited | e.MessageAdded) and (why := _refused(session, event)):
        raise BadCommand(f"the API would refuse the conversation then: {why}")
    return session.append(event, "edited")


def _refused(session: EditPlace, event: e.Event) -> str:
    """What the API would say to the conversation after this edit; empty when it would take it."""
    from tooltrace.models.providers import split_model

    s, number = session.snapshot, session.next_id
    after = fold(s, e.Record(number, s.at, "", "edited", event))
    asked = fold(after, e.Record(number + 1, number, "", "live", model_called(after)))
    provider, model = split_model(s.settings.model)
    found = provider.problems(provider.body(request_at(asked), model))
    return found[0] if found else ""


def _shown(text: str) -> str:
    return clip(one_line(text), 60)
