"""What the Messages API demands of a request, written apart from the code that makes requests.

``complaint`` gives the text of the 400 that the API would answer with, or None. The texts resemble
the API's own.
"""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["Bindings", "complaint"]

FIELDS = frozenset(
    {"max_tokens", "messages", "metadata", "model", "stop_sequences", "stream", "system"}
    | {"cache_control", "container", "output_config", "service_tier"}
    | {"thinking", "tool_choice", "tools"}
)
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")


def complaint(body: Any, *, system_turns: bool) -> str | None:
    """Why a request is refused; ``system_turns`` is whether its model takes them."""
    if not isinstance(body, dict):
        return "the body is not an object"
    for field in sorted(body.keys() - FIELDS):
        return f"{field}: Extra inputs are not permitted"
    for field, kind in (("model", str), ("max_tokens", int), ("messages", list)):
        if not isinstance(body.get(field), kind):
            return f"{field}: Field required"
    if body["max_tokens"] < 1:
        return "max_tokens: must be greater than 0"
    system = body.get("system", "none")
    if not system or (isinstance(system, str) and not system.strip()):
        return "system: text content blocks must contain non-whitespace text"
    return _tools(body.get("tools", [])) or _conversation(body["messages"], system_turns)


def _tools(tools: list[dict[str, Any]]) -> str | None:
    names = [tool.get("name") for tool in tools]
    for index, tool in enumerate(tools):
        if not TOOL_NAME.fullmatch(str(tool.get("name"))):
            return f"tools.{index}.name: String should match pattern"
        if tool.get("input_schema", {}).get("type") != "object":
            return f"tools.{index}.input_schema.type: Field required"
        if not tool.keys() <= {"name", "description", "input_schema", "strict", "cache_control"}:
            return f"tools.{index}: Extra inputs are not permitted"
    return "tools: Tool names must be unique." if len(set(names)) < len(names) else None


def _conversation(messages: list[dict[str, Any]], system_turns: bool) -> str | None:
    if not messages:
        return "messages: at least one message is required"
    open_calls: set[str] = set()
    before, blocks = "", []
    for index, message in enumerate(messages):
        at = f"messages.{index}"
        role, content = message.get("role"), message.get("content")
        if message.keys() != {"role", "content"}:
            return f"{at}: Extra inputs are not permitted"
        if role == "system" and not system_turns:
            return f"{at}: role 'system' is not supported on this model"
        if role not in ("user", "assistant", "system"):
            return f"{at}.role: Input should be 'user', 'assistant' or 'system'"
        if not before and role != "user":
            return f"{at}: use the top-level 'system' parameter, and begin with the user"
        if role == before or (before, role) in {("assistant", "system"), ("system", "user")}:
            return f"{at}: a {role} turn cannot follow a {before} turn"
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        if not blocks:
            return f"{at}: all messages must have non-empty content"
        if role == "system" and any(block["type"] != "text" for block in blocks):
            return f"{at}: system turns take text only"
        problem = _blocks(at, role, blocks, open_calls)
        if problem:
            return problem
        calls = [b["id"] for b in blocks if b["type"] == "tool_use" and role == "assistant"]
        if len(set(calls)) < len(calls):
            return f"{at}: `tool_use` ids must be unique"
        open_calls, before = set(calls), role
    if open_calls:
        return f"messages.{len(messages) - 1}: `tool_use` ids were found without `tool_result`"
    if before == "assistant" and "tool" not in blocks[-1]["type"]:
        return f"messages.{len(messages) - 1}: this model does not support prefill"
    return None


def _blocks(at: str, role: str, blocks: list[dict[str, Any]], open_calls: set[str]) -> str | None:
    results = [block for block in blocks if block["type"] == "tool_result"]
    if results and role != "user":
        return f"{at}: `tool_result` blocks can only be in user messages"
    if results != blocks[: len(results)]:
        return f"{at}: `tool_result` blocks must come first"
    for block in blocks:
        if block["type"] == "text" and not block["text"].strip():
            return f"{at}: text content blocks must contain non-whitespace text"
    for result in results:
        if result["tool_use_id"] not in open_calls:
            return f"{at}: unexpected `tool_use_id` in `tool_result`: {result['tool_use_id']}"
        open_calls = open_calls - {result["tool_use_id"]}
        if not result["content"] and result.get("is_error"):
            return f"{at}: content cannot be empty if `is_error` is true"
    if open_calls:
        ids = ", ".join(sorted(open_calls))
        return f"{at}: `tool_use` ids were found without `tool_result` blocks after: {ids}"
    return None


class Bindings:
    """Which conversation each thinking signature was given in; it is valid in no other."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def give(self, request: dict[str, Any], content: list[dict[str, Any]]) -> None:
        """Bind the thinking in a reply to the request that it answers."""
        for block in content:
            if isinstance(block, dict) and block.get("type") == "thinking":
                self._given[block["signature"]] = _prefix(request, len(request["messages"]))

    def complaint(self, request: dict[str, Any]) -> str | None:
        """The refusal of the first thinking block whose conversation changed before it."""
        for index, message in enumerate(request["messages"]):
            for place, block in enumerate(message["content"]):
                if not isinstance(block, dict) or block.get("type") != "thinking":
                    continue
                if self._given.get(block["signature"]) != _prefix(request, index):
                    at = f"messages.{index}.content.{place}"
                    return f"{at}: The block is bound to a different conversation"
        return None


def _prefix(request: dict[str, Any], length: int) -> str:
    parts = [request.get("system"), request.get("tools"), request["messages"][:length]]
    return json.dumps(parts, sort_keys=True)
