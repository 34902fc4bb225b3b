"""A step of a transcript in words: what it is, and what is in it."""

from __future__ import annotations

from tooltrace.core.compare.transcript import TranscriptStep
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tui.rows.values import brief

__all__ = ["about", "said_of"]

_MOST_CHARS = 800
_NAMES = {
    "start": "the start",
    "user": "user",
    "no_reply": "the model did not answer",
    "went_on": "you let it go on",
    "workflow": "the workflow changed",
}


def said_of(done: TranscriptStep) -> str:
    """A step in a few words."""
    content = done.content
    match done.kind:
        case "call":
            mark = " failed" if content.get("is_error") else ""
            open_ = "" if content.get("status") == "returned" else f", {content.get('status')}"
            return f"call {done.name}{mark}{open_}"
        case "reply":
            return f"assistant calls {done.name}" if done.name else "assistant"
        case "transition":
            return f"{'forced to' if content.get('forced') else 'to'} {done.name}"
        case "context":
            return f"context {done.name}"
        case "end":
            return f"the end: {content.get('outcome')}"
        case "system_edited":
            return f"the system prompt {_how(content)}"
        case "tool_edited":
            return f"what the model is told of {done.name} {_how(content)}"
        case "message_edited":
            what = "taken out" if content.get("content") is None else "edited where it stands"
            return f"{done.name} {what}"
        case "message_added":
            where = "in front of all" if done.name == "the front" else f"behind {done.name}"
            return f"{content.get('role')} message added {where}"
        case "settings":
            return f"settings changed: {', '.join(content)}" if content else "settings changed"
        case kind:
            return _NAMES.get(kind) or f"{kind} {done.name}".strip()


def _how(content: dict[str, JsonValue]) -> str:
    return "is the workflow's again" if content.get("as_defined") else "edited"


def about(done: TranscriptStep) -> str:
    """What is in it, in one piece of text."""
    content = done.content
    match done.kind:
        case "call":
            arguments, result = content.get("arguments"), content.get("result")
            back = f" → {brief(result, _MOST_CHARS)}" if content.get("status") == "returned" else ""
            return f"{brief(arguments, _MOST_CHARS)}{back}"
        case "reply" | "user":
            return str(content.get("text") or "")
        case "transition" | "end":
            return str(content.get("reason") or content.get("why") or "")
        case "start":
            return ""
        case "system_edited" if isinstance(content.get("system"), str):
            return str(content["system"])
        case "message_edited" | "message_added":
            return content_text(content.get("content"))
        case _:
            return brief(content, _MOST_CHARS)
