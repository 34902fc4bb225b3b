"""Conversations with a real model's name and a server's figures, for tests about requests."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from tests.core.given import Given, call, reply
from tests.tui.view.build import REFUND
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import ToolSpec, WorkflowSpec

__all__ = ["MODEL", "SHOP", "answered", "edited_early", "shop"]

MODEL = "claude-sonnet-5-5"

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"order_id": {"type": "string", "description": "the number on the receipt"}},
    "required": ["order_id"],
}
SHOP: WorkflowSpec = replace(
    REFUND,
    system="You work for a shop.\nRefund what the policy allows, and say what you did.",
    tools=(
        ToolSpec("fetch_order", "Look an order up.", _SCHEMA, read_only=True),
        ToolSpec("check_policy", "Ask whether the policy allows it.", _SCHEMA, read_only=True),
        *REFUND.tools[2:],
    ),
)


def shop(**settings: Any) -> Given:
    """A refund that a model was told to make, before its first request."""
    given = e.Settings(**{"model": MODEL, **settings})
    return Given(SHOP, given, form=2).user("Refund order 1001, the mug was broken.")


def answered(
    given: Given, *blocks: Any, read: int = 0, written: int = 0, fresh: int = 12, **more: Any
) -> Given:
    """The model is asked and replies, with the server's figures."""
    usage = {
        "input_tokens": fresh,
        "output_tokens": 40,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
    }
    if not given.snapshot.awaiting_model:
        given.asks()
    return given.append(e.ModelReplied({**reply(*blocks), "usage": usage}, ms=900.0, **more))


def edited_early(asked: bool = True, **settings: Any) -> Given:
    """Two turns, and a branch on which the result of the first was edited, then asked again.

    Records 1 to 9 are the first run; 10 is the edit, and 12 the request that reads it, if the model
    was ``asked``.
    """
    given = answered(shop(**settings), call("fetch_order", order_id="1001"), written=1200)
    before = given.head
    given.returns("fetch_order", {"id": "1001", "total": 59.9})
    given.moves("validating")
    answered(given, call("check_policy", order_id="1001"), read=1200, written=150)
    assert before is not None
    started = next(r.id for r in given.tree.records.values() if isinstance(r.event, e.ToolStarted))
    ref = e.CallRef(before, 0)
    given.back_to(started).append(e.ToolReturned(ref, {"id": "1001", "total": 1}), "edited")
    given.moves("validating")
    if not asked:
        return given
    return answered(given, call("check_policy", order_id="1001"), read=1200, written=160)
