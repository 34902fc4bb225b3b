"""Say something to the model, or put other words in place of what was said."""

from __future__ import annotations

from collections.abc import Sequence

from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import Block, block_problem, content_text, text_block
from tooltrace.core.model.errors import BadCommand
from tooltrace.debugger.edit.edits import on_path
from tooltrace.debugger.session.session import Session

__all__ = ["edit_said", "said", "say"]

Blocks = Sequence[Block]


def said(text: str, content: Blocks | None = None) -> e.UserSaid:
    """What a person says: the text, with content blocks beside it, such as pictures.

    Blocks that hold text of their own say it; ``text`` stands in front of them. Raises BadCommand.
    """
    if not content:
        if not text.strip():
            raise BadCommand("say something, or press esc")
        return e.UserSaid(text)
    for index, block in enumerate(content):
        if why := block_problem(block):
            raise BadCommand(f"block {index} cannot be sent: {why}")
    blocks = [*([text_block(text)] if text.strip() else []), *content]
    return e.UserSaid(content_text(blocks), blocks)


def say(session: Session, text: str, content: Blocks | None = None) -> e.Record:
    """Say something to the model."""
    event, s = said(text, content), session.snapshot
    if any(call.status != "returned" for call in s.calls):
        raise BadCommand("a call is still open here: step, or give it a result first")
    return session.append(event, "live")


def edit_said(
    session: Session, record_id: int, text: str, content: Blocks | None = None
) -> e.Record:
    """Put other words in place of what the person said; what came after is left behind."""
    record = on_path(session, record_id)
    if not isinstance(record.event, e.UserSaid):
        raise BadCommand(f"record #{record_id} is nothing that was said")
    return session.append_after(record.parent, said(text, content), "edited")
