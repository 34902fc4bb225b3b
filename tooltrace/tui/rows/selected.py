"""What the item under a cursor stands for. Pure."""

from __future__ import annotations

from msgspec import Struct

from tooltrace.core.model.events import CallRef
from tooltrace.tui.rows.calls.call_row import CallRow
from tooltrace.tui.rows.calls.log_row import LogRow
from tooltrace.tui.rows.calls.time_row import TimeRow
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.rows.lines import Item
from tooltrace.tui.rows.workflow.workflow import ContextRow

__all__ = ["Selected", "selected_of"]


class Selected(Struct, frozen=True):
    """What the cursor is on: a record, a call of it, a block of it, or a value of the context."""

    record: int | None = None
    ref: CallRef | None = None
    context: str | None = None
    block: int | None = None


def selected_of(item: Item | None) -> Selected:
    """What an item stands for; nothing where it is a heading or the like."""
    match item:
        case Entry():
            return Selected(item.record, item.ref, block=item.block)
        case CallRow() | TimeRow():
            return Selected(item.record, item.ref)
        case LogRow():
            return Selected(item.record)
        case ContextRow():
            return Selected(context=item.name)
        case _:
            return Selected()
