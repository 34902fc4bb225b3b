"""The turns of a request, made from a conversation, each block with where it comes from.

They are the same whichever protocol the request goes out in: a codec says what it makes of a block.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Literal, assert_never

from tooltrace.core.model.content_blocks import placeholder
from tooltrace.core.model.messages import (
    Assistant,
    Message,
    Request,
    Result,
    Results,
    StatePrompt,
    UserText,
)
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.models.request.marks import marked

__all__ = [
    "MOST_MEDIA",
    "RESULT_LIMIT",
    "Placed",
    "Placement",
    "Turn",
    "blank",
    "sendable",
    "turns",
]

Placed = Literal["message", "beside", "system"]
"""Where state prompts go: as system turns of the conversation, as text in the user's turn, or only
the last one, after the system prompt."""

Placement = Placed | Literal["auto"]

RESULT_LIMIT = 64 * 1024
"""How much text of one tool result the model is given, in bytes of UTF-8, unless a run says
otherwise; people see all of it."""

MOST_MEDIA = {"image": 5 << 20, "document": 32 << 20}
"""The largest picture, and the largest request, that the API takes, in bytes."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""What UTF-8 cannot carry."""


def _as_it_is(block: dict[str, Any]) -> dict[str, Any]:
    return block


class Turn:
    """A message as it grows: its blocks, and the record that each comes from."""

    __slots__ = ("blocks", "records", "role")

    def __init__(self, role: str, blocks: list[dict[str, Any]], records: list[int]) -> None:
        self.role = role
        self.blocks = blocks
        self.records = records

    def message(self) -> dict[str, Any]:
        """As it is sent: the API takes a system turn as one text."""
        content = self.blocks[0]["text"] if self.role == "system" else self.blocks
        return {"role": self.role, "content": content}


def turns(
    messages: Iterable[Message],
    placement: Placed,
    request: Request,
    said: Callable[[dict[str, Any]], dict[str, Any] | None] = _as_it_is,
) -> list[Turn]:
    """The messages as an API wants them: users and assistant in turn, no block that is blank.

    ``said`` is what becomes of a block of a reply, which may be another provider's; None is left
    out.
    """
    out: list[Turn] = []
    # A state prompt is placed when its reply comes, so that a request that failed and was made
    # again leaves one prompt and not two, and so that nothing stands between it and the reply.
    waiting: StatePrompt | None = None
    for message in messages:
        match message:
            case UserText(text=text, content=content):
                blocks = [_whole(block) for block in content] if content else [_text(text)]
                _add_user(out, blocks, [message.edited or message.record] * len(blocks))
            case Results(results=results):
                blocks = [_result(result, request) for result in results]
                _add_user(out, blocks, [one.edited or one.record for one in results])
            case StatePrompt():
                waiting = message
            case Assistant(content=content):
                told = (said(marked(block)) for block in content)
                blocks = [block for block in told if block is not None and not blank(block)]
                if blocks:
                    _add_prompt(out, waiting, placement)
                    record = message.edited or message.record
                    _add(out, "assistant", blocks, [record] * len(blocks))
                    waiting = None
            case _:
                assert_never(message)
    _add_prompt(out, waiting, placement)
    return out


def _add(out: list[Turn], role: str, blocks: list[dict[str, Any]], records: list[int]) -> None:
    last = out[-1] if out else None
    if last is not None and last.role == role:
        last.blocks += blocks
        last.records += records
    else:
        out.append(Turn(role, list(blocks), list(records)))


def _add_user(out: list[Turn], blocks: list[dict[str, Any]], records: list[int]) -> None:
    said = [(b, r) for b, r in zip(blocks, records, strict=True) if not blank(b)]
    if not said:
        return
    last = out[-1] if out else None
    if last is not None and last.role == "user":
        said = [*zip(last.blocks, last.records, strict=True), *said]
        # The API wants results before anything that was said in the same turn.
        said.sort(key=lambda pair: pair[0]["type"] != "tool_result")
        out.pop()
    _add(out, "user", [block for block, _ in said], [record for _, record in said])


def _add_prompt(out: list[Turn], prompt: StatePrompt | None, placement: Placed) -> None:
    last = out[-1] if out else Turn("", [], [])
    if prompt is None or not prompt.text.strip():
        return
    if last.role == "assistant" and _paused(last.blocks):
        return
    # The model ended its turn, and nobody but the state has anything to say to it.
    if placement == "system" and last.role != "assistant":
        return
    # The API takes a system turn only right after a user's.
    if placement == "message" and last.role == "user":
        out.append(Turn("system", [_text(prompt.text)], [prompt.record]))
    else:
        _add_user(out, [_text(prompt.text)], [prompt.record])


def _paused(blocks: list[dict[str, Any]]) -> bool:
    """Whether a reply stopped between a tool of the server's and what the model makes of it.

    Such a reply has to be sent back as it is; the state cannot have changed since.
    """
    kind = blocks[-1].get("type")
    return isinstance(kind, str) and (kind == "server_tool_use" or kind.endswith("_tool_result"))


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def blank(block: dict[str, Any]) -> bool:
    """Whether a block is text that says nothing, which the API refuses."""
    text = block.get("text")
    return block.get("type") == "text" and isinstance(text, str) and not text.strip()


def _result(result: Result, request: Request) -> dict[str, Any]:
    limit = request.settings.result_limit or RESULT_LIMIT
    block = {"type": "tool_result", "tool_use_id": result.tool_use_id}
    if result.blocks and not result.is_error:
        return {**block, "content": _capped_blocks(result.content, limit)}
    block["content"] = _capped(result.told(request.form), limit)
    if not result.is_error:
        return block
    # An error without content is refused by the API, and so is one with a picture in it.
    content = block["content"] or "The tool failed without a message."
    return {**block, "content": content, "is_error": True}


def _capped_blocks(content: Any, limit: int) -> list[dict[str, Any]]:
    """The blocks of a result: texts share the limit, pictures and documents go whole."""
    sent: list[dict[str, Any]] = []
    for block in content:
        if block.get("type") == "text" and isinstance(block.get("text"), str):
            text = _capped(block["text"], limit)
            limit = max(0, limit - len(text.encode("utf-8", "surrogatepass")))
            block = block if text == block["text"] else {**block, "text": text}
        if not blank(block):
            sent.append(_whole(block))
    return sent


def _whole(block: dict[str, Any]) -> dict[str, Any]:
    """A picture or a document as it is, or words that say that it is too large: never a part."""
    source = block.get("source")
    data = source.get("data") if isinstance(source, dict) else None
    most = MOST_MEDIA.get(str(block.get("type")))
    if most is None or not isinstance(data, str) or len(data) * 3 // 4 <= most:
        return block
    return _text(f"{placeholder(block)[:-1]}, left out: the API takes at most {most >> 20} MB]")


def _capped(text: str, limit: int) -> str:
    if len(text) * 4 <= limit:
        return text
    raw = _LONE_SURROGATE.sub("\ufffd", text).encode()
    if len(raw) <= limit:
        return text
    kept = raw[:limit].decode("utf-8", "ignore")
    cut = len(raw) - len(kept.encode())
    return f"{kept}\n[tooltrace cut {cut:,} of {len(raw):,} bytes here]"


def sendable(value: JsonValue) -> JsonValue:
    """A copy in which every lone surrogate, which UTF-8 cannot carry, became U+FFFD."""
    match value:
        case str():
            return value if value.isascii() else _LONE_SURROGATE.sub("\ufffd", value)
        case list():
            return [sendable(item) for item in value]
        case dict():
            return {sendable(key): sendable(item) for key, item in value.items()}
        case _:
            return value
