"""A request as a Python program that sends it with the ``anthropic`` or the ``openai`` package."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import visible

__all__ = ["python_text"]

_KNOWN = frozenset(
    {
        *("model", "max_tokens", "messages", "system", "tools", "tool_choice", "thinking"),
        *("metadata", "stop_sequences", "service_tier", "cache_control", "output_config"),
    }
)
"""What ``messages.stream`` of the SDK takes by name; anything else goes along in ``extra_body``."""

_INLINE = 72
_BEYOND_ASCII = re.compile("[^\\n -~]")


def python_text(
    body: Mapping[str, Any],
    base_url: str | None = None,
    betas: Sequence[str] = (),
    protocol: str = "messages",
) -> str:
    """The program for a body of a protocol. The SDK reads the provider's own key itself.

    Another host than the provider's own is not given that key: the program has a place for its own.
    """
    if protocol != "messages":
        return _openai(body, base_url, protocol)
    known = {key: value for key, value in body.items() if key in _KNOWN}
    extra = {key: value for key, value in body.items() if key not in _KNOWN}
    if betas:
        known["extra_headers"] = {"anthropic-beta": ",".join(betas)}
    if extra:
        known["extra_body"] = extra
    there = "" if base_url is None else f'base_url={_text(base_url)}, api_key="unused"'
    lines = ["import anthropic", "", f"client = anthropic.Anthropic({there})"]
    lines.append("with client.messages.stream(")
    lines += [f"    {key}={_literal(value, 4)}," for key, value in known.items()]
    lines += [") as stream:", "    message = stream.get_final_message()"]
    lines.append("print(message.to_json())")
    return "\n".join(lines) + "\n"


def _openai(body: Mapping[str, Any], base_url: str | None, protocol: str) -> str:
    """The program with OpenAI's package, which takes by name what has to be there."""
    said = "messages" if protocol == "chat" else "input"
    known = {key: value for key, value in body.items() if key in ("model", said)}
    extra = {key: value for key, value in body.items() if key not in known}
    arguments = {**known, **({"extra_body": extra} if extra else {})}
    there = "" if base_url is None else f'base_url={_text(base_url)}, api_key="unused"'
    method = "chat.completions" if protocol == "chat" else "responses"
    lines = ["import openai", "", f"client = openai.OpenAI({there})"]
    lines.append(f"reply = client.{method}.create(")
    lines += [f"    {key}={_literal(value, 4)}," for key, value in arguments.items()]
    lines += [")", "print(reply.to_json())"]
    return "\n".join(lines) + "\n"


def _literal(value: JsonValue, indent: int) -> str:
    """A value as Python writes it, on several lines where one would be long."""
    flat = _flat(value)
    if flat is not None:
        return flat
    pad = " " * (indent + 4)
    opens, closes = "{}" if isinstance(value, dict) else "[]"
    inner = "".join(f"{pad}{item},\n" for item in _items(value, indent + 4))
    return f"{opens}\n{inner}{' ' * indent}{closes}"


def _items(value: JsonValue, indent: int) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{_text(key)}: {_literal(item, indent)}"
    else:
        for item in value:
            yield _literal(item, indent)


def _flat(value: JsonValue) -> str | None:
    """A value on one line; None for an object or a list that has no room there."""
    match value:
        case str():
            return _text(value)
        case dict() | list() if not value:
            return "{}" if isinstance(value, dict) else "[]"
        case dict() | list():
            if any(isinstance(item, dict | list) for item in _values(value)):
                return None
            text = ", ".join(_items(value, 0))
            text = f"{{{text}}}" if isinstance(value, dict) else f"[{text}]"
            return text if len(text) <= _INLINE else None
        case _:
            return repr(value)


def _values(value: dict[str, JsonValue] | list[JsonValue]) -> list[JsonValue]:
    return list(value.values()) if isinstance(value, dict) else value


def _text(text: str) -> str:
    """The text as a literal on one line, in which letters of any script stay as they are."""
    return _BEYOND_ASCII.sub(_shown, repr(text))


def _shown(found: re.Match[str]) -> str:
    char = found[0]
    return char if visible(char) == char else ascii(char)[1:-1]
