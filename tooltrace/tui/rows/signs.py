"""Which items of a pane the last move brought, and which it took back."""

from __future__ import annotations

from tooltrace.tui.rows.calls.call_row import CallRow
from tooltrace.tui.rows.calls.log_row import LogRow
from tooltrace.tui.rows.calls.time_row import TimeRow
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.rows.last_move import LastMove, Sign
from tooltrace.tui.rows.lines import Item

__all__ = ["sign_of"]


def sign_of(move: LastMove | None, item: Item) -> Sign:
    """``+`` where the move brought an item, ``-`` where it is ahead again, else nothing.

    What comes next has no record yet that could be new.
    """
    match item:
        case Entry(wraps=True) | Entry(selectable=False):
            return ""
        case Entry() | CallRow() | LogRow() | TimeRow():
            return "" if move is None else move.marks(item.record)
        case _:
            return ""
