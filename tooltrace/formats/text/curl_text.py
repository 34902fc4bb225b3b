"""A request as a command for curl, to be pasted into a shell. There is never a key in it.

The body stands between single quotes, and has neither a quote nor two backslashes nor an
exclamation mark in it: JSON can say each of them otherwise, so that bash, zsh, dash and fish all
read the same text. It reaches curl through a pipe, as an argument may have no more than 128 KB.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from tooltrace.core.text.exact_json import DEEPEST, pretty
from tooltrace.core.text.sanitize import visible

__all__ = ["API_VERSION", "OFFICIAL_URL", "curl_text", "request_url"]

OFFICIAL_URL = "https://api.anthropic.com"
OPENAI_URL = "https://api.openai.com/v1"
_PATHS = {"messages": "/v1/messages", "chat": "/chat/completions", "responses": "/responses"}
"""Where each protocol's requests go, behind what its SDK calls the base URL."""

API_VERSION = "2026-10-21"
"""The version of the API that the SDK of the product asks for; it sends the key as a bearer's."""

_TWICE = re.compile(r"\\\\")
_BEYOND_ASCII = re.compile("[^\\n -~]")


def curl_text(
    body: Mapping[str, Any],
    base_url: str | None = None,
    betas: Sequence[str] = (),
    protocol: str = "messages",
) -> str:
    """The command for a body of a protocol; the provider's key is sent to its own host alone.

    Raises ValueError for what is no JSON.
    """
    headers = ["content-type: application/json"]
    if protocol == "messages":
        headers.append(f"anthropic-version: {API_VERSION}")
    if betas:
        headers.append(f"anthropic-beta: {','.join(betas)}")
    lines = [f"printf '%s' '{_quoted(body)}' |"]
    lines.append(f"curl --no-buffer --globoff --url '{request_url(base_url, protocol)}' \\")
    lines += [f"  -H '{header}' \\" for header in headers]
    if base_url is None:
        key = "ANTHROPIC_API_KEY" if protocol == "messages" else "OPENAI_API_KEY"
        lines.append(f'  -H "authorization: Bearer ${key}" \\')
    lines.append("  --data-binary @-")
    return "\n".join(lines) + "\n"


def request_url(base_url: str | None, protocol: str = "messages") -> str:
    """Where a server takes requests. What no URL may hold is percent-encoded."""
    official = OFFICIAL_URL if protocol == "messages" else OPENAI_URL
    base = (base_url or official).rstrip("/")
    # A lone surrogate cannot be encoded.
    return quote(base.encode("utf-8", "replace"), safe="/:?#[]@&()*+,;=%~") + _PATHS[protocol]


def _quoted(body: Mapping[str, Any]) -> str:
    text = _TWICE.sub(r"\\u005c", pretty(dict(body), DEEPEST))
    text = text.replace("'", r"\u0027").replace("!", r"\u0021")
    return _BEYOND_ASCII.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    """A letter as it is; what would be spelled out on its way through a clipboard, as an escape."""
    char = found[0]
    if visible(char) == char:
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
