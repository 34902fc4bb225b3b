"""What ``e`` acts on among a request's messages: a block, a result, or a whole message.

Messages of one side are sent as one, and what says nothing is not sent: so a part is traced to its
message by the record that it came from. Nothing here shows anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from tooltrace.core.compare.request_parts import RequestPart
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import Block, text_block
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.messages import Assistant, Message, Result, Results, StatePrompt, UserText
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.edit import request
from tooltrace.debugger.edit.message_place import place_of_message
from tooltrace.debugger.view import View
from tooltrace.models.request.turns import blank
from tooltrace.models.request_report import RequestReport
from tooltrace.tui.actions.edit_targets import Target, target_of, without_data
from tooltrace.tui.rows.selected import Selected

__all__ = ["PartPlace", "added_target", "part_place", "part_target", "standing_target"]

_STANDS = "what came after it stays, and is sent again behind it"


class PartPlace(Struct, frozen=True):
    """Where a part stands in the conversation: ``place`` is that of its message, ``record`` the one
    by which the message, or its result, is known, ``index`` its place among the blocks, None where
    a protocol's parts are no blocks."""

    place: int
    message: Message
    record: int
    index: int | None = None

    @property
    def blocks(self) -> list[Block]:
        """The blocks of the message; none where it has results."""
        return _blocks(self.message)


def part_place(view: View, report: RequestReport, part: RequestPart) -> PartPlace | None:
    """The message that a part of a request was made from; None for what nobody has read yet.

    Raises BadCommand for what follows from the state.
    """
    parts = [each.part for each in report.parts if each.verdict != "gone"]
    blocks = report.protocol == "messages"
    messages = view.snapshot.messages
    for place in range(len(messages) - 1, -1, -1):
        message = messages[place]
        for record, made_by in _records(message):
            if made_by == part.record and isinstance(message, StatePrompt):
                raise BadCommand(_STATE)
            if made_by == part.record:
                index = _index(message, _nth(parts, part)) if blocks else None
                return PartPlace(place, message, record, index)
    made = None if part.record is None else view.tree.records.get(part.record)
    if made is None or isinstance(made.event, e.ModelCalled):
        raise BadCommand(_STATE)
    return None


_STATE = "this is the state prompt: it follows from the state and the context"


def _records(message: Message) -> list[tuple[int, int]]:
    """The records that a message, or parts of it, are known by; each with the one a part names."""
    match message:
        case Results(results=results):
            return [(one.record, one.edited or one.record) for one in results]
        case UserText() | Assistant():
            return [(message.record, message.edited or message.record)]
        case _:
            return [(message.record, message.record)]


def _nth(parts: Iterable[RequestPart], part: RequestPart) -> int:
    """Which of the parts that come from its record it is, in its message of the body."""
    same = (p for p in parts if p.record == part.record and p.path[:2] == part.path[:2])
    return next((at for at, each in enumerate(same) if each.path == part.path), 0)


def _index(message: Message, nth: int) -> int:
    sent = [at for at, block in enumerate(_blocks(message)) if not blank(block)]
    return sent[nth] if nth < len(sent) else 0


def _blocks(message: Message) -> list[Block]:
    match message:
        case UserText(text=text, content=content):
            return content or [text_block(text)]
        case Assistant(content=content):
            return content
        case _:
            return []


def part_target(view: View, debugger: Debugger, report: RequestReport, part: RequestPart) -> Target:
    """A block of a message, or a result, where it stands. Raises BadCommand."""
    place = part_place(view, report, part)
    if place is None:
        return target_of(view, debugger, Selected(part.record))
    if place.index is None or isinstance(place.message, Results):
        return standing_target(view, debugger, place.record)
    return _block(debugger, place)


def standing_target(view: View, debugger: Debugger, record: int) -> Target:
    """A whole message, or a result, where it stands. Raises BadCommand."""
    at = place_of_message(view.snapshot, record)
    if at is None:
        raise BadCommand(f"#{record} is no part of this conversation any more: u undoes that")
    message = view.snapshot.messages[at]
    if isinstance(message, Results):
        return _result(debugger, message, record)
    place = PartPlace(at, message, record, 0)
    if len(place.blocks) == 1:
        return _block(debugger, place)
    blocks: JsonValue = [*place.blocks]
    return _standing(debugger, record, f"{_who(message)} #{record}", blocks, lambda new: new)


def _block(debugger: Debugger, place: PartPlace) -> Target:
    blocks, index, record = place.blocks, place.index or 0, place.record
    block = blocks[index]
    bare = block.keys() == {"type", "text"} and isinstance(block.get("text"), str)

    def whole(new: JsonValue) -> JsonValue:
        made = new if isinstance(new, list) else [text_block(new) if isinstance(new, str) else new]
        return [*blocks[:index], *made, *blocks[index + 1 :]]

    which = f", block {index}" if len(blocks) > 1 else ""
    title = f"{_who(place.message)} #{record}{which}"
    # As a list of one, so that what stands for the bytes of a picture can be told from text.
    alone = [block] if "source" in block else block
    return _standing(debugger, record, title, block["text"] if bare else alone, whole)


def _who(message: Message) -> str:
    return "the reply" if isinstance(message, Assistant) else "the message"


def _result(debugger: Debugger, message: Results, record: int) -> Target:
    result = next(one for one in message.results if one.record == record)
    title = f"the result of {result.tool}, #{record}"
    value = _told(result)
    if not result.is_error:
        return _standing(debugger, record, title, value, lambda new: new)
    held = {"is_error": True, "content": value}
    return _standing(
        debugger, record, title, held, lambda new: new["content"], lambda new: new["is_error"]
    )


def _told(result: Result) -> JsonValue:
    """What a result says: blocks that are no more than one text as that text."""
    match result.content:
        case [{"type": "text", "text": str(text), **rest}] if result.blocks and not rest:
            return text
        case content:
            return content


def _standing(
    debugger: Debugger,
    record: int,
    title: str,
    value: JsonValue,
    whole: Callable[[Any], JsonValue],
    failed: Callable[[Any], bool] | None = None,
) -> Target:
    """A value where it stands; ``whole`` makes a message's content of a new one."""

    def is_error(new: JsonValue) -> bool:
        return failed is not None and failed(new)

    def check(new: JsonValue) -> str | None:
        if failed is None:
            return None
        good = isinstance(new, dict) and new.keys() == {"is_error", "content"}
        if not good or not isinstance(new["is_error"], bool):
            return "it needs is_error, true or false, and content, and nothing else"
        return None

    target = Target(
        title,
        _STANDS,
        value,
        lambda new: debugger.submit.edit.message(record, whole(new), is_error(new)),
        check,
        final=lambda new: debugger.edit.request_problem(
            lambda s: request.edit_message(s, record, whole(new), is_error(new))
        ),
        as_text=True,
    )
    return without_data(target)


def added_target(debugger: Debugger, after: int, role: str, where: str) -> Target:
    """A message that is not there yet, behind the one of the record ``after``."""
    return Target(
        f"a message of the {role}, {where}",
        "text; ^t for JSON, in which content blocks can be written",
        "",
        lambda new: debugger.submit.edit.add_message(after, role, new),
        lambda new: None if isinstance(new, str | list) else "text, or a list of content blocks",
        drafted=True,
        final=lambda new: debugger.edit.request_problem(
            lambda s: request.add_message(s, after, role, new)
        ),
        as_text=True,
    )
