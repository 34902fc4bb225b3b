"""Requests for the model tests, written short."""

from __future__ import annotations

from typing import Any

from tooltrace.core.model.append_list import AppendList
from tooltrace.core.model.messages import (
    Assistant,
    Message,
    Request,
    Result,
    Results,
    StatePrompt,
    UserText,
)
from tooltrace.core.model.workflow import ToolSpec, WorkflowSpec

FETCH = ToolSpec(
    "fetch_order",
    "Look up an order.",
    {"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]},
    read_only=True,
)
CREDIT = ToolSpec("credit", schema={"properties": {"amount": {"type": "number"}}})
REFUND = WorkflowSpec("refund", system="You handle refunds.", tools=(FETCH, CREDIT))


def request(*messages: Message, workflow: WorkflowSpec = REFUND, **more: Any) -> Request:
    return Request(workflow, AppendList(list(messages)), 0, None, {}, "", **more)


def user(text: str) -> UserText:
    return UserText(1, text)


def said(text: str) -> Assistant:
    return Assistant(1, [{"type": "text", "text": text}])


def calls(*ids: str) -> Assistant:
    return Assistant(1, [call(name) for name in ids])


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": name, "name": "fetch_order", "input": arguments}


def results(*pairs: tuple[str, Any], is_error: bool = False) -> Results:
    return Results(tuple(Result(1, "fetch_order", name, value, is_error) for name, value in pairs))


def state(text: str) -> StatePrompt:
    return StatePrompt(1, text)
