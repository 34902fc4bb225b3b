"""Items of the Responses API, and the blocks that they are.

The items are those of ``openai/types/responses/response_input_item_param.py`` and
``response_output_item.py`` in the official Python SDK, 3.57.0. A message is as many blocks as it
has parts, of which the first says how the item was written. Calls of functions and of custom tools
are ``tool_use``, their outputs ``tool_result``, reasoning is ``thinking``; the text of a custom
tool's call stands under ``input`` of its input. What has no form of its own (calls of built-in
tools, references, items of kinds to come) is one block with the type of the item, and is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from tooltrace.core.text.exact_json import loads, plain
from tooltrace.models.wire.form import Block
from tooltrace.models.wire.responses.parts import NAME, as_kept, kept, own, read_part, write_part
from tooltrace.models.wire.rest import Piece, difference, put_back

__all__ = ["Role", "read_item", "written_items"]

Role = Literal["user", "assistant", "system"]

_ROLES: dict[object, Role] = {
    "user": "user",
    "assistant": "assistant",
    "system": "system",
    "developer": "system",
}
_GIVEN = ("_output", "_response")
"""How the types of items end that a client gives, and no model says."""


def read_item(item: Any, *, said: bool = False) -> tuple[Role | None, list[Block]]:
    """Whose an item is, None where it does not say, and the blocks for it.

    ``said`` is for the output of a model: a call there that did not come whole is no call.
    """
    match item:
        case {"content": str() | list() as content, "role": str() as name} if (
            name in _ROLES and content != [] and item.get("type", "message") == "message"
        ):
            role = _ROLES[name]
            if said and name != "assistant":
                return role, [kept(item, "item")]
            return role, _message(item, role)
        case {"type": "function_call", "name": str(), "arguments": str()}:
            return "assistant", [(_SAID_CALL if said else _CALL).read(item)]
        case {"type": "custom_tool_call", "name": str(), "input": str()}:
            return "assistant", [_custom((_SAID_CUSTOM if said else _CUSTOM_CALL).read(item))]
        case {"type": "function_call_output", "output": str() | list()} if not said:
            return "user", [_OUTPUT.read(item)]
        case {"type": "custom_tool_call_output", "output": str() | list()} if not said:
            return "user", [_custom(_CUSTOM_OUTPUT.read(item))]
        case {"type": "reasoning"}:
            block = _REASONING.read(item)
            mine = {**own(block), "thought": block["thinking"]}
            return "assistant", [{**block, "rest": {NAME: mine}}]
        case _:
            return _side(item), [kept(item, "item")]


def _side(item: Any) -> Role | None:
    match item:
        case {"type": "message" | None, "role": str() as role}:
            return _ROLES.get(role)
        case {"role": "developer" | "system"}:
            return "system"
        case {"type": str() as kind} if kind.endswith(_GIVEN):
            return "user"
        case {"type": str()}:
            return "assistant"
        case _:
            return None


def _message(item: Mapping[str, Any], role: Role) -> list[Block]:
    content = item["content"]
    shell = {key: value for key, value in item.items() if key != "content"}
    begins: dict[str, Any] = {"begins": difference(shell, _shell(role), _SHELL_KEYS)}
    if isinstance(content, str):
        begins["string"] = True
        return [{"type": "text", "text": content, "rest": {NAME: begins}}]
    first, *others = (read_part(part, role) for part in content)
    return [{**first, "rest": {NAME: {**own(first), **begins}}}, *others]


_SHELL_KEYS = frozenset({"type", "role", "content"})


def _shell(role: Role) -> dict[str, Any]:
    return {"type": "message", "role": role}


def _custom(block: Block) -> Block:
    return {**block, "rest": {NAME: {**own(block), "custom": True}}}


def _call_id(item: Mapping[str, Any]) -> str:
    call = item.get("call_id")
    return call if isinstance(call, str) else ""


def _read_call(item: Mapping[str, Any]) -> Block:
    named = {"type": "tool_use", "id": _call_id(item), "name": item["name"]}
    arguments = item["arguments"]
    if arguments == "":  # What some servers send for a tool without parameters.
        return {**named, "input": {}}
    try:
        value = loads(arguments, once=True)
    except ValueError:
        return {**named, "partial_json": arguments}
    return {
        **named,
        **({"input": value} if isinstance(value, dict) else {"partial_json": arguments}),
    }


def _whole(item: Mapping[str, Any]) -> bool:
    return item.get("status") not in ("in_progress", "incomplete")


def _read_said_call(item: Mapping[str, Any]) -> Block:
    block = _read_call(item)
    if _whole(item):
        return block
    block.pop("input", None)
    return {**block, "partial_json": item["arguments"]}


def _write_call(block: Block) -> dict[str, Any]:
    return {
        "type": "function_call",
        "call_id": block.get("id", ""),
        "name": block.get("name", ""),
        "arguments": plain(block["input"]) if "input" in block else block.get("partial_json", ""),
    }


def _read_custom_call(item: Mapping[str, Any]) -> Block:
    named = {"type": "tool_use", "id": _call_id(item), "name": item["name"]}
    return {**named, "input": {"input": item["input"]}}


def _read_said_custom_call(item: Mapping[str, Any]) -> Block:
    block = _read_custom_call(item)
    if _whole(item):
        return block
    del block["input"]
    return {**block, "partial_json": item["input"]}


def _write_custom_call(block: Block) -> dict[str, Any]:
    match block.get("input"):
        case {"input": str() as text, **others} if not others:
            said = text
        case None:
            said = block.get("partial_json", "")
        case changed:
            said = plain(changed)
    named = {"call_id": block.get("id", ""), "name": block.get("name", ""), "input": said}
    return {"type": "custom_tool_call", **named}


def _read_output(item: Mapping[str, Any]) -> Block:
    output = item["output"]
    content = output if isinstance(output, str) else [read_part(p, "user") for p in output]
    return {"type": "tool_result", "tool_use_id": _call_id(item), "content": content}


def _write_output(block: Block, kind: str = "function_call_output") -> dict[str, Any]:
    content = block.get("content", "")
    output = _parts(content, "user") if isinstance(content, list) else content
    return {"type": kind, "call_id": block.get("tool_use_id", ""), "output": output}


def _write_custom_output(block: Block) -> dict[str, Any]:
    return _write_output(block, "custom_tool_call_output")


def _read_reasoning(item: Mapping[str, Any]) -> Block:
    texts = _texts(item.get("summary")) or _texts(item.get("content"))
    return {"type": "thinking", "thinking": "\n\n".join(texts)}


def _texts(parts: object) -> list[str]:
    return [
        part["text"]
        for part in (parts if isinstance(parts, list) else ())
        if isinstance(part, dict) and isinstance(part.get("text"), str)
    ]


def _write_reasoning(block: Block) -> dict[str, Any]:
    thought = block.get("thinking", "")
    summary = [{"type": "summary_text", "text": thought}] if thought else []
    return {"type": "reasoning", "summary": summary}


def _written_reasoning(block: Block) -> dict[str, Any]:
    item = _REASONING.write(block)
    if own(block).get("thought") != block.get("thinking"):
        # What is encrypted is of the text that was thought, and of no other.
        item.pop("encrypted_content", None)
    return item


_CALL_KEYS = frozenset({"type", "call_id", "name", "arguments", "input"})
_OUTPUT_KEYS = frozenset({"type", "call_id", "output"})
_CALL = Piece(NAME, _read_call, _write_call, _CALL_KEYS)
_SAID_CALL = Piece(NAME, _read_said_call, _write_call, _CALL_KEYS)
_CUSTOM_CALL = Piece(NAME, _read_custom_call, _write_custom_call, _CALL_KEYS)
_SAID_CUSTOM = Piece(NAME, _read_said_custom_call, _write_custom_call, _CALL_KEYS)
_OUTPUT = Piece(NAME, _read_output, _write_output, _OUTPUT_KEYS)
_CUSTOM_OUTPUT = Piece(NAME, _read_output, _write_custom_output, _OUTPUT_KEYS)
_REASONING_KEYS = frozenset({"type", "summary", "content", "encrypted_content"})
_REASONING = Piece(NAME, _read_reasoning, _write_reasoning, _REASONING_KEYS)


def written_items(
    blocks: Iterable[Block], role: Role, customs: set[str], *, said: bool = False
) -> list[Any]:
    """The items for the blocks of one message; those that cannot be said are left out.

    ``customs`` are the ids of the calls of custom tools so far, and is added to. Blocks that did
    not begin an item are parts of the message before them, if there is one.
    """
    items: list[Any] = []
    message: list[Block] = []
    for block in blocks:
        single = _item(block, customs, said)
        part = not single and bool(write_part(block, role))
        if message and (single or (part and "begins" in own(block))):
            items.append(_written_message(message, role))
            message = []
        items += single
        message += [block] if part else []
    return [*items, _written_message(message, role)] if message else items


def _item(block: Block, customs: set[str], said: bool) -> list[Any]:
    """The item for a block that is one by itself; nothing for any other."""
    if whole := as_kept(block, "item"):
        return whole
    mine = own(block)
    match block.get("type"):
        case "tool_use" if mine.get("custom"):
            customs.add(block.get("id", ""))
            return [(_SAID_CUSTOM if said else _CUSTOM_CALL).write(block)]
        case "tool_use":
            return [(_SAID_CALL if said else _CALL).write(block)]
        case "tool_result":
            custom = mine.get("custom") or block.get("tool_use_id") in customs
            return [(_CUSTOM_OUTPUT if custom else _OUTPUT).write(block)]
        case "thinking" if NAME in block.get("rest", {}):
            return [_written_reasoning(block)]
        case _:
            return []


def _parts(blocks: Iterable[Block], role: str) -> list[Any]:
    return [part for block in blocks for part in write_part(block, role)]


def _written_message(blocks: list[Block], role: Role) -> dict[str, Any]:
    mine = own(blocks[0])
    shell = put_back(_shell(role), mine.get("begins"), lambda _: True)
    if mine.get("string") and len(blocks) == 1 and blocks[0].get("type") == "text":
        return {**shell, "content": blocks[0]["text"]}
    return {**shell, "content": _parts(blocks, role)}
