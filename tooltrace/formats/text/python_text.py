"""A request as a Python program that sends it with the ``anthropic`` or the ``openai`` package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tooltrace.formats.text.python_literals import literal, text_literal

__all__ = ["python_text"]

_KNOWN = frozenset(
    {
        *("model", "max_tokens", "messages", "system", "tools", "tool_choice", "thinking"),
        *("metadata", "stop_sequences", "service_tier", "cache_control", "output_config"),
    }
)
"""What ``messages.stream`` of the SDK takes by name; anything else goes along in ``extra_body``."""


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
    # That the reply is streamed says the method itself.
    given = {key: value for key, value in body.items() if key != "stream"}
    known = {key: value for key, value in given.items() if key in _KNOWN}
    extra = {key: value for key, value in given.items() if key not in _KNOWN}
    if betas:
        known["extra_headers"] = {"anthropic-beta": ",".join(betas)}
    if extra:
        known["extra_body"] = extra
    there = "" if base_url is None else f'base_url={text_literal(base_url)}, api_key="unused"'
    lines = ["import anthropic", "", f"client = anthropic.Anthropic({there})"]
    lines.append("with client.messages.stream(")
    lines += [f"    {key}={literal(value, 4)}," for key, value in known.items()]
    lines += [") as stream:", "    message = stream.get_final_message()"]
    lines.append("print(message.to_json())")
    return "\n".join(lines) + "\n"


def _openai(body: Mapping[str, Any], base_url: str | None, protocol: str) -> str:
    """The program with OpenAI's package, which takes by name what decides what comes back."""
    said = "messages" if protocol == "chat" else "input"
    known = {key: value for key, value in body.items() if key in ("model", said, "stream")}
    extra = {key: value for key, value in body.items() if key not in known}
    arguments = {**known, **({"extra_body": extra} if extra else {})}
    there = "" if base_url is None else f'base_url={text_literal(base_url)}, api_key="unused"'
    method = "chat.completions" if protocol == "chat" else "responses"
    lines = ["import openai", "", f"client = openai.OpenAI({there})"]
    streams = body.get("stream") is True
    lines.append(f"{'events' if streams else 'reply'} = client.{method}.create(")
    lines += [f"    {key}={literal(value, 4)}," for key, value in arguments.items()]
    lines.append(")")
    if streams:
        lines += ["for event in events:", "    print(event.to_json(indent=None), flush=True)"]
    else:
        lines.append("print(reply.to_json())")
    return "\n".join(lines) + "\n"
