"""Tools of the Responses API: functions, custom tools, and those that are built in.

A function stands flat (``openai/types/responses/function_tool_param.py`` of the SDK, 3.57.0); one
nested under ``function``, as in Chat Completions, is refused: "Missing required parameter:
'tools[0].name'". Here a function is strict unless it says that it is not, other than in the
Messages API and in Chat Completions (developers.openai.com/api/docs/guides/migrate-to-responses),
so a tool of theirs says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tooltrace.models.wire.form import Block
from tooltrace.models.wire.responses.parts import NAME, as_kept, kept, own
from tooltrace.models.wire.rest import Piece

__all__ = ["read_tool", "written_tools"]

_TEXT_INPUT = {
    "type": "object",
    "properties": {"input": {"type": "string"}},
    "required": ["input"],
}
"""What the input of a custom tool's call is here, which is one text there."""


def _read_function(tool: Mapping[str, Any]) -> Block:
    made: Block = {"name": tool["name"]}
    if isinstance(tool.get("description"), str):
        made["description"] = tool["description"]
    given = tool.get("parameters")
    made["input_schema"] = given if isinstance(given, dict) else {"type": "object"}
    if tool.get("strict") is True:
        made["strict"] = True
    return made


def _write_function(tool: Block) -> dict[str, Any]:
    made = {"type": "function", "name": tool["name"]}
    if "description" in tool:
        made["description"] = tool["description"]
    return {**made, "parameters": tool["input_schema"], "strict": tool.get("strict", False)}


def _read_custom(tool: Mapping[str, Any]) -> Block:
    made: Block = {"name": tool["name"]}
    if isinstance(tool.get("description"), str):
        made["description"] = tool["description"]
    return {**made, "input_schema": _TEXT_INPUT}


def _write_custom(tool: Block) -> dict[str, Any]:
    made = {"type": "custom", "name": tool["name"]}
    return {**made, **({"description": tool["description"]} if "description" in tool else {})}


_FUNCTION = Piece(
    NAME,
    _read_function,
    _write_function,
    frozenset({"type", "name", "description", "parameters", "strict"}),
)
_CUSTOM = Piece(NAME, _read_custom, _write_custom, frozenset({"type", "name", "description"}))


def read_tool(tool: Any) -> Block:
    """A tool as the Messages API shapes it; one that is built in is kept as it came."""
    match tool:
        case {"type": "function", "name": str()}:
            return _FUNCTION.read(tool)
        case {"type": "custom", "name": str()}:
            block = _CUSTOM.read(tool)
            return {**block, "rest": {NAME: {**own(block), "custom": True}}}
        case _:
            return kept(tool, "tool")


def written_tools(tools: Iterable[Block]) -> list[Any]:
    """The tools as this API has them; another server's own are left out."""
    made: list[Any] = []
    for tool in tools:
        if whole := as_kept(tool, "tool"):
            made += whole
        elif own(tool).get("custom"):
            made.append(_CUSTOM.write(tool))
        elif isinstance(tool.get("name"), str) and isinstance(tool.get("input_schema"), dict):
            made.append(_FUNCTION.write(tool))
    return made
