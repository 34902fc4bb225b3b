"""What a request says before its messages: the system prompt and the tools, in every protocol."""

from __future__ import annotations

from typing import Any

from tooltrace.core.model.content_blocks import text_block
from tooltrace.core.model.messages import Request, StatePrompt
from tooltrace.core.model.workflow import ToolSpec
from tooltrace.models.request.turns import Placed, blank

__all__ = ["system_content", "tool_definition"]


def system_content(request: Request, placement: Placed) -> str | list[dict[str, Any]]:
    """The system prompt, with the last state prompt after it where that is its place."""
    prompt = ""
    if placement == "system":
        said = [message.text for message in request.messages if isinstance(message, StatePrompt)]
        prompt = said[-1] if said else ""
    system = request.system
    if isinstance(system, str):
        return "\n\n".join(part for part in (system, prompt) if part.strip())
    blocks = [block for block in system if not blank(block)]
    return [*blocks, text_block(prompt)] if prompt.strip() else blocks


def tool_definition(tool: ToolSpec) -> dict[str, Any]:
    """A tool as the Messages API shapes it; what says nothing is left out."""
    described = {"description": tool.description} if tool.description.strip() else {}
    return {"name": tool.name, **described, "input_schema": {"type": "object", **tool.schema}}
