"""The messages of Chat Completions and those of the form: other seams, the same conversation.

System and developer messages at the beginning are the system prompt. Results, which are messages of
their own there, are one turn of the user's with what the user says after them. What a model thought
is ``reasoning_content`` (api-docs.deepseek.com, "Thinking Mode") or ``reasoning`` (openrouter.ai,
"Reasoning Tokens"; docs.vllm.ai, "Reasoning Outputs", since 0.11.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tooltrace.models.wire.chat.content import CALL, NAME, PART, RESULT, sayable, text_of
from tooltrace.models.wire.form import Block, WireMessage, WireRequest
from tooltrace.models.wire.rest import difference, put_back
from tooltrace.models.wire.same import same

__all__ = [
    "ASSISTANT_KNOWN",
    "assistant_content",
    "assistant_message",
    "read_messages",
    "read_system",
    "write_messages",
    "write_system",
]

_KNOWN = frozenset({"role", "content"})
ASSISTANT_KNOWN = _KNOWN | {
    "tool_calls", "function_call", "reasoning_content", "reasoning", "refusal",
}  # fmt: skip
_SYSTEM = ("system", "developer")
_RESULT = ("tool", "function")


def read_system(messages: Iterable[Mapping[str, Any]]) -> tuple[list[Block], list[dict[str, Any]]]:
    """The system prompt of these messages, and for each of them how many blocks are its own.

    The second is empty where one message, written as it would be here, stands for all.
    """
    blocks: list[Block] = []
    kept: list[dict[str, Any]] = []
    for message in messages:
        content = _content(message.get("content"))
        blocks += content
        made = _said("system", content)
        kept.append({"blocks": len(content), **difference(message, made, _KNOWN)})
    plain = bool(blocks) and kept == [{"blocks": len(blocks)}]
    return blocks, [] if plain else kept


def write_system(blocks: list[Block], kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages that a system prompt is."""
    if not kept or sum(one["blocks"] for one in kept) != len(blocks):
        return [_said("system", blocks)] if blocks else []
    messages, at = [], 0
    for one in kept:
        content = blocks[at : at + one["blocks"]]
        at += one["blocks"]
        messages.append(_put_back("system", content, one))
    return messages


def read_messages(messages: list[dict[str, Any]], first: int) -> Iterator[WireMessage]:
    """The turns of a conversation. Raises ValueError with the place for a message without role.

    ``first`` is the place of the first of them in the body.
    """
    results: list[Block] = []
    for index, message in enumerate(messages, first):
        role = message.get("role")
        if role in _RESULT:
            results.append(RESULT.read(message))
            continue
        if role == "user":
            said = _spoken(message, "user")
            yield from _turns(results, said)
            results = []
            continue
        if results:
            yield WireMessage("user", results)
            results = []
        if role == "assistant":
            content = assistant_content(message)
            made = assistant_message(content)
            kept = difference(message, made, ASSISTANT_KNOWN)
            yield WireMessage("assistant", content, {NAME: kept} if kept else {})
        elif role in _SYSTEM:
            yield _spoken(message, "system")
        else:
            raise ValueError(f"messages[{index}] has no role that is known")
    if results:
        yield WireMessage("user", results)


def _turns(results: list[Block], said: WireMessage) -> Iterator[WireMessage]:
    if results and said.content:
        yield WireMessage("user", results + said.content, said.rest)
        return
    if results:
        yield WireMessage("user", results)
    yield said


def _spoken(message: Mapping[str, Any], role: Any) -> WireMessage:
    content = _content(message.get("content"))
    kept = difference(message, _said(role, content), _KNOWN)
    return WireMessage(role, content, {NAME: kept} if kept else {})


def write_messages(request: WireRequest) -> Iterator[dict[str, Any]]:
    """The messages for the turns of a request; one of which nothing can be said is left out."""
    for message in request.messages:
        kept = message.rest.get(NAME)
        if message.role == "assistant":
            made = assistant_message(message.content)
            if not message.content or made["content"] is not None or len(made) > 2:
                yield _put_back_reply(made, message.content, kept)
            continue
        results = [block for block in message.content if block.get("type") == "tool_result"]
        said = [block for block in message.content if block.get("type") != "tool_result"]
        yield from map(RESULT.write, results)
        if any(map(sayable, said)) or not message.content:
            yield _put_back(message.role, said, kept)


def _put_back(role: str, content: list[Block], kept: Mapping[str, Any] | None) -> dict[str, Any]:
    made = _said(role, content)
    return put_back(made, kept, lambda came: same(_content(came.get("content")), content))


def _put_back_reply(
    made: dict[str, Any], content: list[Block], kept: Mapping[str, Any] | None
) -> dict[str, Any]:
    return put_back(made, kept, lambda came: same(assistant_content(came), content))


def _content(content: object) -> list[Block]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    parts = content if isinstance(content, list) else []
    return [PART.read(part) for part in parts if isinstance(part, dict)]


def _said(role: str, blocks: Iterable[Block]) -> dict[str, Any]:
    said = [block for block in blocks if sayable(block)]
    alone = text_of(said[0]) if len(said) == 1 else None
    content = alone if alone is not None else [PART.write(block) for block in said] or ""
    return {"role": role, "content": content}


def assistant_content(message: Mapping[str, Any]) -> list[Block]:
    """The blocks of a reply: what was thought, then what was said, then what is called."""
    blocks: list[Block] = []
    thoughts = (message.get(name) for name in ("reasoning_content", "reasoning"))
    if thought := next((one for one in thoughts if isinstance(one, str) and one), ""):
        # Nobody signed it: it is good for this protocol only.
        blocks.append({"type": "thinking", "thinking": thought, "rest": {NAME: {}}})
    content, refusal = message.get("content"), message.get("refusal")
    blocks += _content(content) if content != "" else []
    if isinstance(refusal, str) and refusal:
        blocks.append(PART.read({"type": "refusal", "refusal": refusal}))
    calls = message.get("tool_calls")
    if isinstance(calls, list):
        blocks += [CALL.read(call) for call in calls if isinstance(call, dict)]
    if isinstance(function := message.get("function_call"), dict):
        blocks.append(CALL.read({"type": "function", "function": function}))
    return blocks


def assistant_message(content: Iterable[Block], any_thinking: bool = False) -> dict[str, Any]:
    """The message for the blocks of a reply.

    Thinking that came in another protocol was signed for that one, and is left out unless
    ``any_thinking`` is asked for.
    """
    texts, calls, thoughts = [], [], []
    for block in content:
        if block.get("type") == "tool_use":
            calls.append(CALL.write(block))
        elif block.get("type") == "thinking":
            if any_thinking or NAME in block.get("rest", {}):
                thoughts.append(block.get("thinking", ""))
        elif sayable(block):
            texts.append(block)
    said = _said("assistant", texts)
    return {
        "role": "assistant",
        "content": said["content"] or None,
        **({"reasoning_content": "".join(thoughts)} if thoughts else {}),
        **({"tool_calls": calls} if calls else {}),
    }
