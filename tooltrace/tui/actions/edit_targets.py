"""What ``e``, ``S`` and ``y`` act on: the value behind what is selected, and what a new one means.

Nothing here shows anything; the debugger command that takes the new value is part of the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.model import events as e
from tooltrace.core.model.block_data import is_blocks, put_back, taken_out
from tooltrace.core.model.call_labels import name_among
from tooltrace.core.model.content_blocks import (
    MEDIA_KINDS,
    Block,
    block_problem,
    content_text,
    content_texts,
)
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.snapshot import Call
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import visible
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.edit.edits import draft_of, reply_problem
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.view import View
from tooltrace.tui.rows.selected import Selected

__all__ = [
    "Target",
    "block_of",
    "media_of",
    "said_of",
    "stub_target",
    "target_of",
    "value_of",
    "without_data",
]

Take = Callable[[JsonValue], Future[Stop]]
Check = Callable[[JsonValue], str | None]


class Target(Struct, frozen=True):
    """A value that can be edited: what it is, how to check a new one, and what takes it.

    One that is ``drafted`` is nowhere yet: it may be taken as it is. ``final`` says what the API
    would refuse, ``as_text`` that it is to be read as text where it is one.
    """

    title: str
    hint: str
    value: JsonValue
    take: Take
    check: Check | None = None
    drafted: bool = False
    final: Check | None = None
    as_text: bool = False


def target_of(view: View, debugger: Debugger, selected: Selected) -> Target:
    """The value behind the selection, without the bytes of pictures: what stands for them is put
    back when it is taken. Raises BadCommand when there is none to edit."""
    return without_data(_target(view, debugger, selected))


def without_data(target: Target) -> Target:
    """The target with references in place of bytes, which are put back when it is taken."""
    value, data = taken_out(target.value)
    final = target.final
    if not data:
        return target

    def check(edited: JsonValue) -> str | None:
        try:
            whole = put_back(edited, data)
        except ValueError as error:
            return str(error)
        return target.check(whole) if target.check is not None else None

    return replace(
        target,
        value=value,
        hint=f'{target.hint}; leave "$data:1", which stands for bytes, or take its block out',
        take=lambda edited: target.take(put_back(edited, data)),
        check=check,
        final=None if final is None else lambda edited: final(put_back(edited, data)),
    )


def _target(view: View, debugger: Debugger, selected: Selected) -> Target:
    if selected.context is not None:
        return _context(view, debugger, selected.context)
    call = view.snapshot.call(selected.ref) if selected.ref else None
    if call is not None and call.status == "waiting":
        return _arguments(view, debugger, call)
    record = view.tree.records.get(selected.record) if selected.record is not None else None
    if record is None:
        raise BadCommand("select a result, a reply, a pending call or a context value to edit")
    match record.event:
        case e.ToolReturned() as returned:
            return _result(debugger, record.id, returned)
        case e.ModelReplied(reply=reply):
            return Target(
                f"reply #{record.id}",
                "what comes after it is left behind on its own branch",
                reply,
                lambda value: debugger.submit.edit.reply(record.id, value),
                reply_problem,
            )
        case e.ModelFailed() as failed:
            return Target(
                f"the reply that #{record.id} is not",
                "the failed attempt is left behind on its own branch",
                draft_of(failed.reply),
                lambda value: debugger.submit.edit.write_reply(record.id, value),
                reply_problem,
                drafted=True,
            )
        case e.UserSaid(content=content) if content:
            return Target(
                f"what was said, #{record.id}",
                "what comes after it is left behind on its own branch",
                content,
                lambda value: debugger.submit.edit.said(record.id, "", value),
                _blocks_problem,
            )
        case e.UserSaid(text=text):
            return Target(
                f"what was said, #{record.id}",
                "what comes after it is left behind on its own branch",
                text,
                lambda value: debugger.submit.edit.said(record.id, str(value)),
                lambda value: None if isinstance(value, str) and value.strip() else "say something",
            )
        case _:
            raise BadCommand(
                f"#{record.id} is no result, reply or message: there is nothing to edit"
            )


def _blocks_problem(value: JsonValue) -> str | None:
    if not isinstance(value, list) or not value:
        return "what is said is a list of content blocks"
    found = ((index, block_problem(block)) for index, block in enumerate(value))
    return next((f"block {index} cannot be sent: {why}" for index, why in found if why), None)


def _context(view: View, debugger: Debugger, name: str) -> Target:
    if name not in view.snapshot.context:
        raise BadCommand(f"the context has no {name!r}")
    if not view.snapshot.settled:
        raise BadCommand("a call is still open here: step back before it, or answer it first (S)")
    return Target(
        f"context {name}",
        "from here on; earlier steps stay as they were",
        view.snapshot.context[name],
        lambda value: debugger.submit.edit.context(name, value),
        lambda value: debugger.edit.context_problem(name, value),
    )


def _arguments(view: View, debugger: Debugger, call: Call) -> Target:
    return Target(
        f"arguments of {name_among(call, view.snapshot.calls)}",
        "the call has not been made yet; it will be made with these",
        call.arguments,
        lambda value: debugger.submit.edit.arguments(call.ref, value),
        lambda value: None if isinstance(value, dict) else "arguments are an object",
    )


def _result(debugger: Debugger, record: int, returned: e.ToolReturned) -> Target:
    title = f"result #{record}"
    if not returned.is_error:
        return Target(
            title,
            "the model reads this instead; nothing runs again",
            returned.content,
            lambda value: debugger.submit.edit.result(record, value),
            _still_blocks if returned.blocks else None,
        )
    return Target(
        title,
        "is_error false makes it a success",
        {"is_error": True, "content": returned.content},
        lambda value: debugger.submit.edit.result(record, value["content"], value["is_error"]),
        _error_result_problem,
    )


def _still_blocks(value: JsonValue) -> str | None:
    """A list in place of blocks is to be blocks again; anything else is a plain result."""
    return _blocks_problem(value) if isinstance(value, list) and value else None


def _error_result_problem(value: JsonValue) -> str | None:
    if not isinstance(value, dict) or value.keys() != {"is_error", "content"}:
        return "it needs is_error and content, and nothing else"
    return None if isinstance(value["is_error"], bool) else "is_error must be true or false"


def stub_target(view: View, debugger: Debugger, selected: Selected) -> Target:
    """The result of an open call, to be typed. Raises BadCommand when none is open."""
    calls = [call for call in view.snapshot.calls if call.status != "returned"]
    if not calls:
        raise BadCommand("no call is waiting for a result here")
    call = next((call for call in calls if call.ref == selected.ref), calls[0])
    return Target(
        f"result of {name_among(call, view.snapshot.calls)}",
        "the tool is not called; the model reads what you type",
        {},
        lambda value: debugger.submit.edit.answer(call.ref, value),
    )


def value_of(view: View, selected: Selected) -> JsonValue:
    """The value to copy: what is selected, whole; of content blocks what they read like.

    Raises BadCommand when there is none.
    """
    if selected.context is not None:
        value = view.snapshot.context.get(selected.context)
        return content_text(value) if is_blocks(value) else value
    record = view.tree.records.get(selected.record) if selected.record is not None else None
    if record is None:
        raise BadCommand("select something to copy")
    match record.event:
        case e.ToolReturned(content=content, blocks=blocks):
            return content_text(content) if blocks else content
        case e.MessageEdited(content=list(content)) | e.MessageAdded(content=list(content)):
            return content_text(content)
        case e.ModelReplied(reply=reply):
            call = view.snapshot.call(selected.ref) if selected.ref else None
            return call.arguments if call else reply
        case e.UserSaid(text=text):
            return text
        case e.ModelFailed(error=error):
            return error
        case event:
            from msgspec import to_builtins

            return to_builtins(event)


def said_of(view: View, selected: Selected) -> tuple[int, str, list[Block]] | None:
    """What was said: its record, its text, the blocks beside it; None where it is something else.

    None as well for a text with something hidden in it, which only JSON shows.
    """
    record = view.tree.records.get(selected.record) if selected.record is not None else None
    if record is None or not isinstance(record.event, e.UserSaid):
        return None
    text, blocks = record.event.text, list(record.event.content)
    if blocks:
        leads = blocks[0].get("type") == "text"
        text = content_texts(blocks[:1])[0] if leads else ""
        blocks = blocks[1:] if leads else blocks
    return (record.id, text, blocks) if visible(text) == text else None


def block_of(view: View, selected: Selected) -> Block | None:
    """The content block that is selected; None where it is none."""
    blocks, at = _blocks_of(view, selected), selected.block
    return blocks[at] if at is not None and at < len(blocks) else None


def media_of(view: View, selected: Selected) -> list[Block]:
    """The selected block, or else all pictures and documents of what is selected."""
    block = block_of(view, selected)
    found = [block] if block is not None else _blocks_of(view, selected)
    return [each for each in found if each.get("type") in MEDIA_KINDS]


def _blocks_of(view: View, selected: Selected) -> list[Block]:
    record = view.tree.records.get(selected.record) if selected.record is not None else None
    match record.event if record is not None else None:
        case (
            e.ToolReturned(content=list(blocks), blocks=True)
            | e.UserSaid(content=list(blocks))
            | e.MessageEdited(content=list(blocks))
            | e.MessageAdded(content=list(blocks))
        ):
            return [block if isinstance(block, dict) else {} for block in blocks]
        case _:
            return []
