"""Give breakpoints, logpoints and watches the values of their names at a place of a path."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from tooltrace.core.decide.next_action import model_called, said_beside
from tooltrace.core.expressions.expression_names import names_for
from tooltrace.core.fold.conversation import conversation
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.model.messages import Assistant, Message, Results, StatePrompt, UserText
from tooltrace.core.model.reply import is_call
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["MessageTexts", "last_reply", "point_values"]

MOST_TEXTS = 50_000
"""Messages whose texts are kept; a conversation that has more is read anew each time."""


class MessageTexts:
    """The messages of a conversation as expressions see them, each made once.

    Of one request to the next nearly all are the same; a message never changes, and is kept with
    its text, so that no other one can have its identity.
    """

    def __init__(self) -> None:
        self._made: dict[int, tuple[Message, JsonValue]] = {}

    def of(self, messages: Iterable[Message]) -> list[JsonValue]:
        """Role and text of each."""
        if len(self._made) > MOST_TEXTS:
            self._made.clear()
        made, found = self._made, list[JsonValue]()
        for message in messages:
            known = made.get(id(message))
            if known is None:
                known = made[id(message)] = (message, _message(message))
            found.append(known[1])
        return found


def point_values(
    s: Snapshot,
    call: Call | None,
    reply: Mapping[str, Any],
    wanted: Collection[str],
    texts: MessageTexts,
) -> dict[str, JsonValue]:
    """The values at a snapshot, at one call of it; what takes work only where it is ``wanted``.

    ``reply`` is the last reply as it was recorded, ``texts`` has the messages as they were made
    before. Who has asked for nothing yet has paid nothing.
    """
    values = names_for(s, call)
    if values["cost"] is None and not s.usage.unpriced:
        values["cost"] = 0.0
    if "call" in wanted and call is not None:
        values["call"] = {
            "tool": call.tool,
            "args": call.arguments,
            "result": call.content,
            "failed": call.is_error,
            "status": call.status,
        }
    if "reply" in wanted:
        values["reply"] = _reply(s, reply)
    if "request" in wanted:
        values["request"] = _request(s, texts)
    return values


def last_reply(s: Snapshot) -> Assistant | None:
    """The last reply of the model; what may stand behind it are a prompt, results, a text."""
    return next((m for m in reversed(s.messages[-5:]) if isinstance(m, Assistant)), None)


def _reply(s: Snapshot, told: Mapping[str, Any]) -> JsonValue:
    last = last_reply(s)
    if last is None:
        return None
    calls = [block for block in last.content if is_call(block)]
    return {
        "text": _joined(last, "text"),
        "thinking": _joined(last, "thinking"),
        "calls": [{"tool": block.get("name"), "args": block.get("input")} for block in calls],
        "stop_reason": told.get("stop_reason", s.stop_reason),
        "problem": None if s.trouble is None else s.trouble.why,
        "model": told.get("model"),
        "usage": told.get("usage"),
    }


def _request(s: Snapshot, texts: MessageTexts) -> JsonValue:
    """The request that would be made here."""
    called, system = model_called(s), s.workflow.system_content
    prompt = [] if called.prompt is None else [{"role": "system", "text": called.prompt}]
    return {
        "model": s.settings.model,
        "system": system if isinstance(system, str) else content_text(system),
        "tools": [tool.name for tool in s.workflow.tools],
        "messages": [*texts.of(conversation(s)[0]), *prompt],
        "settings": said_beside(s, None),
        "max_tokens": s.settings.max_tokens,
        "attempt": called.attempt,
    }


def _message(message: Message) -> JsonValue:
    match message:
        case UserText(text=text):
            return {"role": "user", "text": text}
        case Assistant():
            return {"role": "assistant", "text": _joined(message, "text")}
        case Results(results=results):
            return {"role": "tool", "text": "\n".join(result.text for result in results)}
        case StatePrompt(text=text):
            return {"role": "system", "text": text}


def _joined(message: Assistant, kind: str) -> str:
    texts = (block.get(kind) for block in message.content if block.get("type") == kind)
    return "\n".join(text for text in texts if isinstance(text, str))
