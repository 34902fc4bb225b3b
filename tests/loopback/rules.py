"""What the Messages API demands of a request, written apart from the code that makes requests.

``complaint`` gives the text of the 400 that the API would answer with, or None. The texts resemble
the API's own.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["complaint"]

FIELDS = frozenset(
    {"max_tokens", "messages", "metadata", "model", "stop_sequences", "stream", "system"}
    | {"cache_control", "container", "output_config", "service_tier"}
    | {"thinking", "tool_choice", "tools"}
)
BINDING_BETA = "thinking-binding-controls-2026-08-01"
TOOL_USE = {"type", "id", "name", "input", "cache_control", "caller", "toolset_name"}
SERVER_TOOL = re.compile(r"(web_search|web_fetch|code_execution)_\d{8}")
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
CALL_ID = re.compile(r"[a-zA-Z0-9_-]+")


def complaint(body: Any, *, system_turns: bool, betas: tuple[str, ...] = ()) -> str | None:
    """Why a request is refused; ``system_turns`` is whether its model takes them.

    ``betas`` are the ones that it names in its headers.
    """
    if not isinstance(body, dict):
        return "the body is not an object"
    for field in sorted(body.keys() - FIELDS):
        return f"{field}: Extra inputs are not permitted"
    for field, kind in (("model", str), ("max_tokens", int), ("messages", list)):
        if not isinstance(body.get(field), kind):
            return f"{field}: Field required"
    if body["max_tokens"] < 1:
        return "max_tokens: must be greater than 0"
    if body.get("stream", True) not in (True, False):
        return "stream: Input should be a valid boolean"
    if body.get("cache_control", {"type": "ephemeral"}) != {"type": "ephemeral"}:
        return "cache_control: Input should be an ephemeral cache control"
    if problem := _thinking(body.get("thinking", {"type": "adaptive"}), betas):
        return problem
    system = body.get("system", "none")
    if not system or (isinstance(system, str) and not system.strip()):
        return "system: text content blocks must contain non-whitespace text"
    return _tools(body.get("tools", [])) or _conversation(body["messages"], system_turns)


def _thinking(thinking: Any, betas: tuple[str, ...]) -> str | None:
    kinds = ("adaptive", "between_tools", "disabled", "enabled")
    if not isinstance(thinking, dict) or thinking.get("type") not in kinds:
        return "thinking.type: Field required"
    binding = thinking.get("block_binding")
    if binding is not None and BINDING_BETA not in betas:
        return "thinking.block_binding: Extra inputs are not permitted"
    behaviour = (binding or {}).get("prefix_mismatch_behavior", "error")
    if behaviour not in ("drop_block", "error"):
        return "thinking.block_binding.prefix_mismatch_behavior: Input should be 'drop_block'"
    return None


def _tools(tools: list[dict[str, Any]]) -> str | None:
    names = [tool.get("name") for tool in tools]
    for index, tool in enumerate(tools):
        if not TOOL_NAME.fullmatch(str(tool.get("name"))):
            return f"tools.{index}.name: String should match pattern"
        if SERVER_TOOL.fullmatch(str(tool.get("type"))):
            continue
        if tool.get("input_schema", {}).get("type") != "object":
            return f"tools.{index}.input_schema.type: Field required"
        if not tool.keys() <= {"name", "description", "input_schema", "strict", "cache_control"}:
            return f"tools.{index}: Extra inputs are not permitted"
    return "tools: Tool names must be unique." if len(set(names)) < len(names) else None


def _conversation(messages: list[dict[str, Any]], system_turns: bool) -> str | None:
    if not messages:
        return "messages: at least one message is required"
    open_calls: set[str] = set()
    every_call: set[str] = set()
    before = ""
    blocks: list[dict[str, Any]] = []
    for index, message in enumerate(messages):
        at = f"messages.{index}"
        role: Any = message.get("role")
        content: Any = message.get("content")
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
        if len(set(calls)) < len(calls) or every_call & set(calls):
            return f"{at}: `tool_use` ids must be unique"
        every_call |= set(calls)
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
    for place, block in enumerate(blocks):
        if block["type"] == "tool_use":
            problem = _tool_use(f"{at}.content.{place}.tool_use", block)
            if problem:
                return problem
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


def _tool_use(at: str, block: dict[str, Any]) -> str | None:
    for field in sorted(block.keys() - TOOL_USE):
        return f"{at}.{field}: Extra inputs are not permitted"
    if not isinstance(block.get("input"), dict):
        return f"{at}.input: Input should be an object"
    if not TOOL_NAME.fullmatch(str(block.get("name"))):
        return f"{at}.name: String should match pattern"
    if not CALL_ID.fullmatch(str(block.get("id", ""))):
        return f"{at}.id: String should match pattern"
    return None
