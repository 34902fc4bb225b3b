"""Where a client would have asked without the proxy: its environment says, or its SDK's default."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from tooltrace.attach.endpoint import Family
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.sanitize import one_line

__all__ = ["upstreams_of"]

_NAMES: dict[Family, tuple[tuple[str, ...], str]] = {
    "anthropic": (("ANTHROPIC_BASE_URL",), "https://api.anthropic.com"),
    "openai": (("OPENAI_BASE_URL", "OPENAI_API_BASE"), "https://api.openai.com/v1"),
}


def upstreams_of(environment: Mapping[str, str]) -> dict[Family, str]:
    """The base URL of each family. Raises BadCommand for one that is none."""
    found: dict[Family, str] = {}
    for family, (names, usual) in _NAMES.items():
        name = next((one for one in names if environment.get(one)), None)
        url = environment[name] if name else usual
        try:
            parts = urlsplit(url)
            whole = parts.scheme in ("http", "https") and parts.hostname and not parts.query
        except ValueError:
            whole = False
        if not whole:
            raise BadCommand(f"{name} is no URL to go on to: {one_line(url)}")
        found[family] = url.rstrip("/")
    return found
