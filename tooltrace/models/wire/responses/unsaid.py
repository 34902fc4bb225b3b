"""What of a request the Responses API has no words for.

Whatever was read from a body of this protocol can be said. There is no place in it for the mark of
a result that is an error, for stop sequences, or for thinking that another API gave out.
"""

from __future__ import annotations

from tooltrace.models.wire.form import Block, WireRequest
from tooltrace.models.wire.responses.items import written_items
from tooltrace.models.wire.responses.parts import NAME, own, write_part
from tooltrace.models.wire.responses.settings import SHARED
from tooltrace.models.wire.responses.tools import written_tools
from tooltrace.models.wire.rest import left_out

__all__ = ["unsaid"]

_SAYS = {
    "text": {"text"},
    "image": {"source"},
    "document": {"source", "title"},
    "thinking": {"thinking"},
    "tool_use": {"id", "name", "input", "partial_json"},
    "tool_result": {"tool_use_id", "content"},
}
_TOOL_SAYS = {"type", "name", "description", "input_schema", "strict", "rest"}


def unsaid(request: WireRequest) -> list[str]:
    """One line for each, with its place."""
    lines = sorted(request.settings.keys() - {*SHARED.values(), "tool_choice"})
    lines += left_out(request.rest, NAME, "the request")
    for place, tool in enumerate(request.tools):
        lines += _tool(f"tools.{place}", tool)
    for place, block in enumerate(request.system):
        lines += _block(f"system.{place}", block, "system")
    for index, message in enumerate(request.messages):
        at = f"messages.{index}"
        lines += left_out(message.rest, NAME, at)
        for place, block in enumerate(message.content):
            lines += _block(f"{at}.content.{place}", block, message.role)
    return lines


def _tool(at: str, tool: Block) -> list[str]:
    if not written_tools([tool]):
        return [f"{at}: a tool of another server"]
    more = [] if own(tool) else sorted(tool.keys() - _TOOL_SAYS)
    return [*(f"{at}: {key}" for key in more), *left_out(tool.get("rest", {}), NAME, at)]


def _block(at: str, block: Block, role: str) -> list[str]:
    if not write_part(block, role) and not written_items([block], "user", set()):
        return [f"{at}: {block.get('type')} has no place here"]
    lines = _fields(at, block)
    content = block.get("content")
    if block.get("type") == "tool_result" and isinstance(content, list):
        for place, inner in enumerate(content):
            lines += _result_part(f"{at}.content.{place}", inner)
    return lines


def _result_part(at: str, block: Block) -> list[str]:
    if write_part(block, "user"):
        return _fields(at, block)
    return [f"{at}: {block.get('type')} has no place here"]


def _fields(at: str, block: Block) -> list[str]:
    """The fields that have no counterpart, but for those that say nothing."""
    more = block.keys() - {"type", "rest"} - _SAYS.get(str(block.get("type")), set())
    told = [key for key in sorted(more) if block[key] not in (None, False)]
    return [*(f"{at}: {key}" for key in told), *left_out(block.get("rest", {}), NAME, at)]
